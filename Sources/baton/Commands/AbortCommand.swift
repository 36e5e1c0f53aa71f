internal import ArgumentParser
internal import PromotionCore

/// Stops a promotion.
struct AbortCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort",
        abstract: "Stop a promotion: before the switch the idle slot is cleaned, after it traffic goes back.")

    @OptionGroup var word: PromotionWord

    func run() throws { try word.say(OperatorRequest.abort, because: "aborted by hand", "is being stopped") }
}

/// Lets a waiting promotion go on.
struct ContinueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "continue", abstract: "Go on: the switch of a promotion that is ready, or past an inconclusive gate.")

    @OptionGroup var word: PromotionWord

    func run() throws {
        guard word.reason?.columns ?? 0 >= Reason.least else {
            throw Ended(.usage, "a reason of \(Reason.least) characters or more is kept in the ledger: --reason \"…\"")
        }
        try word.say(OperatorRequest.goOn, because: "", "goes on")
    }
}
