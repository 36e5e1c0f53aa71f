package import PromotionCore

/// A question over a view. Its target was frozen by the key that opened it.
package struct Sheet: Hashable, Sendable {
    /// What the sheet asks about.
    package enum Kind: Hashable, Sendable {
        case rollback(RollbackTarget)
        case abort(PromotionNumber, Place)
        case goOn(PromotionNumber, Place)
        /// Past a gate that nobody could answer: the environment's name and a reason are typed.
        case goOnPast(PromotionNumber, Place, GoOnWords)
        /// Consent to somebody else's plan: the first digits of its digest are typed.
        case approve(ApprovalTarget, typed: String)
        case reject(ApprovalTarget)
    }

    /// Whether it can still be answered.
    package enum Phase: Hashable, Sendable {
        case open
        /// Fired; the agent has not answered yet.
        case sent
    }

    package internal(set) var kind: Kind
    package internal(set) var phase = Phase.open
    /// Keys before this moment were typed before anybody could read the sheet.
    package let deafUntil: Timestamp
    /// The world moved since the sheet was opened: it takes only Esc.
    package internal(set) var changed: SafeText?

    /// What an approval or a rejection is about.
    var approvalTarget: ApprovalTarget? {
        switch kind {
        case .approve(let target, _), .reject(let target): target
        case .rollback, .abort, .goOn, .goOnPast: nil
        }
    }

    /// How long a sheet ignores keys once it is painted.
    package static let deafness = Milliseconds(350)

    init(_ kind: Kind, at now: Timestamp) {
        self.kind = kind
        deafUntil = now + Self.deafness
    }
}

/// The plan of a promotion as it was when somebody pressed the key that agrees or says no.
package struct ApprovalTarget: Hashable, Sendable {
    package let number: PromotionNumber
    package let place: Place
    package let planHash: Digest
    package let release: Release
}

/// What a rollback goes from and to, as it was when its key was pressed.
package struct RollbackTarget: Hashable, Sendable {
    package let place: Place
    package let serving: Occupant?
    package let readiness: RollbackReadiness
    /// The promotion that would be stopped first.
    package let running: PromotionNumber?

    /// Whether this is still what a rollback would do, whenever it was last proved.
    func isSame(as other: RollbackTarget) -> Bool {
        place == other.place && serving?.slot == other.serving?.slot
            && serving?.release.digest == other.serving?.release.digest && kind == other.kind
    }

    private var kind: String {
        switch readiness {
        case .warm(let slot, let goal): "warm \(slot) \(goal.release.digest)"
        case .cold(let goal): "cold \(goal.release.digest)"
        case .none: "none"
        }
    }
}

/// The words that weakening a guard costs.
package struct GoOnWords: Hashable, Sendable {
    package internal(set) var environment = ""
    package internal(set) var reason = ""
    package internal(set) var isOnReason = false

    /// Fewest characters of a reason.
    static let leastReason = 10
    static let limit = 200
}
