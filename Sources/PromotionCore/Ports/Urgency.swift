/// What hangs on what a port is asked: a registry that allows only so much is asked first for what is decided.
package enum Urgency: Hashable, Sendable {
    /// Somebody, or a promotion, waits for the answer.
    case decision
    /// It is for a screen, and is asked again by itself.
    case background

    /// The urgency of what the current task asks.
    @TaskLocal package static var current = Urgency.decision

    /// Does something whose questions can wait.
    package static func inBackground<Result: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async -> Result
    ) async -> Result {
        await $current.withValue(.background) { await body() }
    }
}
