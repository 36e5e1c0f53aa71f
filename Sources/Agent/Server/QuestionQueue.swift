internal import PromotionCore
internal import Synchronization

/// Lets questions that cost the agent much through, a few at a time: nobody's questions take the time that promotions and other
/// people's questions need. Who waits is served in the order of coming.
package final class QuestionQueue: Sendable {
    private struct Waiting {
        let number: Int
        let holder: Seats.Holder
        let go: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var lastNumber = 0
        /// Being worked on, by whether they may use what is kept for people who act.
        var running: [Bool: Int] = [:]
        /// Not read yet, by user.
        var unread: [UInt32: Int] = [:]
        var waiting: [Waiting] = []
        /// Cancelled before they came to wait.
        var cancelled: Set<Int> = []
    }

    private let limits: AgentServer.Limits
    private let state = Mutex(State())

    package init(_ limits: AgentServer.Limits) { self.limits = limits }

    /// Waits until a question may be worked on. `worked` and `read` have to follow.
    /// - Throws: `CancellationError` if the client has gone; nothing has to follow then.
    package func enter(_ holder: Seats.Holder) async throws {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        let isLet = await withTaskCancellationHandler {
            await withCheckedContinuation { go in
                let now: Bool? = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return false }
                    guard state.waiting.allSatisfy({ $0.holder != holder }), mayRun(holder, state) else {
                        state.waiting.append(Waiting(number: number, holder: holder, go: go))
                        return nil
                    }
                    Self.begin(holder, &state)
                    return true
                }
                if let now { go.resume(returning: now) }
            }
        } onCancel: {
            let waiting = state.withLock { state -> Waiting? in
                guard let index = state.waiting.firstIndex(where: { $0.number == number }) else {
                    state.cancelled.insert(number)
                    return nil
                }
                return state.waiting.remove(at: index)
            }
            waiting?.go.resume(returning: false)
        }
        _ = state.withLock { $0.cancelled.remove(number) }
        guard isLet else { throw CancellationError() }
    }

    /// The answer has been made.
    package func worked(_ holder: Seats.Holder) {
        state.withLock { $0.running[holder.isReserved, default: 0] -= 1 }
        letNext()
    }

    /// The answer has been read, or never will be.
    package func read(_ holder: Seats.Holder) {
        state.withLock { state in
            let count = state.unread[holder.userID] ?? 0
            state.unread[holder.userID] = count > 1 ? count - 1 : nil
        }
        letNext()
    }

    private func mayRun(_ holder: Seats.Holder, _ state: State) -> Bool {
        let viewers = state.running[false] ?? 0
        guard viewers + (state.running[true] ?? 0) < limits.questions else { return false }
        guard holder.isReserved || viewers < limits.questionsOfViewers else { return false }
        let own = limits.questionsOfAccount * (holder.isReserved ? 4 : 1)
        return (state.unread[holder.userID] ?? 0) < own
    }

    private static func begin(_ holder: Seats.Holder, _ state: inout State) {
        state.running[holder.isReserved, default: 0] += 1
        state.unread[holder.userID, default: 0] += 1
    }

    private func letNext() {
        while true {
            let next = state.withLock { state -> Waiting? in
                guard let index = state.waiting.firstIndex(where: { mayRun($0.holder, state) }) else { return nil }
                let next = state.waiting.remove(at: index)
                Self.begin(next.holder, &state)
                return next
            }
            guard let next else { return }
            next.go.resume(returning: true)
        }
    }
}
