package import PromotionCore

/// When to try a connection again: 0.25 s after it broke, then twice as long each time, at most 5 s.
package struct Backoff: Hashable, Sendable {
    package init() {}

    private static let first = Milliseconds(250)
    private static let longest = Milliseconds(5_000)
    private var wait = Backoff.first

    /// How long to wait before the next attempt.
    package mutating func next() -> Milliseconds {
        defer { wait = min(Milliseconds(wait.count * 2), Self.longest) }
        return wait
    }

    /// The other side has answered, so a later break starts anew. Being connected is not enough: an agent that accepts and
    /// hangs up at once would be called without pause.
    package mutating func succeed() { wait = Self.first }
}
