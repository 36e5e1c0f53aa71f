internal import NIOCore
internal import PromotionCore
internal import Synchronization

/// A listener that is kept open: one that ends while it is wanted is opened again, and the log says why.
///
/// The connections of the listener that ended go on.
final class Listening<Client: Sendable>: Sendable {
    typealias Listener = NIOAsyncChannel<Client, Never>

    private struct State {
        var isWanted = true
        var channel: any Channel
    }

    /// What the log calls it.
    private let name: SafeText
    private let first: Listener
    private let open: @Sendable () async throws -> Listener
    private let serve: @Sendable (Client) async -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - first: the listener that is open already.
    ///   - open: opens the one that takes its place.
    init(
        _ name: SafeText, _ first: Listener, reopening open: @escaping @Sendable () async throws -> Listener,
        serving serve: @escaping @Sendable (Client) async -> Void
    ) {
        self.name = name
        self.first = first
        self.open = open
        self.serve = serve
        state = Mutex(State(channel: first.channel))
    }

    /// The listener's channel.
    var channel: any Channel { state.withLock { $0.channel } }

    /// Serves until `close` is called or the task is cancelled, and then until the last connection has ended.
    func run() async {
        await withDiscardingTaskGroup { group in
            var listener: Listener? = first
            while let current = listener {
                var reason = "it was closed"
                do {
                    try await current.executeThenClose { clients in
                        for try await client in clients { group.addTask { [serve] in await serve(client) } }
                    }
                } catch { reason = "\(error)" }
                guard isWanted else { return }
                StageLog.line("\(name) ended and is opened again: \(SafeText(reason, limit: 200))")
                listener = await reopened()
            }
        }
    }

    /// Takes no connection any more.
    func close() async {
        let channel = state.withLock { state in
            state.isWanted = false
            return state.channel
        }
        try? await channel.close()
    }

    private var isWanted: Bool { !Task.isCancelled && state.withLock { $0.isWanted } }

    /// The listener that takes the place of one that ended; `nil` if none is wanted any more.
    private func reopened() async -> Listener? {
        var pause = Duration.milliseconds(10)
        while isWanted {
            do {
                let listener = try await open()
                let isWanted = state.withLock { state in
                    state.channel = listener.channel
                    return state.isWanted
                }
                if !isWanted { try? await listener.channel.close() }
                return listener
            } catch {
                if pause >= .seconds(1) { StageLog.line("\(name) cannot be opened: \(SafeText("\(error)", limit: 200))") }
                do { try await Task.sleep(for: pause) } catch { return nil }
                pause = min(pause * 2, .seconds(1))
            }
        }
        return nil
    }
}
