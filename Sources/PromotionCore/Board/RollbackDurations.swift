/// How long a rollback takes, from how long the same work took in earlier promotions of the environment.
package struct RollbackDurations: Hashable, Sendable {
    /// Traffic only; nil where no promotion moved traffic yet.
    package let warm: Milliseconds?
    /// With the deploy before it; nil where no promotion deployed yet.
    package let cold: Milliseconds?
    /// The deploy alone; `nil` if no promotion deployed yet.
    package let deploying: Milliseconds?

    /// Reads the passages of the environment's own promotions.
    package init(_ promotions: [Promotion]) {
        let strategy = promotions.last?.plan.strategy
        let switching = Self.median(promotions.flatMap { $0.durations(of: .switching) })
        let verifying = Self.median(promotions.flatMap { $0.durations(of: .verifyingRollback) }) ?? .zero
        deploying = Self.median(promotions.flatMap { $0.durations(of: .deployingIdle) })
        warm = switching.map { $0 + verifying }
        cold = strategy == .replace ? warm : warm.flatMap { [deploying] warm in deploying.map { warm + $0 } }
    }

    private static func median(_ durations: [Milliseconds]) -> Milliseconds? {
        let sorted = durations.sorted()
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }
}

extension Promotion {
    /// How long each completed stay in a state lasted.
    fileprivate func durations(of state: PromotionState) -> [Milliseconds] {
        zip(passage, passage.dropFirst()).compactMap { entered, left in
            guard entered.state == state, left.state != .indeterminate else { return nil }
            return left.at - entered.at
        }
    }
}
