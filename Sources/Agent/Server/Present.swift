internal import NIOCore
internal import PromotionCore
internal import Synchronization

/// The connections that are open now: as many as there may be, and none after the server has closed.
final class Present: Sendable {
    private struct State {
        var open: [ObjectIdentifier: any Channel] = [:]
        var closedBecause: SafeText?
    }

    private let limit: Int
    private let state = Mutex(State())
    private let departures: AsyncStream<Void>
    private let depart: AsyncStream<Void>.Continuation

    init(limit: Int) {
        self.limit = limit
        (departures, depart) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Lets a connection in.
    /// - Returns: why it may not come in; nil where it may.
    func add(_ channel: any Channel) -> SafeText? {
        state.withLock { state in
            if let reason = state.closedBecause { return reason }
            guard state.open.count < limit else {
                return "\(limit) clients are connected already; close one and try again"
            }
            state.open[ObjectIdentifier(channel)] = channel
            return nil
        }
    }

    func remove(_ channel: any Channel) {
        _ = state.withLock { $0.open.removeValue(forKey: ObjectIdentifier(channel)) }
        depart.yield()
    }

    /// Lets nobody in any more.
    /// - Returns: who is still there.
    func close(because reason: SafeText) -> [any Channel] {
        state.withLock { state in
            state.closedBecause = reason
            return Array(state.open.values)
        }
    }

    /// Waits until everybody has gone.
    func wait(atMost span: Milliseconds) async {
        await withTaskGroup { group in
            group.addTask {
                var departures = self.departures.makeAsyncIterator()
                while !self.isEmpty, await departures.next() != nil {}
            }
            group.addTask { try? await Task.sleep(for: span.duration) }
            await group.next()
            group.cancelAll()
        }
    }

    private var isEmpty: Bool { state.withLock { $0.open.isEmpty } }
}
