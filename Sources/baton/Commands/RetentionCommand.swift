internal import Agent
internal import ArgumentParser
internal import PromotionCore

/// Keeps repositories from growing, without ever losing what is needed.
struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "What may go from a repository, and bringing it back.",
        subcommands: [Plan.self, Apply.self, Undo.self, Hold.self, Release.self, Resume.self, Status.self])

    struct Resume: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume",
            abstract: "Let retention go on after a person has looked: what is kept was not whole, or releases are missing.")

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Option(help: "What you saw, in 10 characters or more; the ledger keeps it.") var reason: String

        func run() throws {
            try RetentionCommand.demand(reason: reason)
            _ = try access.connect().client.demand(.retention(.resume(service, reason: SafeText(reason, limit: Reason.most))))
            Output.line("retention of \(service) goes on")
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Show what is quarantined and held, and how the last run went.")

        @OptionGroup var access: Access
        @Argument(help: "The service (else every one).") var service: ServiceName?
        @Flag(help: "One line of JSON for each service.") var json = false

        func run() throws {
            let client = try access.connect().client
            for name in try service.map({ [$0] }) ?? client.board().services.map(\.name) {
                let status = try client.retentionStatus(of: name)
                if json { try Output.json(status) } else { PlainText.retention(status, now: WallClock.now).forEach(Output.line) }
            }
        }
    }

    /// Ends the command where a reason says too little for the ledger.
    static func demand(reason: String) throws(Ended) {
        guard let objection = Reason.objection(to: SafeText(reason, limit: Reason.most)) else { return }
        throw Ended(.usage, "\(objection): --reason \"…\"")
    }
}

/// A bound that one plan is given by hand.
struct AllowedRatio: ParsableArguments {
    @Option(help: "Tags of a hundred that it may take (else as configured).") var allowRatio: Int?

    func validate() throws {
        guard let allowRatio, !(0...100).contains(allowRatio) else { return }
        throw ValidationError("--allow-ratio is \(allowRatio): a whole number from 0 to 100, tags of a hundred")
    }
}
