internal import PromotionCore

/// What a registry's limit leaves time for: what is decided is asked as soon as the registry allows it, what is only shown
/// some time later.
struct RegistryLimit: Sendable {
    /// Until when the registry asked to be left alone.
    private(set) var quietUntil = Timestamp(millisecondsSinceEpoch: 0)
    /// Until when nothing is asked that can wait, and why.
    private(set) var rest: (until: Timestamp, words: SafeText)?
    /// The length of the last rest of a registry that did not say how long; it doubles.
    private var length = Milliseconds.zero

    /// The shortest and the longest rest of what can wait.
    private static let shortest = Milliseconds.seconds(60)
    private static let longest = Milliseconds.minutes(15)
    /// The longest rest that a registry may ask for; Docker Hub counts by six hours.
    private static let longestAsked = Milliseconds.minutes(360)

    /// Notes that the registry answered 429.
    /// - Parameter wait: what it asked for; `nil` if it did not say.
    mutating func reached(_ wait: Milliseconds?, _ words: SafeText, at now: Timestamp) {
        let wait = wait.map { min($0, Self.longestAsked) }
        if let rest, now < rest.until, now + (wait ?? .zero) <= rest.until { return }
        length = max(Self.shortest, min(Self.longest, length + length))
        rest = (now + max(wait ?? .zero, length), words)
    }

    /// Notes that everything is to wait.
    mutating func keepQuiet(until: Timestamp) { quietUntil = max(quietUntil, until) }

    /// Notes an answer that was none of a limit, to a question that could wait.
    mutating func answered(at now: Timestamp) {
        guard let rest, now >= rest.until else { return }
        self.rest = nil
        length = .zero
    }
}
