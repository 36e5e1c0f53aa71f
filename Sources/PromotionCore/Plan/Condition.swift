/// One predicate of a plan with its live value.
package struct Condition: Hashable, Sendable, Codable {
    /// Whether it holds.
    package enum State: Hashable, Sendable, Codable {
        case met(SafeText)
        case unmet(Objection)
    }

    /// The predicate's short name, such as `evidence`.
    package let name: SafeText
    package let state: State

    package init(_ name: SafeText, _ state: State) {
        self.name = name
        self.state = state
    }

    package var objection: Objection? {
        if case .unmet(let objection) = state { objection } else { nil }
    }
}

/// One reason against a plan: what is so, what would make it otherwise, and when that can be at the earliest.
package struct Objection: Hashable, Sendable, Codable, CustomStringConvertible {
    /// What stands against a plan, for scripts.
    package enum Kind: String, Hashable, Sendable, Codable {
        case unknownPlace, noDigest, unknownImage, unreadableImage, notACandidate, noEvidence, soaking, vetoed, alreadyRuns
        case busy, noIdleSlot, unobservable, routingUnclear, platform, unhealthy, pointerDrift, noGoal, changed
    }

    package let kind: Kind
    package let reason: SafeText
    package let remedy: SafeText
    /// The earliest moment that it can turn true by itself; nil where somebody has to act.
    package let earliest: Timestamp?

    package init(_ kind: Kind, _ reason: SafeText, remedy: SafeText, earliest: Timestamp? = nil) {
        self.kind = kind
        self.reason = reason
        self.remedy = remedy
        self.earliest = earliest
    }

    package var description: String { "\(reason); \(remedy)" }
}

/// A plan, or every reason against it at once.
package struct PlanAnswer: Hashable, Sendable, Codable {
    /// Nil while any condition is unmet.
    package let plan: PromotionPlan?
    package let conditions: [Condition]

    package init(plan: PromotionPlan?, conditions: [Condition]) {
        let isWhole = conditions.allSatisfy { $0.objection == nil }
        self.plan = isWhole ? plan : nil
        self.conditions = conditions
    }

    package var objections: [Objection] { conditions.compactMap(\.objection) }
}

/// What somebody asks for.
package struct PromotionRequest: Hashable, Sendable, Codable {
    package let place: Place
    /// Nil for the release that serves in the upstream environment.
    package let digest: Digest?

    package init(place: Place, digest: Digest?) {
        self.place = place
        self.digest = digest
    }
}

/// Everything a plan is made from, read once.
package struct PlanningSnapshot: Hashable, Sendable {
    /// What the registry answered about the wanted digest.
    package enum Lookup: Hashable, Sendable {
        case found(Release)
        case absent
        case unreadable(Fault)
        case notAsked
    }

    package let takenAt: Timestamp
    package let service: Service
    package let projection: ServiceProjection
    package let lookup: Lookup
    /// Nil where the target could not be looked at.
    package let observation: EnvironmentObservation?
    /// The lease on the place, expired or not.
    package let lease: Lease?

    package init(
        takenAt: Timestamp, service: Service, projection: ServiceProjection, lookup: Lookup,
        observation: EnvironmentObservation?, lease: Lease?
    ) {
        self.takenAt = takenAt
        self.service = service
        self.projection = projection
        self.lookup = lookup
        self.observation = observation
        self.lease = lease
    }
}
