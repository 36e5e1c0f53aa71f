internal import Dispatch
internal import Platform
package import PromotionCore
internal import Synchronization

/// Starts an agent again, in the background, for a client that has talked to one and lost it.
package final class AgentStarter: Sendable {
    private let socketPath: String
    private let launcher: @Sendable () throws -> AgentLauncher
    private let state = Mutex(State())

    private struct State {
        var limit = RestartLimit()
        var isUnderWay = false
        var fault: SafeText?
    }

    /// - Parameter launcher: reads the configuration, which is not done before it is needed.
    package init(socketPath: String, launcher: @escaping @Sendable () throws -> AgentLauncher) {
        self.socketPath = socketPath
        self.launcher = launcher
    }

    /// Starts an agent unless the last one was ended in order, one is being started, or it was tried too often.
    /// - Parameter now: the time on a clock that no one sets.
    /// - Returns: what is being done about it, for people.
    package func startAgain(at now: Milliseconds) -> SafeText {
        if OrderedEnd(socketPath: socketPath).isMarked { return "it was ended in order; start one with: baton agent" }
        let (begins, words) = state.withLock { state -> (Bool, SafeText) in
            if state.isUnderWay { return (false, "it is being started again") }
            guard state.limit.next(at: now) != nil else {
                let fault = state.fault.map { ": \($0)" } ?? ""
                return (
                    false, SafeText("it was started \(RestartLimit.starts) times within \(RestartLimit.span)\(fault)", limit: 400)
                )
            }
            state.isUnderWay = true
            return (
                true,
                state.fault.map { SafeText("it is being started again; before: \($0)", limit: 400) }
                    ?? "it is being started again"
            )
        }
        if begins { DispatchQueue.global().async { [self] in start() } }
        return words
    }

    private func start() {
        let fault: SafeText?
        do {
            FileDescriptors.close(try launcher().connect())
            fault = nil
        } catch {
            fault = SafeText("\(error)", limit: 300)
        }
        state.withLock { state in
            state.isUnderWay = false
            state.fault = fault
        }
    }
}
