internal import NIOCore
internal import PromotionCore
internal import Synchronization

/// The connections that are open now: as many as there may be, and none after the server has closed.
final class Present: Sendable {
    private struct State {
        var open: [ObjectIdentifier: any Channel] = [:]
        var holders: [ObjectIdentifier: Seats.Holder] = [:]
        var seats: Seats
        var closedBecause: SafeText?
    }

    private let state: Mutex<State>
    private let departures: AsyncStream<Void>
    private let depart: AsyncStream<Void>.Continuation

    init(_ limits: AgentServer.Limits) {
        state = Mutex(State(seats: Seats(limits)))
        (departures, depart) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Lets a connection in whose account is not known yet.
    /// - Returns: why it may not come in; nil where it may.
    func add(_ channel: any Channel) -> SafeText? {
        state.withLock { state in
            if let reason = state.closedBecause { return reason }
            if let refusal = state.seats.enter() { return refusal }
            state.open[ObjectIdentifier(channel)] = channel
            return nil
        }
    }

    /// Gives a connection its seat, now that it is known whose it is.
    /// - Returns: why there is none; `nil` if there is.
    func seat(_ channel: any Channel, for holder: Seats.Holder) -> SafeText? {
        state.withLock { state in
            if let refusal = state.seats.take(holder) { return refusal }
            state.holders[ObjectIdentifier(channel)] = holder
            return nil
        }
    }

    func remove(_ channel: any Channel) {
        state.withLock { state in
            let identifier = ObjectIdentifier(channel)
            guard state.open.removeValue(forKey: identifier) != nil else { return }
            if let holder = state.holders.removeValue(forKey: identifier) {
                state.seats.leave(holder)
            } else {
                state.seats.leave()
            }
        }
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
