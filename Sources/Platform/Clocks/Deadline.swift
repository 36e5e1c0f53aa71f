/// A moment by which a call that blocks is over, on a clock that nobody sets.
package struct Deadline: Sendable {
    private let moment: ContinuousClock.Instant

    /// The moment after a span from now.
    package init(in span: Duration) { moment = .now + span }

    package var hasPassed: Bool { ContinuousClock.now >= moment }

    /// What is left, in milliseconds as poll(2) takes them: at least 0, at most an hour.
    package var pollMilliseconds: Int32 {
        let left = (moment - .now) / .milliseconds(1)
        return Int32(min(max(left.rounded(.up), 0), 3_600_000))
    }
}
