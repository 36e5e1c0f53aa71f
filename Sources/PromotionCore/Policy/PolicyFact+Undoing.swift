extension PolicyFact {
    /// What a decision takes away from one that stands, besides what it says itself.
    package struct Undoing: Hashable, Sendable {
        /// The request that takes it away openly, and whose role it takes.
        package let request: PolicyRequest
        package let words: SafeText
    }

    /// What a decision undoes by deciding again: an earlier end lifts the rest of a freeze, another image lifts a pin. `nil` if it
    /// takes nothing away.
    ///
    /// Vetoes, overrides and holds cannot be decided again while they stand: they are refused.
    package func undoing(at place: Place?, in projection: Projection, now: Timestamp) -> Undoing? {
        switch self {
        case .frozen(let scope, let until, let reason):
            guard let standing = projection.freezes.last(where: { $0.scope == scope && $0.until > now }), until < standing.until
            else { return nil }
            return Undoing(
                request: .unfreeze(scope, reason: reason),
                words: "\(standing.by) froze it until \(standing.until), and an earlier end lifts that")
        case .pinned(let digest, let reason):
            guard let place, let pin = projection.services[place.service]?.environments[place.environment]?.pin,
                pin.digest != digest
            else { return nil }
            return Undoing(
                request: .unpin(place, reason: reason),
                words: "\(pin.by) pinned it to \(pin.digest.short()), and another image lifts that")
        case .vetoed, .unpinned, .thawed, .overridden, .overrideClosed, .denied: return nil
        }
    }
}
