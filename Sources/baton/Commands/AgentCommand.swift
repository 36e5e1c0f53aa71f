internal import Agent
internal import ArgumentParser
internal import Glibc
internal import Logging
internal import PromotionCore

/// Runs the agent, or ends the one that runs.
struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Run the agent in the foreground; commands and console start one in the background by themselves.")

    @OptionGroup var access: Access
    @Flag(help: "End the agent that runs; its promotions go on when one starts again.") var stop = false

    func run() async throws {
        if stop { return try Self.end(configuration: access.config, socket: access.socket) }
        let installation = try Installation(configuration: access.config, socket: access.socket)
        installation.makeState()
        LoggingSystem.bootstrap { label in StreamLogHandler.standardError(label: label) }
        let logger = Logger(label: "baton.agent")
        // SIGTERM and SIGINT end the agent in order; SIGHUP does not: it is no terminal's child.
        signal(SIGHUP, SIG_IGN)
        let signals = EndingSignals([SIGTERM, SIGINT])
        let running: Composition.Running
        do {
            running = try await Composition(installation: installation, logger: logger).start()
        } catch let ended as Ended {
            throw ended
        } catch {
            throw Ended(.broke, "\(error)")
        }
        logger.info("the agent runs", metadata: ["socket": "\(installation.socket)", "ledger": "\(installation.ledger)"])
        let removal = Removal(ledger: installation.ledger, stages: installation.stages)
        let watch = signals.end {
            guard let path = await removal.wait() else { return }
            logger.error("the agent ends: its directory is gone", metadata: ["directory": "\(path)"])
        }
        await signals.wait()
        watch.cancel()
        await running.stop()
    }

    /// Ends the agent of a configuration and waits until it is gone, whatever the configuration says by now.
    /// - Throws: `Ended` if no agent runs, or if it cannot be ended.
    static func end(configuration: String?, socket: String?) throws(Ended) {
        let process: pid_t
        do throws(Ended) { process = try listening(configuration, socket) } catch {
            // A named socket is the one that is meant.
            guard socket == nil,
                let found = Installation.places(configuration: configuration).lazy.compactMap(RunningAgents.process).first
            else { throw error }
            process = found
        }
        guard kill(process, SIGTERM) == 0 else {
            throw Ended(.notPermitted, "agent \(process) cannot be ended: \(String(cString: strerror(errno)))")
        }
        for _ in 0..<1_000 where kill(process, 0) == 0 { usleep(10_000) }
        guard kill(process, 0) != 0 else {
            throw Ended(.broke, "agent \(process) was told to end and still runs; the log in its state directory says why")
        }
        Output.line("agent \(process) ended")
    }

    /// The process of the agent that answers at the configured socket.
    private static func listening(_ configuration: String?, _ socket: String?) throws(Ended) -> pid_t {
        let path: String
        do throws(Ended) { path = try Installation(configuration: configuration, socket: socket).socket } catch {
            guard let found = Installation.socketAtAGlance(configuration: configuration, socket: socket) else { throw error }
            path = found
        }
        let descriptor: CInt
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
