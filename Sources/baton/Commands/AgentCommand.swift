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
        let installation = try Installation(configuration: access.config, socket: access.socket)
        if stop { return try Self.end(installation) }
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
        await signals.wait()
        await running.stop()
    }

    /// Ends the agent of an installation and waits until it is gone.
    static func end(_ installation: Installation) throws {
        let descriptor: CInt
        do throws(AgentSocketError) { descriptor = try AgentSocket.connect(path: installation.socket) } catch {
            throw Ended(.broke, error.description)
        }
        let welcome: Welcome
        do throws(AgentClientError) {
            welcome = try AgentClient(descriptor: descriptor).hello(readOnly: true, within: .seconds(5))
        } catch {
            throw Ended(.broke, error.description)
        }
        guard kill(welcome.agent.process, SIGTERM) == 0 else {
            throw Ended(.notPermitted, "agent \(welcome.agent.process) cannot be ended: \(String(cString: strerror(errno)))")
        }
        for _ in 0..<1_000 where kill(welcome.agent.process, 0) == 0 { usleep(10_000) }
        guard kill(welcome.agent.process, 0) != 0 else {
            throw Ended(
                .broke, "agent \(welcome.agent.process) was told to end and still runs; \(installation.log) says what it does")
        }
        Output.line("agent \(welcome.agent.process) ended")
    }
}
