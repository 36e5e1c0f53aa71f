package import PromotionCore
internal import Synchronization

/// Time and the threads that work is done on, as the runner is given them.
///
/// Everything that takes a length of time is counted on the boot clock. The wall time is reckoned: it goes on from the reading
/// that was last agreed on, and so takes a step only where the runner has recorded that step as a fact.
package struct TimeSource: Sendable {
    package let clock: any Clock<Duration>
    private let read: @Sendable () -> ClockReading
    private let reckoning: Reckoning
    /// The one thread that the runner and all its tasks run on; a simulation brings one that it controls.
    package let executor: any RunnerExecutor

    /// - Parameters:
    ///   - clock: what is slept on; it goes on while the machine sleeps, as the boot clock does.
    ///   - read: both clocks as they are.
    package init(clock: any Clock<Duration>, read: @escaping @Sendable () -> ClockReading, executor: any RunnerExecutor) {
        self.clock = clock
        self.read = read
        self.executor = executor
        reckoning = Reckoning(read())
    }

    /// The wall time, in step with what the ledger says of the clock.
    package func now() -> Timestamp { reading.wall }

    /// Both clocks, the wall time as it is reckoned.
    var reading: ClockReading { reckoning.reckon(read()) }

    /// The time on the boot clock, for lengths of time.
    var elapsed: Milliseconds { read().boot.elapsed }

    /// What is left of a length of time that began at a time on the boot clock.
    func rest(of length: Milliseconds, since began: Milliseconds) -> Milliseconds {
        Milliseconds(max(0, began.count + length.count - elapsed.count))
    }

    /// How far the wall time was moved by steps since a reading.
    func shift(since earlier: ClockReading) -> Milliseconds {
        let now = reading
        return earlier.wall(at: now.boot).map { now.wall - $0 } ?? .zero
    }

    /// How long ago a reading was taken, on the boot clock.
    func span(since began: ClockReading) -> Milliseconds { read().boot.since(began.boot) ?? .zero }

    /// The step that the wall clock took since the last agreement; `nil` if it took none.
    var step: ClockStep? {
        let reading = read()
        return reading.step(since: reckoning.agreed).map { ClockStep(by: $0, reading: reading, wasAway: false) }
    }

    /// Reckons on from a step that was recorded.
    func agree(on step: ClockStep) { reckoning.agree(on: step.reading) }

    /// Begins work beside the caller's, on the runner's executor (a child task would leave it).
    func begin<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) -> Task<Result, Never> {
        Task(executorPreference: executor) { await work() }
    }

    /// Waits; ends early when the task is cancelled.
    func wait(_ time: Milliseconds) async {
        try? await clock.sleep(for: time.duration)
    }
}

/// The reading that wall time is reckoned from.
private final class Reckoning: Sendable {
    private let base: Mutex<ClockReading>

    init(_ reading: ClockReading) { base = Mutex(reading) }

    var agreed: ClockReading { base.withLock { $0 } }

    func agree(on reading: ClockReading) { base.withLock { $0 = reading } }

    func reckon(_ reading: ClockReading) -> ClockReading {
        ClockReading(wall: agreed.wall(at: reading.boot) ?? reading.wall, boot: reading.boot)
    }
}
