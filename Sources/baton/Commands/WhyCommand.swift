internal import ArgumentParser
internal import PromotionCore

/// Explains what waits and what is blocked.
struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Say why something waits or is blocked, until when, and who can change it.")

    @OptionGroup var access: Access
    @Flag(help: "One line of JSON.") var json = false
    @Argument(help: "The service.") var service: ServiceName
    @Argument(help: "Only this environment.") var environment: EnvironmentName?

    func run() throws {
        let board = try access.connect().client.board()
        guard let found = board.service(service) else {
            let known = board.services.map(\.name.text).joined(separator: ", ")
            throw Ended(.usage, "there is no service \(service); the configuration has \(known)")
        }
        if let environment, found.environment(environment) == nil {
            let known = found.path.map(\.name.text).joined(separator: ", ")
            throw Ended(.usage, "\(service) has no environment \(environment): it has \(known)")
        }
        let explanations = board.explanations(of: found, in: environment, at: WallClock.now)
        if json { return try Output.json(explanations) }
        if explanations.isEmpty { return Output.line("nothing waits, and nothing is blocked") }
        explanations.flatMap(PlainText.explanation).forEach(Output.line)
    }
}
