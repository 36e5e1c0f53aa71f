internal import ArgumentParser
internal import PromotionCore

/// Keeps an environment on what it runs.
struct PinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin", abstract: "Keep an environment on one image until it is unpinned; rollbacks stay possible.")

    @OptionGroup var access: Access
    @Argument(help: "The service.") var service: ServiceName
    @Argument(help: "The environment.") var environment: EnvironmentName
    @Option(help: "The image, by tag, digest or its first digits, or as a tool printed it; else what serves.") var digest: String?
    @OptionGroup var reasoned: Reasoned

    func run() throws {
        let client = try access.connect().client
        let digest = try self.digest.map { try client.resolve($0, of: service) }
        let place = Place(service, environment)
        _ = try client.demand(.policy(.pin(place, digest: digest, reason: reasoned.text)))
        let pin = try client.board().projection.services[service]?.environments[environment]?.pin
        Output.line("\(place) stays on \(pin?.digest.short() ?? "what serves") until it is unpinned")
    }
}

/// Lets an environment move on.
struct UnpinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unpin", abstract: "Let a pinned environment take other images again. It needs the role approver.")

    @OptionGroup var access: Access
    @Argument(help: "The service.") var service: ServiceName
    @Argument(help: "The environment.") var environment: EnvironmentName
    @OptionGroup var reasoned: Reasoned

    func run() throws {
        let place = Place(service, environment)
        _ = try access.connect().client.demand(.policy(.unpin(place, reason: reasoned.text)))
        Output.line("\(place) is not pinned any more")
    }
}
