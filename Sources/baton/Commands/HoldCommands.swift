internal import ArgumentParser
internal import PromotionCore

/// A person's word about one promotion: its number, and a reason.
struct PromotionWord: ParsableArguments {
    @OptionGroup var access: Access
    @Argument(help: "The promotion's number.") var promotion: PromotionNumber
    @Option(help: "Why; the ledger keeps it.") var reason: String?

    /// Says it to the agent and prints what became of the promotion.
    /// - Parameter usual: the reason where none was named.
    func say(
        _ request: (PromotionNumber, SafeText) -> OperatorRequest, because usual: String, _ outcome: String
    ) throws {
        let client = try access.connect().client
        _ = try client.demand(request(promotion, SafeText(reason ?? usual, limit: Reason.most)))
        Output.line("promotion \(promotion) \(outcome)")
    }
}

/// Holds a promotion where it waits or watches.
struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Hold a promotion that is ready to switch, analysing or baking; its checks go on, and its deadline is shown.")

    @OptionGroup var word: PromotionWord

    func run() throws {
        try word.say(
            OperatorRequest.pause, because: "held by hand", "is held: baton resume \(word.promotion) lets it go on")
    }
}

/// Lets a promotion go on where it was held.
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a held promotion go on where it was, measured anew.")

    @OptionGroup var word: PromotionWord

    func run() throws { try word.say(OperatorRequest.resume, because: "resumed by hand", "goes on") }
}

/// Has a failed step tried once more.
struct RetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Try a failed step again: a deploy that broke, or a gate that nobody could tell from. Three times at most.")

    @OptionGroup var word: PromotionWord

    func run() throws { try word.say(OperatorRequest.retry, because: "tried again by hand", "tries the step again") }
}
