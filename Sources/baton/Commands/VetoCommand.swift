internal import ArgumentParser
internal import PromotionCore

/// Works on vetoes: releases that were rolled back.
struct VetoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "veto", abstract: "Releases that were rolled back and may not come again.", subcommands: [Lift.self])

    struct Lift: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lift", abstract: "Let a release that was rolled back come again. It needs the role approver.")

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Argument(help: "The environment.") var environment: EnvironmentName
        @Option(help: "A digest, at least 4 of its first digits, or a tag; resolved once.") var digest: String
        @Option(help: "Why, in 10 characters or more; the ledger keeps it.") var reason: String

        func run() throws {
            guard reason.count >= 10 else {
                throw Ended(.usage, "a reason of 10 characters or more is kept in the ledger: --reason \"…\"")
            }
            let client = try access.connect().client
            let digest = try client.resolve(self.digest, of: service)
            _ = try client.demand(.liftVeto(Place(service, environment), digest: digest, reason: SafeText(reason, limit: 200)))
            Output.line("\(digest.short()) may be promoted to \(environment) again")
        }
    }
}
