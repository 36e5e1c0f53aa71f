internal import ArgumentParser
internal import PromotionCore

/// Stops a promotion.
struct AbortCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort",
        abstract: "Stop a promotion: before the switch the idle slot is cleaned, after it traffic goes back.")

    @OptionGroup var access: Access
    @Argument(help: "The promotion's number.") var promotion: PromotionNumber
    @Option(help: "Why; the ledger keeps it.") var reason: String = "aborted by hand"

    func run() throws {
        let client = try access.connect().client
        _ = try client.demand(.abort(promotion, reason: SafeText(reason, limit: 200)))
        Output.line("promotion \(promotion) is being stopped")
    }
}

/// Lets a waiting promotion go on.
struct ContinueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "continue", abstract: "Go on: the switch of a promotion that is ready, or past an inconclusive gate.")

    @OptionGroup var access: Access
    @Argument(help: "The promotion's number.") var promotion: PromotionNumber
    @Option(help: "Why, in 10 characters or more; the ledger keeps it.") var reason: String

    func run() throws {
        guard reason.count >= 10 else {
            throw Ended(.usage, "a reason of 10 characters or more is kept in the ledger: --reason \"…\"")
        }
        let client = try access.connect().client
        _ = try client.demand(.goOn(promotion, reason: SafeText(reason, limit: 200)))
        Output.line("promotion \(promotion) goes on")
    }
}
