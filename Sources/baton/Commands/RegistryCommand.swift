internal import ArgumentParser
internal import PromotionCore

/// Looks at a service's registry.
struct RegistryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry", abstract: "Look at the registry of a service.", subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Find out before the first promotion what a registry allows.",
            discussion: """
                Reach, login, rights, deletion, referrers, pages and limits of every repository of the service. Nothing in it is \
                changed: an upload is begun and dropped, and what is asked to be deleted exists nowhere. Exit status 3 where \
                promotions would fail. It takes an operator.
                """)

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Flag(help: "One line of JSON.") var json = false

        func run() throws {
            let client = try access.connect().client
            guard case .registryReports(let reports) = try client.demand(.examineRegistries(service)) else {
                throw Ended(.broke, "the agent sent no report")
            }
            if json { try Output.json(reports) } else { reports.flatMap(PlainText.registry).forEach(Output.line) }
            if !reports.allSatisfy(\.isGood) { throw Ended(.refused) }
        }
    }
}
