internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Platform
internal import PromotionCore
internal import Synchronization

/// A slot process: a real HTTP/1.1 service on 127.0.0.1 that says which digest it was started from.
package final class SlotService: Sendable {
    /// Where it answers.
    package let port: Int
    /// The open listener; `nil` once no connection is wanted any more.
    private let listener: Mutex<(any Channel)?>
    private let open: @Sendable () async throws -> any Channel
    private let connections: Connections
    private let shared: Shared

    private init(
        listener: any Channel, connections: Connections, shared: Shared,
        reopening open: @escaping @Sendable (_ port: Int) async throws -> any Channel
    ) {
        let port = listener.localAddress?.port ?? 0
        self.port = port
        self.listener = Mutex(listener)
        self.open = { try await open(port) }
        self.connections = connections
        self.shared = shared
    }

    /// The open listener; `nil` once no connection is wanted any more.
    var channel: (any Channel)? { listener.withLock { $0 } }

    /// Requests taken so far, answered or under way.
    var requestCount: Int { shared.requestCount }

    /// The body of the hidden command `stage-slot`: serves until SIGTERM, or until its instance file is gone.
    /// - Parameter file: the instance file that the stage wrote for this process.
    /// - Returns: the exit code.
    package static func run(file: String) async -> Int32 {
        do {
            let signals = try Termination.note()
            guard var instance = try StageFile.decode(StageInstance.self, from: file) else {
                StageLog.line("nothing to run: \(file) is gone")
                return 1
            }
            instance.process = ProcessIdentity.own
            try StageFile.encode(instance, to: file)
            let service = try await start(instance)
            instance.port = service.port
            try StageFile.encode(instance, to: file)
            StageLog.line("runs \(instance.image.digest) (\(instance.version)) at 127.0.0.1:\(service.port)")
            await Termination.wait(signals) { FileStatus.exists(file) }
            await service.drain(for: .seconds(5))
            StageLog.line("ended \(instance.image.digest)")
            return 0
        } catch {
            StageLog.line("ended: \(SafeText("\(error)"))")
            return 1
        }
    }

    /// Serves an instance on a free port.
    static func start(_ instance: StageInstance) async throws -> SlotService {
        let connections = Connections()
        let answers = Mutex(SlotAnswers(instance, processNumber: ProcessIdentity.own?.number ?? 0))
        let shared = Shared(answers: answers)
        let started = ContinuousClock.now
        let digest = instance.image.digest
        let open: @Sendable (Int) async throws -> any Channel = { port in
            try await bind(port, connections) {
                SlotConnection(digest: digest) { head in shared.answer(head, uptime: started.duration(to: .now)) }
            }
        }
        let service = SlotService(
            listener: try await open(0), connections: connections, shared: shared, reopening: open)
        Task { [weak service] in
            while let channel = service?.channel {
                try? await channel.closeFuture.get()
                await service?.openAgain()
            }
        }
        return service
    }

    private static func bind(
        _ port: Int, _ connections: Connections, _ handler: @escaping @Sendable () -> SlotConnection
    ) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                guard connections.add(channel) else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandlers([IdleStateHandler(allTimeout: HTTPBounds.idle), IdleCloser()])
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(handler())
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
    }

    /// Opens the port again if its listener ended while it is wanted.
    private func openAgain() async {
        guard channel != nil else { return }
        StageLog.line("port \(port) ended and is opened again")
        do {
            let opened = try await open()
            let isWanted = listener.withLock { listener in
                if listener != nil { listener = opened }
                return listener != nil
            }
            if !isWanted { try? await opened.close() }
        } catch {
            StageLog.line("port \(port) cannot be opened: \(SafeText("\(error)", limit: 200))")
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Takes no more connections, finishes the requests under way, and closes what is left when the time is up.
    package func drain(for limit: Duration) async {
        let channel = listener.withLock { listener in
            defer { listener = nil }
            return listener
        }
        try? await channel?.close()
        connections.drain()
        let deadline = ContinuousClock.now + limit
        while connections.count > 0, ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(5)) } catch { break }
        }
        connections.close()
    }

    /// The answers, shared by all connections.
    private final class Shared: Sendable {
        private let answers: Mutex<SlotAnswers>

        init(answers: consuming sending Mutex<SlotAnswers>) { self.answers = answers }

        var requestCount: Int { answers.withLock { $0.requestCount } }

        func answer(_ head: HTTPRequestHead, uptime: Duration) -> SlotAnswers.Answer {
            let path = head.uri.prefix { $0 != "?" }
            let isRouted = head.headers.contains(name: StageHeader.routed)
            let milliseconds = Milliseconds(
                uptime.components.seconds * 1_000 + uptime.components.attoseconds / 1_000_000_000_000_000)
            return answers.withLock { $0.answer(path, isRouted: isRouted, uptime: milliseconds) }
        }
    }
}
