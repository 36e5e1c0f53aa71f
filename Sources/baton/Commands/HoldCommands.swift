internal import ArgumentParser
internal import PromotionCore

/// Holds a promotion where it waits or watches.
struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Hold a promotion that is ready to switch, analysing or baking; its checks go on, and its deadline is shown.")

    @OptionGroup var access: Access
    @Argument(help: "The promotion's number.") var promotion: PromotionNumber
    @Option(help: "Why; the ledger keeps it.") var reason: String = "held by hand"

    func run() throws {
        let client = try access.connect().client
        _ = try client.demand(.pause(promotion, reason: SafeText(reason, limit: 200)))
        Output.line("promotion \(promotion) is held: baton resume \(promotion) lets it go on")
    }
}

/// Lets a promotion go on where it was held.
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a held promotion go on where it was, measured anew.")

    @OptionGroup var access: Access
    @Argument(help: "The promotion's number.") var promotion: PromotionNumber
    @Option(help: "Why; the ledger keeps it.") var reason: String = "resumed by hand"

    func run() throws {
        let client = try access.connect().client
        _ = try client.demand(.resume(promotion, reason: SafeText(reason, limit: 200)))
        Output.line("promotion \(promotion) goes on")
    }
}

/// Has a failed step tried once more.
struct RetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Try a failed step again: a deploy that broke, or a gate that nobody could tell from. Three times at most.")

    @OptionGroup var access: Access
    @Argument(help: "The promotion's number.") var promotion: PromotionNumber
    @Option(help: "Why; the ledger keeps it.") var reason: String = "tried again by hand"

    func run() throws {
        let client = try access.connect().client
        _ = try client.demand(.retry(promotion, reason: SafeText(reason, limit: 200)))
        Output.line("promotion \(promotion) tries the step again")
    }
}
