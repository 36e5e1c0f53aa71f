internal import PromotionCore

/// A moment by which a blocking call is over.
struct Deadline {
    private let moment: ContinuousClock.Instant

    init(in span: Milliseconds) { moment = .now + span.duration }

    var hasPassed: Bool { ContinuousClock.now >= moment }

    /// What is left, in milliseconds as poll(2) takes them: at least 0, at most an hour.
    var pollMilliseconds: CInt {
        let left = (moment - .now) / .milliseconds(1)
        return CInt(min(max(left.rounded(.up), 0), 3_600_000))
    }
}
