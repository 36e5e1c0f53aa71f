internal import Fixtures
internal import PromotionRunner
import Synchronization

/// Runs every task of a simulation on the caller's thread, one job at a time, in an order that a seed decides, in virtual time.
///
/// Nothing happens beside it, so the same seed always gives the same run.
package final class SimulatedExecutor: RunnerExecutor {
    private struct State {
        var ready: [UnownedJob] = []
        var sleepers: [Sleeper] = []
        var now: Duration = .zero
        var lastSleeper = 0
        /// Pieces of work since time last moved.
        var jobsAtOnce = 0
        var random: SeededRandom
    }

    private struct Sleeper {
        let number: Int
        let until: Duration
        let continuation: UnsafeContinuation<Void, any Error>
    }

    private let state: Mutex<State>

    package init(seed: UInt64) { state = Mutex(State(random: SeededRandom(seed: seed))) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.ready.append(job) }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    package var now: Duration { state.withLock { $0.now } }

    /// Work without end at one moment is a loop that nothing will break.
    private static let jobLimit = 200_000

    /// Whether so much was done without time moving that nothing else will ever happen.
    var spins: Bool { state.withLock { $0.jobsAtOnce > Self.jobLimit } }

    /// Runs until the condition holds.
    /// - Returns: false where nothing is left to do or the limit of virtual time is over.
    package func run(until isDone: () -> Bool, limit: Duration) -> Bool {
        while !isDone() {
            if let job = nextJob() {
                job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            } else if !wakeNextSleeper(limit: limit) {
                return isDone()
            }
        }
        return true
    }

    /// Does so many pieces of work, and stops between two of them.
    func run(jobs: Int, limit: Duration) {
        var left = jobs
        _ = run(
            until: {
                left -= 1
                return left < 0
            }, limit: limit)
    }

    /// Ends every wait, so that nothing is left behind of what nobody runs any more.
    func finish() {
        for _ in 0..<1_000 {
            _ = run(until: { false }, limit: now)
            let sleepers = state.withLock { state in
                defer { state.sleepers = [] }
                return state.sleepers
            }
            if sleepers.isEmpty { return }
            for sleeper in sleepers { sleeper.continuation.resume(throwing: CancellationError()) }
        }
    }

    /// Moves time on where nothing was left to do before.
    package func advance(to moment: Duration) { state.withLock { $0.now = max($0.now, moment) } }

    /// A job of the ready ones, chosen by the seed: nobody is promised an order.
    private func nextJob() -> UnownedJob? {
        state.withLock { state in
            guard !state.ready.isEmpty, state.jobsAtOnce <= Self.jobLimit else { return nil }
            state.jobsAtOnce += 1
            return state.ready.remove(at: state.random.below(state.ready.count))
        }
    }

    /// Moves time to the next sleeper's end.
    private func wakeNextSleeper(limit: Duration) -> Bool {
        let next: Sleeper? = state.withLock { state in
            guard let index = state.sleepers.indices.min(by: { state.sleepers[$0].until < state.sleepers[$1].until }) else {
                return nil
            }
            let sleeper = state.sleepers[index]
            guard sleeper.until <= limit, state.jobsAtOnce <= Self.jobLimit else { return nil }
            if sleeper.until > state.now { state.jobsAtOnce = 0 }
            state.sleepers.remove(at: index)
            state.now = max(state.now, sleeper.until)
            return sleeper
        }
        next?.continuation.resume()
        return next != nil
    }

    /// Suspends the calling task for a length of virtual time.
    func sleep(until end: Duration) async throws {
        let number = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let isCancelled = Task.isCancelled
                if !isCancelled {
                    state.withLock { $0.sleepers.append(Sleeper(number: number, until: end, continuation: continuation)) }
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let cancelled: Sleeper? = state.withLock { state in
                guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else { return nil }
                return state.sleepers.remove(at: index)
            }
            cancelled?.continuation.resume(throwing: CancellationError())
        }
    }
}

/// Virtual time for everything that waits.
package struct SimulatedClock: Clock {
    package struct Instant: InstantProtocol {
        package let offset: Duration

        package init(offset: Duration) { self.offset = offset }

        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    let executor: SimulatedExecutor

    package init(_ executor: SimulatedExecutor) { self.executor = executor }

    package var now: Instant { Instant(offset: executor.now) }
    package var minimumResolution: Duration { .milliseconds(1) }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try await executor.sleep(until: deadline.offset)
    }
}
