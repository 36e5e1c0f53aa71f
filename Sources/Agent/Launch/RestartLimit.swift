package import PromotionCore

/// How often an agent that died is started again: five times in a minute, after waits that grow.
package struct RestartLimit: Hashable, Sendable {
    /// Starts in one span at most.
    package static let starts = 5
    package static let span = Milliseconds.minutes(1)
    private static let firstWait = Milliseconds(250)

    /// Times of the starts within the last span, on a clock that no one sets.
    private var times: [Milliseconds] = []

    package init() {}

    /// Counts one more start.
    /// - Parameter now: the time on a clock that no one sets.
    /// - Returns: how long to wait before it; `nil` if it would be one too many.
    package mutating func next(at now: Milliseconds) -> Milliseconds? {
        times.removeAll { now.count - $0.count >= Self.span.count }
        guard times.count < Self.starts else { return nil }
        let wait = times.isEmpty ? .zero : Milliseconds(Self.firstWait.count << (times.count - 1))
        times.append(now + wait)
        return wait
    }

    /// How many starts the last span has seen.
    package var count: Int { times.count }
}
