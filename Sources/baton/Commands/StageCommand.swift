internal import Agent
internal import ArgumentParser
internal import Platform
internal import PromotionCore
internal import Settings
internal import Stage

/// Prepares the embedded stage, starts its agent and opens the console.
struct StageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stage", abstract: "Open the console on the embedded stage: nothing needs to be installed.")

    @OptionGroup var access: Access
    @Option(help: "The stage's directory.") var directory = ".stage"
    @Option(help: "How prod takes a release, said when a stage is prepared first: blue-green, or canary, which needs traffic.")
    var strategy: Strategy?
    @Option(help: "1, or 2 for a second service and a joint set of both, said when a stage is prepared first.")
    var services = 1
    @Flag(help: "Prepare everything, print where it is, and open no console.") var prepare = false
    @Flag(help: "End the stage's processes and its agent; its directory stays.") var stop = false

    func run() async throws {
        let path = Installation.absolute(directory, from: Installation.workingDirectory)
        let configuration = StageDirectory(path).configuration
        if stop { return await end(path, configuration) }
        guard (1...2).contains(services) else { throw Ended(.usage, "the stage has 1 or 2 services") }
        try checkStrategy(path, configuration)
        do throws(Fault) { try await Composition.stage(at: path).start(prod: strategy ?? .blueGreen, services: services) } catch {
            throw Ended(.broke, error.description)
        }
        var access = self.access
        access.config = configuration
        guard prepare || access.plain || !FileDescriptors.isTerminal(.output) else {
            return try ConsoleCommand.open(access)
        }
        let (client, _) = try access.connect()
        let board = try client.board()
        Output.line("stage \(path)  configuration \(configuration)")
        for service in board.services { PlainText.status(service, on: board, now: WallClock.now).forEach(Output.line) }
        for (place, address) in try await addresses(path) { Output.line("  \(place) answers at \(address)") }
    }

    /// A stage keeps the configuration that it was prepared with; a word that would not hold is refused.
    private func checkStrategy(_ path: String, _ configuration: String) throws {
        guard let strategy else { return }
        guard strategy.hasIdleSlot else {
            throw Ended(.usage, "prod of the stage has two slots: --strategy blue-green or --strategy canary")
        }
        guard FileStatus.exists(configuration) else { return }
        let settings = try Installation(configuration: configuration, socket: nil).settings
        guard let prod = settings.services.first?.service.path.last, prod.strategy != strategy else { return }
        throw Ended(
            .usage,
            "the stage in \(path) is prepared with \(prod.strategy.rawValue) already: choose another --directory, or edit \(configuration)"
        )
    }

    /// Where users of each environment would go.
    private func addresses(_ path: String) async throws -> [(Place, Endpoint)] {
        let stage = Composition.stage(at: path)
        var found: [(Place, Endpoint)] = []
        for service in stage.services() {
            for environment in service.path {
                let place = Place(service.name, environment.name)
                if let endpoint = try await stage.front(of: place).endpoint() { found.append((place, endpoint)) }
            }
        }
        return found
    }

    private func end(_ path: String, _ configuration: String) async {
        do throws(Ended) { try AgentCommand.end(configuration: configuration, socket: nil) } catch {
            if let words = error.words { Output.line(words) }
        }
        await Composition.stage(at: path).stopAll()
        Output.line("the stage in \(path) is stopped")
    }
}
