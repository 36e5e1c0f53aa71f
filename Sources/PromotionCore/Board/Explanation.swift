/// Why something waits, is blocked or needs somebody: what must hold, what is so, when it can turn, and who can change it.
package struct Explanation: Hashable, Sendable, Codable {
    /// What kind of thing is explained.
    package enum Subject: String, Hashable, Sendable, Codable {
        case condition, promotion, approval, gate, lease, freeze, pin, veto, override, drift, pointer, rollback, alarm, unread
    }

    /// Who can change it.
    package enum Authority: Hashable, Sendable, Codable, CustomStringConvertible {
        /// Nobody has to: it turns by itself.
        case time
        /// Somebody who is this here, or more.
        case role(Role)
        /// One person.
        case person(SafeText)
        /// Whoever runs what is named, outside of Baton.
        case outside(SafeText)

        package var description: String {
            switch self {
            case .time: "time"
            case .role(let role): "\(role.rawValue) or more"
            case .person(let name): name.text
            case .outside(let who): who.text
            }
        }
    }

    /// Nil where it concerns every environment.
    package let place: Place?
    package let subject: Subject
    /// The promotion that waits; nil where none was started.
    package let promotion: PromotionNumber?
    /// What must hold.
    package let predicate: SafeText
    /// What is so now.
    package let values: SafeText
    /// The earliest moment at which it can turn true; nil where that is for people to say.
    package let earliest: Timestamp?
    /// When what waits gives up; nil where it does not.
    package let deadline: Timestamp?
    package let authorities: [Authority]
    package let remedy: SafeText

    package init(
        _ subject: Subject, at place: Place?, promotion: PromotionNumber? = nil, predicate: SafeText, values: SafeText,
        earliest: Timestamp? = nil, deadline: Timestamp? = nil, authorities: [Authority], remedy: SafeText
    ) {
        self.place = place
        self.subject = subject
        self.promotion = promotion
        self.predicate = predicate
        self.values = values
        self.earliest = earliest
        self.deadline = deadline
        self.authorities = authorities
        self.remedy = remedy
    }

    /// The explanation of what stands against a plan.
    package init(_ objection: Objection, at place: Place, promotion: PromotionNumber? = nil, deadline: Timestamp? = nil) {
        self.init(
            .condition, at: place, promotion: promotion, predicate: objection.kind.predicate, values: objection.reason,
            earliest: objection.earliest, deadline: deadline, authorities: objection.kind.authorities, remedy: objection.remedy)
    }
}

extension Objection.Kind {
    /// What must hold, so that this does not stand against a plan.
    package var predicate: SafeText {
        switch self {
        case .unknownPlace: "the environment is configured"
        case .noDigest: "a digest is named, or one serves upstream"
        case .unknownImage: "the image is in the registry"
        case .unreadableImage: "the image can be read whole"
        case .notACandidate: "the image carries a candidate tag"
        case .noEvidence: "it passed its checks upstream"
        case .soaking: "it has served upstream long enough, without a break"
        case .vetoed: "no veto is on the release"
        case .alreadyRuns: "it is another release than the one that serves"
        case .busy: "nothing else changes the environment"
        case .noIdleSlot: "a slot is free"
        case .unobservable: "what runs can be seen"
        case .routingUnclear: "one slot takes all traffic"
        case .platform: "the image offers the platform"
        case .unhealthy: "what serves is healthy before the change"
        case .pointerDrift: "the pointer tag names what was put there"
        case .drifted: "what runs is what was put there"
        case .noGoal: "an earlier release succeeded and is not vetoed"
        case .noWayBack: "an earlier release succeeded, to which the set could be taken back"
        case .changed: "nothing moved since it was looked at"
        case .frozen: "no freeze is in force"
        case .pinned: "the environment is not pinned to another image"
        case .notApproved: "other people agree"
        case .noReason: "the reason says enough"
        case .unsigned, .badSignature, .notVerifiable: "the image carries the signatures that the rules ask for"
        case .imagePolicy: "the image is as the rules ask for"
        case .partOfImage: "the digest is that of a whole image"
        }
    }

    /// Who can make it hold.
    package var authorities: [Explanation.Authority] {
        switch self {
        case .soaking, .frozen: [.time, .role(.approver)]
        case .noEvidence: [.role(.ci), .role(.operator), .role(.approver)]
        case .vetoed, .pinned: [.role(.approver)]
        case .busy: [.time, .role(.operator)]
        case .unhealthy: [.outside("whoever runs the service"), .role(.operator), .role(.approver)]
        case .pointerDrift, .drifted, .routingUnclear, .noDigest, .noGoal, .noWayBack, .changed, .noReason, .alreadyRuns,
            .partOfImage:
            [.role(.operator)]
        case .notApproved: [.role(.approver)]
        case .unreadableImage: [.outside("whoever runs the registry"), .outside("whoever builds the image")]
        case .unknownImage, .notACandidate, .platform, .unsigned, .badSignature, .imagePolicy:
            [.outside("whoever builds the image")]
        case .unobservable, .notVerifiable: [.outside("whoever runs target, switch and registry")]
        case .unknownPlace, .noIdleSlot: [.outside("whoever keeps the configuration")]
        }
    }
}
