/// What happened to a lease that a person holds by hand.
package enum LeaseEvent: Hashable, Sendable, Codable {
    /// Somebody holds the environment; nobody promotes there meanwhile. `from` is the expired lease that was taken over.
    case held(Lease, from: Lease?)
    /// It was given back, or outranked by a rollback.
    case returned(Lease, reason: SafeText)

    /// The name of the fact in the ledger.
    package var kind: String {
        switch self {
        case .held: "lease.held"
        case .returned: "lease.returned"
        }
    }
}

extension Lease {
    /// Whether a person holds it, not a promotion.
    package var isByHand: Bool { holder.promotion == nil }

    /// Whether it still keeps others out.
    package func holds(at now: Timestamp) -> Bool { now < expires }

    /// Longest time that a person may hold an environment.
    package static let longestHold = Milliseconds.minutes(7 * 24 * 60)
    /// How long a person holds one where no time is named.
    package static let usualHold = Milliseconds.minutes(60)
}

/// What a person who wants a lease says about the one that is there.
package enum LeaseWish: Hashable, Sendable, Codable {
    /// The environment must be free.
    case free
    /// The expired lease with this fence is taken over, and no other.
    case over(Fence)
}

extension Lease {
    /// Why a person may not hold a place; nil where nothing stands against it.
    /// - Parameters:
    ///   - current: the lease that the store has now, expired or not.
    ///   - active: the promotion under way there.
    ///   - seen: what was observed after the wish; a lease is taken over only by one who knows what runs.
    package static func objection(
        to wish: LeaseWish, current: Lease?, active: Promotion?, seen: EnvironmentObservation?, at now: Timestamp
    ) -> Objection? {
        if let active {
            return Objection(
                .busy, "promotion \(active.number) by \(active.startedBy) is \(active.state.words)",
                remedy: "wait for its end, or abort it")
        }
        guard let current else {
            guard case .over(let fence) = wish else { return nil }
            return Objection(.changed, "the lease with fence \(fence) was given back", remedy: "hold it without taking it over")
        }
        if current.holds(at: now) {
            return Objection(
                .busy, "\(current.holder.owner) holds it until \(current.expires.clock) UTC: \(current.holder.reason)",
                remedy: "ask \(current.holder.owner), or wait", earliest: current.expires)
        }
        guard case .over(let fence) = wish, fence == current.fence else {
            return Objection(
                .busy, "the lease of \(current.holder.owner) with fence \(current.fence) expired at \(current.expires.clock) UTC",
                remedy: "see what runs, then take it over by that fence")
        }
        guard let seen, seen.gap == nil else {
            return Objection(
                .unobservable, "what runs there cannot be observed\(seen?.gap.map { ": \($0)" } ?? "")",
                remedy: "target and switch must answer before it is taken over")
        }
        return nil
    }
}
