internal import ArgumentParser
internal import PromotionCore

/// Lets one release through one gate, on somebody's word and for a time.
struct OverrideCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "override", abstract: "Let one release through one gate for a time; a debt until it is closed.",
        subcommands: [Set.self, Close.self], defaultSubcommand: Set.self)

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Open a gate: evidence, soak, freeze or health. It needs the role approver.")

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Argument(help: "The environment.") var environment: EnvironmentName
        @Argument(help: "The gate: evidence, soak, freeze or health.") var gate: OverridableGate
        @Option(help: imageHelp) var digest: String
        @Option(help: "Who answers for it; else you.") var owner: String?
        @OptionGroup var end: EndOfTime
        @OptionGroup var reasoned: Reasoned

        func run() throws {
            let (client, welcome) = try access.connect()
            let digest = try client.resolve(self.digest, of: service)
            let expires = end.moment(from: WallClock.now)
            let owner = self.owner.map { SafeText($0, limit: 64) } ?? welcome.account.name
            let request = OverrideRequest(gate: gate, digest: digest, owner: owner, reason: reasoned.text, expires: expires)
            let place = Place(service, environment)
            _ = try client.demand(.policy(.override(place, request)))
            let known = try client.board().projection.services[service]?.environments[environment]?.overrides ?? []
            let number = known.last { $0.gate == gate && $0.digest == digest }?.number
            Output.line(
                "override \(number.map(String.init) ?? "") opens \(gate.rawValue) of \(place) for \(digest.short()) until \(expires)"
            )
            Output.line("it stays a debt of \(owner) until: baton override close \(number.map(String.init) ?? "NUMBER")")
        }
    }

    struct Close: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "close", abstract: "Say that the debt of an override is settled.")

        @OptionGroup var access: Access
        @Argument(help: "The override's number; baton status shows it.") var number: Int64
        @OptionGroup var reasoned: Reasoned

        func run() throws {
            _ = try access.connect().client.demand(.policy(.closeOverride(number, reason: reasoned.text)))
            Output.line("override \(number) is closed")
        }
    }
}
