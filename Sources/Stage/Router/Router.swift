internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
package import Platform
internal import PromotionCore
internal import Synchronization

/// The stage's router: an HTTP/1.1 proxy with one port a place, weights by slot, and a control socket.
///
/// The table is durable before a change is answered; a restarted router takes it back, with the same ports.
package actor Router {
    private let directory: StageDirectory
    private let state: RouterState
    private let lock: FileLock
    private let connections = Connections()
    /// The port of each place.
    private(set) var ports: [Place: Listening<ServerConnection?>] = [:]
    private var control: Listening<RouterControl.Connection>?
    private var serving: [Task<Void, Never>] = []
    private var answering: Task<Void, Never>?

    private init(directory: StageDirectory, table: RoutingTable, lock: FileLock) {
        self.directory = directory
        self.lock = lock
        state = RouterState(table)
    }

    /// The body of the hidden command `stage-router`: serves until SIGTERM, or until the stage directory is gone.
    /// - Returns: the exit code.
    package static func run(directory path: String) async -> Int32 {
        let directory = StageDirectory(path)
        do {
            let signals = try Termination.note()
            let router = try await start(directory, as: ProcessIdentity.own)
            StageLog.line("routes \(directory.path)")
            let own = ProcessIdentity.own
            await Termination.wait(signals) { Self.isWanted(own, in: directory) }
            // A socket at the path of a directory that was removed or made again belongs to the router that serves it now.
            await router.stop(within: .seconds(5), leavingSocket: !Self.isWanted(own, in: directory))
            StageLog.line("ended")
            return 0
        } catch {
            StageLog.line("ended: \(SafeText("\(error)"))")
            return 1
        }
    }

    /// Whether a stage directory still names this process as its router; another directory may have taken the path meanwhile.
    private static func isWanted(_ own: ProcessIdentity?, in directory: StageDirectory) -> Bool {
        guard FileStatus.exists(directory.routerSocket) else { return false }
        guard let own else { return true }
        do throws(StageError) {
            return try StageFile.decode(ProcessIdentity.self, from: directory.routerProcess) == own
        } catch { return true }
    }

    /// Serves a stage directory.
    /// - Parameter process: written down as the process to end; nil for a router inside a larger program.
    /// - Throws: `StageError.alreadyServed` where another router holds it; an error of the system for a port that is taken.
    package static func start(_ directory: StageDirectory, as process: ProcessIdentity? = nil) async throws -> Router {
        try directory.make()
        guard directory.routerSocket.utf8.count <= RouterControlBounds.pathInBytes else {
            throw StageError.socketPathTooLong(
                path: SafeText(directory.routerSocket), limitInBytes: RouterControlBounds.pathInBytes)
        }
        guard let lock = try StageFile.lock(directory.routerLock) else {
            throw StageError.alreadyServed(path: SafeText(directory.path))
        }
        let table = try StageFile.decode(RoutingTable.self, from: directory.routerTable) ?? RoutingTable()
        let router = Router(directory: directory, table: table, lock: lock)
        do { try await router.open(as: process) } catch {
            await router.stop(within: .zero)
            throw error
        }
        return router
    }

    /// Ends: takes nothing new, finishes what is under way, and closes what is left when the time is up.
    /// - Parameter leavingSocket: leaves the control socket open until the process ends: closing it removes whatever is at its path.
    package func stop(within limit: Duration, leavingSocket: Bool = false) async {
        let deadline = ContinuousClock.now + limit
        for port in ports.values { await port.close() }
        if !leavingSocket { await control?.close() }
        while !state.inFlight.isEmpty, ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(5)) } catch { break }
        }
        connections.close()
        let ending = serving + (leavingSocket ? [] : [answering].compactMap(\.self))
        for task in ending { task.cancel() }
        for task in ending { await task.value }
        lock.release()
    }

    /// Answers one message of the control socket.
    func answer(_ request: RouterRequest) async -> RouterAnswer {
        do {
            switch request {
            case .traffic(let place, let window):
                let traffic = state.traffic(of: place, over: window).map { RouterAnswer.TrafficOfSlot(slot: $0, traffic: $1) }
                return .traffic(traffic.sorted { $0.slot < $1.slot })
            case .read: break
            case .open(let place): try await open(place)
            case .change(let change):
                var table = state.table
                try table.apply(change)
                if table != state.table { try keep(table) }
            }
            let inFlight = state.inFlight.map { RouterAnswer.InFlight(port: $0.key, count: $0.value) }
            return .routing(state.table, inFlight: inFlight.sorted { $0.port < $1.port })
        } catch let refusal as RoutingRefusal { return .refused(SafeText(refusal.description)) } catch {
            return .broke(SafeText("\(error)"))
        }
    }

    private func open(as process: ProcessIdentity?) async throws {
        for entry in state.table.entries { try await listen(entry.place, at: entry.port) }
        let socket = directory.routerSocket
        let control = Listening(
            "the control socket", try await RouterControl.listen(at: socket),
            reopening: { try await RouterControl.listen(at: socket) },
            serving: { [weak self] client in if let self { await RouterControl.serve(client, by: self) } })
        self.control = control
        answering = Task { await control.run() }
        if let process { try StageFile.encode(process, to: directory.routerProcess) }
    }

    private func open(_ place: Place) async throws {
        guard state.table[place] == nil else { return }
        let port = try await listen(place, at: 0)
        // Other messages may have been answered while the port was opened; the table is read after that.
        var table = state.table
        table.add(RoutingTable.Entry(place, port: port))
        try keep(table)
    }

    /// Durable first, then in force.
    private func keep(_ table: RoutingTable) throws {
        try StageFile.encode(table, to: directory.routerTable)
        state.replace(with: table)
    }

    @discardableResult
    private func listen(_ place: Place, at port: Int) async throws -> Int {
        let connections = connections
        let first = try await Self.bind(port, connections)
        let port = first.channel.localAddress?.port ?? port
        let proxy = RouterProxy(place: place, state: state)
        let listening = Listening(
            "port \(port) of \(place)", first, reopening: { try await Self.bind(port, connections) },
            serving: { client in if let client { await proxy.serve(client) } })
        ports[place] = listening
        serving.append(Task { await listening.run() })
        return port
    }

    /// Opens a port. A connection over the bound is closed before a byte of it is read, and comes out as `nil`: it must not
    /// end the listener.
    private static func bind(
        _ port: Int, _ connections: Connections
    ) async throws -> NIOAsyncChannel<ServerConnection?, Never> {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard connections.add(channel) else {
                        channel.close(promise: nil)
                        return nil
                    }
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandlers([IdleStateHandler(allTimeout: HTTPBounds.idle), IdleCloser()])
                    try pipeline.configureHTTPServerPipeline()
                    return try ServerConnection(wrappingChannelSynchronously: channel)
                }
            }
    }
}
