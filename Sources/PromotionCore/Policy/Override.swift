/// A gate that a person may be let through on somebody's word.
///
/// What would deploy something unknown is not among them: image, platform, target, routing, pointers; nor what other people
/// have to lift: veto, pin, approval.
package enum OverridableGate: String, Hashable, Sendable, Codable, CaseIterable {
    case evidence, soak, freeze
    /// The live slot is not healthy before the change.
    case health

    /// The objections that it silences.
    var objections: Set<Objection.Kind> {
        switch self {
        case .evidence: [.noEvidence]
        case .soak: [.soaking]
        case .freeze: [.frozen]
        case .health: [.unhealthy]
        }
    }

    /// The gate that silences an objection; nil where none does.
    package init?(silencing kind: Objection.Kind) {
        guard let gate = Self.allCases.first(where: { $0.objections.contains(kind) }) else { return nil }
        self = gate
    }
}

/// One gate of one environment, opened for one release, on somebody's word and for a time: a debt until somebody closes it.
package struct Override: Hashable, Sendable, Codable {
    /// Number of its entry in the ledger.
    package let number: Int64
    package let gate: OverridableGate
    package let digest: Digest
    /// Who answers for it.
    package let owner: SafeText
    package let by: Account
    package let reason: SafeText
    package let since: Timestamp
    package let expires: Timestamp
    /// Promotions of the release that would not have gone on without it, newest last, within a bound.
    package internal(set) var usedBy: [PromotionNumber] = []

    package init(
        number: Int64, gate: OverridableGate, digest: Digest, owner: SafeText, by: Account, reason: SafeText, since: Timestamp,
        expires: Timestamp
    ) {
        self.number = number
        self.gate = gate
        self.digest = digest
        self.owner = owner
        self.by = by
        self.reason = reason
        self.since = since
        self.expires = expires
    }

    /// Whether it lets an image through a gate; after its expiry it is a debt and nothing else.
    package func opens(_ gate: OverridableGate, for image: DigestSet, at now: Timestamp) -> Bool {
        self.gate == gate && image.contains(digest) && now < expires
    }

    /// The debt in words.
    package func words(at now: Timestamp) -> SafeText {
        let time = now < expires ? "until \(expires.moment(seenFrom: now))" : "expired \(expires.moment(seenFrom: now))"
        return "\(gate.rawValue) of \(digest.short()), \(time), owner \(owner): \(reason)"
    }
}

extension Timestamp {
    /// The clock, with the day in front where it is another one: `14:02`, `08-24 14:02`.
    package func moment(seenFrom now: Timestamp) -> String {
        dayNumber == now.dayNumber ? hourAndMinute : "\(monthAndDay) \(hourAndMinute)"
    }
}
