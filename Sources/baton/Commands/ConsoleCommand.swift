internal import Agent
internal import ArgumentParser
internal import Console
internal import Platform
internal import PromotionCore
internal import Terminal

/// Opens the console: the default command.
struct ConsoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "console", abstract: "Open the console (the default).")

    @OptionGroup var access: Access

    @Flag(help: "For a screen on a wall: a viewer's connection, every key but q and ? dead.")
    var wall = false

    func run() throws {
        guard !access.plain, FileDescriptors.isTerminal(.output) else { return try printStatus() }
        try Self.open(access, isWall: wall)
    }

    /// Opens the console and ends the process as the console ended.
    static func open(_ access: Access, isWall: Bool = false) throws {
        let connect = try connector(access, isWall: isWall)
        guard let signals = SignalPipe() else { throw Ended(.broke, "the system has no descriptors left") }
        let session: TerminalSession
        do throws(TerminalError) {
            session = try TerminalSession(colours: access.noColor ? .never : .automatic)
        } catch {
            throw Ended(.broke, error.description)
        }
        let options = ConsoleOptions(
            isReadOnly: access.readOnly, isWall: isWall, glyphs: session.glyphs,
            person: access.person.map { SafeText($0, limit: 64) }, directory: Installation.workingDirectory)
        let screen = ConsoleState(options: options, at: WallClock.now)
        let loop = TerminalLoop(session: session, signals: signals, screen: screen, connect: connect)
        let status = loop.run().conclude()
        if status != 0 { ThisProcess.exit(status) }
    }

    /// The first connection may start an agent, and so may a lost one, unless it was ended in order: as long as an operator looks
    /// at promotions, an agent carries them on. A console that only looks starts none.
    private static func connector(_ access: Access, isWall: Bool) throws -> TerminalLoop<ConsoleState>.Connect {
        let mayStart = access.mayStartAgent && !isWall
        let (path, first) = try firstConnection(access, mayStart: mayStart)
        let starter = AgentStarter(socketPath: path) {
            access.launcher(of: try Installation(configuration: access.config, socket: access.socket))
        }
        var unused = first
        return {
            if let descriptor = unused.take() { return .success(descriptor) }
            do throws(AgentSocketError) { return .success(try AgentSocket.connect(path: path)) } catch {
                guard mayStart, error.meansNoAgent else { return .failure(LinkRefusal(SafeText(error.description))) }
                return .failure(LinkRefusal(starter.startAgain(at: MachineClock.boot.elapsed)))
            }
        }
    }

    /// The socket's path, and a connection where one was needed to know that an agent runs.
    ///
    /// Where an agent listens already, the configuration is not read as a whole: the picture does not wait for it.
    private static func firstConnection(_ access: Access, mayStart: Bool) throws -> (path: String, descriptor: Int32?) {
        if let socket = access.socket, access.config == nil {
            return (Installation.absolute(socket, from: Installation.workingDirectory), nil)
        }
        if let path = Installation.socketAtAGlance(configuration: access.config, socket: access.socket),
            let descriptor = try? AgentSocket.connect(path: path)
        {
            return (path, descriptor)
        }
        let installation = try Installation(configuration: access.config, socket: access.socket)
        guard mayStart else { return (installation.socket, nil) }
        do throws(AgentLaunchError) { return (installation.socket, try access.launcher(of: installation).connect()) } catch {
            throw Ended(.broke, error.description)
        }
    }

    private func printStatus() throws {
        let (client, _) = try access.connect()
        let board = try client.board()
        for service in board.services { PlainText.status(service, on: board, now: WallClock.now).forEach(Output.line) }
    }
}
