internal import PromotionCore

/// How late tasks of this process run, from its making on: what a busy agent adds to everything that it measures.
struct Lateness: Sendable {
    private let watch: Task<Duration, Never>

    private static let interval = Duration.milliseconds(10)

    init() {
        watch = Task {
            var worst = Duration.zero
            while !Task.isCancelled {
                let due = ContinuousClock.now + Self.interval
                try? await Task.sleep(until: due, clock: .continuous)
                worst = max(worst, due.duration(to: .now))
            }
            return worst
        }
    }

    /// The worst so far; the watch ends.
    func worst() async -> Milliseconds {
        watch.cancel()
        return Milliseconds(rounding: await watch.value)
    }
}
