/// Several promotions that succeed together or are undone together: a state machine over its members' promotions.
///
/// It decides everything and does nothing. `apply` and `observe` take what happened; `pending` says what must now be made
/// true. It is folded from the ledger like a promotion, so that a crash is survived by replaying the entries.
package struct JointRelease: Hashable, Sendable, Codable {
    /// One service of the set.
    package struct Member: Hashable, Sendable, Codable {
        package let plan: PromotionPlan
        /// Nil until it was started.
        package internal(set) var promotion: PromotionNumber?
        /// The rollback of a member that had succeeded already.
        package internal(set) var undo: PromotionNumber?
        package internal(set) var standing: JointStanding = .waiting
        /// Whether traffic was, or may have been, moved.
        package internal(set) var wasCommitted = false
        /// Whether its last promotion has not ended: a failed rollback that can be told to try again.
        package internal(set) var isOpen = false

        package var place: Place { plan.place }
    }

    package let number: JointNumber
    package let set: JointName?
    package let environment: EnvironmentName
    package let hash: Digest
    package let startedBy: Account
    package let startedAt: Timestamp
    /// In the order of their switches.
    package internal(set) var members: [Member]
    package internal(set) var state: JointState = .preparing
    package internal(set) var enteredAt: Timestamp
    /// Why it is being undone, or was.
    package internal(set) var failure: SafeText?

    /// A joint release that starts to prepare.
    package init(number: JointNumber, plan: JointPlan, by account: Account, at now: Timestamp) {
        self.number = number
        set = plan.set
        environment = plan.environment
        hash = plan.hash
        startedBy = account
        startedAt = now
        enteredAt = now
        members = plan.members.map { Member(plan: $0) }
        // Where no member has an idle slot there is nothing to prepare.
        advance(at: now)
    }

    /// Whether its environments are its own.
    package var isUnderWay: Bool {
        switch state {
        case .preparing, .switching, .baking, .undoing, .undoFailed: true
        case .succeeded, .undone, .cancelled: false
        }
    }

    /// The name that people know it by.
    package var title: SafeText {
        self.set.map { "\($0)" } ?? SafeText(members.map(\.place.service.text).joined(separator: "+"), limit: 80)
    }

    /// The member in an environment of a service; nil where it is none of the set.
    package func member(at place: Place) -> Member? { members.first { $0.place == place } }
}

/// Where a joint release stands. Above each case stand its legal exits.
package enum JointState: String, Hashable, Sendable, Codable, CaseIterable {
    /// switching, undoing
    case preparing
    /// baking, undoing
    case switching
    /// succeeded, undoing
    case baking
    /// undoing
    case succeeded
    /// undone, cancelled, undoFailed
    case undoing
    /// An alarm, not an end: undoing, undone
    case undoFailed
    /// none
    case undone
    /// none
    case cancelled

    /// As people read it.
    package var words: String { self == .undoFailed ? "undo failed" : rawValue }
}

/// Where one member stands, as far as the set is concerned.
package enum JointStanding: String, Hashable, Sendable, Codable, CaseIterable {
    /// Not started.
    case waiting
    /// Before its commit point.
    case underWay
    /// Verified, and held at its commit point.
    case ready
    /// Its traffic was to move and did not; it is held at its commit point again.
    case refused
    /// Traffic moves, or its checks are not answered yet.
    case switching
    /// Its checks passed with traffic; it bakes.
    case switched
    case succeeded
    /// It ends without ever having moved traffic.
    case stopping
    /// Traffic goes back.
    case goingBack
    /// What served before serves.
    case back
    /// It could not be undone: a person is needed.
    case stuck

    /// As people read it.
    package var words: String {
        switch self {
        case .underWay: "under way"
        case .goingBack: "going back"
        case .waiting, .ready, .refused, .switching, .switched, .succeeded, .stopping, .back, .stuck: rawValue
        }
    }

    /// Whether the member is against going on.
    var isAgainst: Bool {
        switch self {
        case .refused, .stopping, .goingBack, .back, .stuck: true
        case .waiting, .underWay, .ready, .switching, .switched, .succeeded: false
        }
    }

    /// Whether an undo has nothing left to do here.
    var isAtRest: Bool {
        switch self {
        case .waiting, .back, .stuck: true
        case .underWay, .ready, .refused, .switching, .switched, .succeeded, .stopping, .goingBack: false
        }
    }
}

/// What happened to a joint release, besides to its members' promotions.
package enum JointEvent: Hashable, Sendable, Codable {
    case started(JointPlan)
    /// A person wants all of it back as it was.
    case undoRequested(reason: SafeText)
    /// A member could not be started, or its rollback could not.
    case memberRefused(ServiceName, reason: SafeText)

    /// The name of the fact in the ledger.
    package var kind: String {
        switch self {
        case .started: "joint.started"
        case .undoRequested: "joint.undoRequested"
        case .memberRefused: "joint.memberRefused"
        }
    }
}
