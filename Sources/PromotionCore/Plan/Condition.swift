/// One predicate of a plan with its live value.
package struct Condition: Hashable, Sendable, Codable {
    /// Whether it holds.
    package enum State: Hashable, Sendable, Codable {
        case met(SafeText)
        case unmet(Objection)
        /// It does not hold, and somebody answers for going on all the same.
        case overridden(Objection, by: Override)
        /// It cannot hold before the start: people are asked then.
        case asked(SafeText)
        /// It stands against nothing, and has to be known by whoever consents.
        case noted(SafeText)
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
package struct Objection: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// What stands against a plan, for scripts.
    package enum Kind: String, Hashable, Sendable, Codable {
        case unknownPlace, noDigest, unknownImage, unreadableImage, notACandidate, noEvidence, soaking, vetoed, alreadyRuns
        case busy, noIdleSlot, unobservable, routingUnclear, platform, unhealthy, pointerDrift, noGoal, noWayBack, changed
        case frozen, pinned, notApproved, noReason, drifted
        case unsigned, badSignature, notVerifiable, imagePolicy, partOfImage

        /// Whether time or a person can turn it; a promotion may then wait for that with its plan as it is.
        package var canTurn: Bool {
            switch self {
            case .noEvidence, .soaking, .vetoed, .busy, .unobservable, .routingUnclear, .unhealthy, .pointerDrift, .frozen,
                .pinned, .drifted, .unsigned, .notVerifiable:
                true
            case .unknownPlace, .noDigest, .unknownImage, .unreadableImage, .notACandidate, .alreadyRuns, .noIdleSlot,
                .platform, .noGoal, .noWayBack, .changed, .notApproved, .noReason, .badSignature, .imagePolicy,
                .partOfImage:
                false
            }
        }
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

    /// What is waited for, without the values that change while one waits.
    package struct Wait: Hashable, Sendable {
        package let kind: Kind
        package let earliest: Timestamp?
    }

    package var wait: Wait { Wait(kind: kind, earliest: earliest) }
}

/// A plan, or every reason against it at once.
package struct PlanAnswer: Hashable, Sendable, Codable {
    /// Nil while any condition is unmet.
    package let plan: PromotionPlan?
    /// The plan as it would be carried out once every condition holds; nil where there can be none.
    package let proposed: PromotionPlan?
    package let conditions: [Condition]
    /// What the release changes against what serves; nil where nothing serves or it could not be told.
    package internal(set) var change: ImageComparison?

    package init(plan: PromotionPlan?, conditions: [Condition]) {
        let isWhole = conditions.allSatisfy { $0.objection == nil }
        self.plan = isWhole ? plan : nil
        proposed = plan
        self.conditions = conditions
    }

    package var objections: [Objection] { conditions.compactMap(\.objection) }

    /// Numbers of the overrides without which some condition would not hold.
    package var overrides: [Int64] {
        conditions.compactMap { if case .overridden(_, let override) = $0.state { override.number } else { nil } }
    }

    /// Nothing is known: the agent is ending.
    package static let none = PlanAnswer(
        plan: nil,
        conditions: [Condition("agent", .unmet(.init(.unobservable, "the agent is ending", remedy: "it goes on when it starts")))]
    )

    /// The plan that may wait for what stands against it; nil where nothing can turn some of it.
    package var waiting: PromotionPlan? { objections.allSatisfy(\.kind.canTurn) ? proposed : nil }

    /// The same with what the release changes.
    package func with(_ change: ImageComparison?) -> PlanAnswer {
        var copy = self
        copy.change = change
        return copy
    }
}

/// What somebody asks for.
package struct PromotionRequest: Hashable, Sendable, Codable {
    package let place: Place
    /// Nil for the release that serves in the upstream environment.
    package let digest: Digest?
    package let whenUnmet: WhenUnmet

    /// What becomes of a request whose conditions do not hold.
    package enum WhenUnmet: String, Hashable, Sendable, Codable {
        case refuse
        /// Wait for conditions that time or a person can turn, as long as the environment's rules allow.
        case wait
    }

    package init(place: Place, digest: Digest?, whenUnmet: WhenUnmet = .refuse) {
        self.place = place
        self.digest = digest
        self.whenUnmet = whenUnmet
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

    /// What was read for the rules about images.
    package enum Review: Hashable, Sendable {
        case read(ImageReview)
        case unreadable(Fault)
        /// Nobody looked: nothing is said about those rules.
        case notAsked
    }

    package let takenAt: Timestamp
    package let service: Service
    package let projection: ServiceProjection
    package let lookup: Lookup
    /// Nil where the target could not be looked at.
    package let observation: EnvironmentObservation?
    /// The lease on the place, expired or not.
    package let lease: Reading<Lease?>
    /// Every freeze that was put on by hand.
    package let freezes: [Freeze]
    /// The promotion that asks whether its conditions hold; nil before it was started. It does not stand in its own way.
    package let asker: PromotionNumber?
    package let review: Review
    /// Digests that the registry was found not to have whole any more.
    package let gone: Set<Digest>
    /// The joint release that holds the place; nil where none does.
    package let joint: JointNumber?
    /// What the wanted digest is a part of; `nil` if it is an image, or nothing is known of it.
    package let part: ImagePart?

    package init(
        takenAt: Timestamp, service: Service, projection: ServiceProjection, lookup: Lookup,
        observation: EnvironmentObservation?, lease: Reading<Lease?>, freezes: [Freeze] = [], asker: PromotionNumber? = nil,
        review: Review = .notAsked, gone: Set<Digest> = [], joint: JointNumber? = nil, part: ImagePart? = nil
    ) {
        self.part = part
        self.asker = asker
        self.takenAt = takenAt
        self.service = service
        self.projection = projection
        self.lookup = lookup
        self.observation = observation
        self.lease = lease
        self.freezes = freezes
        self.review = review
        self.gone = gone
        self.joint = joint
    }
}
