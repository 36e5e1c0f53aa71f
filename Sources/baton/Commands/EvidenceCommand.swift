internal import ArgumentParser
internal import PromotionCore

/// Records what CI found.
struct EvidenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence", abstract: "Evidence that a digest passed in an environment.", subcommands: [Add.self])

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Record a result of tests; it counts as evidence where everything passed.")

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Argument(help: "The environment that was tested.") var environment: EnvironmentName
        @Option(help: imageHelp) var digest: String
        @Option(help: "Tests that passed.") var passed: Int
        @Option(help: "Tests in all.") var total: Int
        @Option(help: "A note, such as the run's number.") var note: String?

        func run() throws {
            let client = try access.connect().client
            let digest = try client.resolve(self.digest, of: service)
            let note = self.note.map { SafeText($0, limit: 200) }
            _ = try client.demand(
                .addEvidence(Place(service, environment), digest: digest, passed: passed, total: total, note: note))
            Output.line("recorded: \(passed) of \(total) for \(digest.short()) in \(environment)")
        }
    }
}
