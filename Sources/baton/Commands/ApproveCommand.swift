internal import ArgumentParser
internal import PromotionCore

/// A reason that the ledger keeps.
struct Reasoned: ParsableArguments {
    @Option(help: "Why, in 10 characters or more; the ledger keeps it.") var reason: String

    func validate() throws {
        guard reason.columns >= Reason.least else {
            throw ValidationError("a reason of \(Reason.least) characters or more is kept in the ledger: --reason \"…\"")
        }
    }

    var text: SafeText { SafeText(reason, limit: Reason.most) }
}

/// Consents to somebody else's promotion.
struct ApproveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Approve a promotion that somebody else started.",
        discussion: "The consent is to the plan as it is now. Without --digest the plan is shown and nothing is approved.")

    @OptionGroup var access: Access
    @Argument(help: "The promotion's number.") var promotion: PromotionNumber
    @Option(help: "The first 4 hexadecimal digits of the digest, or more, as the plan shows it.") var digest: String?

    func run() throws {
        let client = try access.connect().client
        guard let found = try client.board().projection.promotion(promotion) else {
            throw Ended(.usage, "there is no promotion \(promotion); see baton history")
        }
        let wanted = found.plan.release.digest
        guard let digest else {
            PlainText.plan(found.plan).forEach(Output.line)
            throw Ended(.usage, "nothing was approved: confirm with --digest \(wanted.short(4))")
        }
        let digits = Consent.bare(digest)
        guard digits.utf8.count >= 4, wanted.hex.hasPrefix(digits) else {
            throw Ended(
                .usage,
                "--digest \(SafeText(digest, limit: 70)) is not how the digest of promotion \(promotion) begins: \(wanted.short())"
            )
        }
        _ = try client.demand(.policy(.approve(promotion, planHash: found.plan.hash)))
        let after = try client.board()
        let standing = after.projection.promotion(promotion).flatMap { $0.approvalStanding(at: WallClock.now)?.summary }
        Output.line("promotion \(promotion) approved, plan \(found.plan.hash.short())\(standing.map { ": \($0)" } ?? "")")
    }
}

/// Says no to somebody's promotion.
struct RejectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject", abstract: "Reject a promotion before it begins; nothing was changed by it.")

    @OptionGroup var access: Access
    @Argument(help: "The promotion's number.") var promotion: PromotionNumber
    @OptionGroup var reasoned: Reasoned

    func run() throws {
        _ = try access.connect().client.demand(.policy(.reject(promotion, reason: reasoned.text)))
        Output.line("promotion \(promotion) is rejected")
    }
}
