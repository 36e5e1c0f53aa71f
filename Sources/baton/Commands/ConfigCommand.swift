internal import ArgumentParser
internal import PromotionCore
internal import Settings

/// Works on the configuration, without an agent.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "The configuration.", subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Read the configuration and report every mistake at once.")

        @Argument(help: "The file (else the usual places).") var file: String?

        func run() throws {
            let installation = try Installation(configuration: file, socket: nil)
            let services = installation.settings.services.map(\.service)
            Output.line(
                "+ \(installation.configuration): \(services.count) services, \(services.flatMap(\.path).count) environments")
            for service in services { Output.line("  \(service.name): \(service.tags.examples)") }
        }
    }
}
