internal import Agent
internal import ArgumentParser
internal import Console
internal import Glibc
internal import PromotionCore
internal import Terminal

/// Opens the console: the default command.
struct ConsoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "console", abstract: "Open the console (the default).")

    @OptionGroup var access: Access

    @Flag(help: "For a screen on a wall: a viewer's connection, every key but q and ? dead.")
    var wall = false

    func run() throws {
        guard !access.plain, isatty(STDOUT_FILENO) == 1 else { return try printStatus() }
        try Self.open(access, isWall: wall)
    }

    /// Opens the console and ends the process as the console ended.
    static func open(_ access: Access, isWall: Bool = false) throws {
        let connect = try connector(access)
        guard let signals = SignalPipe() else { throw Ended(.broke, "the system has no descriptors left") }
        let session: TerminalSession
        do throws(TerminalError) {
            session = try TerminalSession(colours: access.noColor ? .never : .automatic)
        } catch {
            throw Ended(.broke, error.description)
        }
        let options = ConsoleOptions(
            isReadOnly: access.readOnly, isWall: isWall, glyphs: session.glyphs,
            person: access.person.map { SafeText($0, limit: 64) })
        let screen = ConsoleState(options: options, at: WallClock.now)
        let loop = TerminalLoop(session: session, signals: signals, screen: screen, connect: connect)
        let status = loop.run().conclude()
        if status != 0 { Glibc.exit(status) }
    }

    /// The first connection may start an agent; a lost one is only looked for again.
    private static func connector(_ access: Access) throws -> TerminalLoop<ConsoleState>.Connect {
        let (path, first) = try firstConnection(access)
        var unused = first
        return {
            if let descriptor = unused.take() { return .success(descriptor) }
            do throws(AgentSocketError) { return .success(try AgentSocket.connect(path: path)) } catch {
                return .failure(LinkRefusal(SafeText(error.description)))
            }
        }
    }

    /// The socket's path, and a connection where one was needed to know that an agent runs.
    ///
    /// Where an agent listens already, the configuration is not read as a whole: the picture does not wait for it.
    private static func firstConnection(_ access: Access) throws -> (path: String, descriptor: CInt?) {
        if let socket = access.socket, access.config == nil {
            return (Installation.absolute(socket, from: Installation.workingDirectory), nil)
        }
        if let path = Installation.socketAtAGlance(configuration: access.config, socket: access.socket),
            let descriptor = try? AgentSocket.connect(path: path)
        {
            return (path, descriptor)
        }
        let installation = try Installation(configuration: access.config, socket: access.socket)
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
