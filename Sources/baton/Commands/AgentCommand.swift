internal import Agent
internal import ArgumentParser
internal import Glibc
internal import Logging
internal import Platform
internal import PromotionCore

/// Runs the agent, or ends the one that runs.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Run the agent in the foreground; commands and console start one in the background by themselves.")

    @OptionGroup var access: Access
    @Flag(help: "End the agent that runs; its promotions go on when one starts again.") var stop = false
    @Flag(name: .customLong("watch"), help: .init("Start the agent, and start it again where it dies.", visibility: .hidden))
    var isSupervisor = false
    @Option(help: .init("How often the agent was started again.", visibility: .hidden)) var restarted: Int?
    @Option(help: .init("How the agent before this one ended.", visibility: .hidden)) var after: String?

    func run() async throws {
        if stop { return try Self.end(configuration: access.config, socket: access.socket) }
        let installation = try Installation(configuration: access.config, socket: access.socket)
        try installation.makeState()
        if isSupervisor { return Self.watch(installation) }
        LoggingSystem.bootstrap { label in StreamLogHandler.standardError(label: label) }
        let logger = Logger(label: "baton.agent")
        // SIGTERM and SIGINT end the agent in order; SIGHUP does not: it is no terminal's child.
        ThisProcess.ignore(.hangUp)
        let signals = EndingSignals([SIGTERM, SIGINT])
        let running: Composition.Running
        do {
            let restart = after.map { AgentRestart(count: max(1, restarted ?? 1), reason: SafeText($0, limit: 100)) }
            running = try await Composition(installation: installation, logger: logger, restart: restart).start()
        } catch let ended as Ended {
            throw ended
        } catch {
            throw Ended(.broke, "\(error)")
        }
        let orderedEnd = OrderedEnd(socketPath: installation.socket)
        orderedEnd.remove()
        logger.info("the agent runs", metadata: ["socket": "\(installation.socket)", "ledger": "\(installation.ledger)"])
        let removal = Removal(ledger: installation.ledger, stages: installation.stages)
        let watch = signals.end {
            guard let path = await removal.wait() else { return }
            logger.error("the agent ends: its directory is gone", metadata: ["directory": "\(path)"])
        }
        let trimming = Task { await BoundedLog.watch() }
        await signals.wait()
        trimming.cancel()
        watch.cancel()
        orderedEnd.mark()
        await running.stop()
    }

    /// Watches over an agent of the installation: the parent of one in the background.
    private static func watch(_ installation: Installation) {
        ThisProcess.ignore(.hangUp)
        let supervisor = AgentSupervisor(
            executable: Installation.executable,
            arguments: ["agent", "--config", installation.configuration, "--socket", installation.socket],
            socketPath: installation.socket, say: { Output.complain("\(WallClock.now) \($0)") })
        let status = supervisor.run()
        if status != 0 { ThisProcess.exit(status) }
    }

    /// Ends the agent of a configuration, and the process that would start it again, and waits until both are gone, whatever the
    /// configuration says by now.
    /// - Throws: `Ended` if no agent runs, or if it cannot be ended.
    static func end(configuration: String?, socket: String?) throws(Ended) {
        let found: RunningAgents.Found
        do throws(Ended) { found = try answering(configuration, socket) } catch {
            // A named socket is the one that is meant.
            guard socket == nil,
                let other = Installation.places(configuration: configuration).lazy.compactMap(RunningAgents.find).first
            else { throw error }
            found = other
        }
        // A supervisor ends after its agent; the agent's own number is what people know.
        do throws(SystemFault) { try ProcessSignal.end.send(to: found.first) } catch {
            throw Ended(.notPermitted, "agent \(found.agent) cannot be ended: \(error.reason)")
        }
        for number in [found.first, found.agent] { try awaitEnd(of: number) }
        Output.line("agent \(found.agent) ended")
    }

    /// The agent that answers at the configured socket, or that is watched over there.
    private static func answering(_ configuration: String?, _ socket: String?) throws(Ended) -> RunningAgents.Found {
        if let path = try? socketPath(configuration, socket), let supervisor = AgentSupervisor.process(watching: path) {
            let agent = try? listening(configuration, socket)
            return RunningAgents.Found(first: supervisor, agent: agent ?? supervisor)
        }
        let agent = try listening(configuration, socket)
        return RunningAgents.Found(first: agent, agent: agent)
    }

    private static func awaitEnd(of process: Int32) throws(Ended) {
        for _ in 0..<1_000 where ProcessSignal.isTaken(process) { ThisProcess.pause(milliseconds: 10) }
        guard !ProcessSignal.isTaken(process) else {
            throw Ended(.broke, "agent \(process) was told to end and still runs; the log in its state directory says why")
        }
    }

    private static func socketPath(_ configuration: String?, _ socket: String?) throws(Ended) -> String {
        do throws(Ended) { return try Installation(configuration: configuration, socket: socket).socket } catch {
            guard let found = Installation.socketAtAGlance(configuration: configuration, socket: socket) else { throw error }
            return found
        }
    }

    /// The process of the agent that answers at the configured socket.
    private static func listening(_ configuration: String?, _ socket: String?) throws(Ended) -> Int32 {
        let path = try socketPath(configuration, socket)
        let descriptor: Int32
        do throws(AgentSocketError) { descriptor = try AgentSocket.connect(path: path) } catch {
            throw Ended(.broke, error.description)
        }
        do throws(AgentClientError) {
            return try AgentClient(descriptor: descriptor).hello(readOnly: true, within: .seconds(5)).agent.process
        } catch {
            throw Ended(.broke, error.description)
        }
    }
}
