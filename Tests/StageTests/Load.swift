internal import Glibc
internal import NIOPosix
internal import Synchronization

/// Work that blocks, on a thread of its own.
enum Blocking {
    static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let result: Result<Value, any Error>
        do { result = .success(try await pool.runIfActive { try work() }) } catch { result = .failure(error) }
        try await pool.shutdownGracefully()
        return try result.get()
    }
}

/// Clients that ask on kept connections, each a few hundred times a second, until they are stopped.
struct Load: Sendable {
    struct Result: Sendable {
        var answered = 0
        var failures: [String] = []
        var slots: [String: Int] = [:]
    }

    private let shared = Shared()
    private let work: Task<Void, Never>

    /// - Parameter stagger: by how much longer each client pauses than the one before, so that they do not ask in step.
    init(port: Int, clients: Int, stagger: Duration = .zero) {
        let step = UInt32(stagger / .microseconds(1))
        work = Task { [shared] in
            await withDiscardingTaskGroup { group in
                for client in 0..<UInt32(clients) {
                    group.addTask { try? await Blocking.run { shared.ask(port, pauseInMicroseconds: 2_000 + client * step) } }
                }
            }
        }
    }

    var answered: Int { shared.result.withLock { $0.answered } }

    func stop() async -> Result {
        shared.isWanted.store(false, ordering: .relaxed)
        await work.value
        return shared.result.withLock { $0 }
    }

    private final class Shared: Sendable {
        let isWanted = Atomic<Bool>(true)
        let result = Mutex(Result())

        func ask(_ port: Int, pauseInMicroseconds pause: UInt32) {
            do {
                var client = try KeepAliveClient(port: port)
                while isWanted.load(ordering: .relaxed) {
                    let answer = try client.get("/")
                    result.withLock { result in
                        result.answered += 1
                        if answer.status != 200 { result.failures.append("\(answer.status): \(answer.body)") }
                        result.slots[answer.header("X-Baton-Stage-Slot") ?? "none", default: 0] += 1
                    }
                    usleep(pause)
                }
            } catch { result.withLock { $0.failures.append("\(error)") } }
        }
    }
}
