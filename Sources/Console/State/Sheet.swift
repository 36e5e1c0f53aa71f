package import PromotionCore

/// A question over a view. Its target was frozen by the key that opened it.
package struct Sheet: Hashable, Sendable {
    /// What the sheet asks about.
    package enum Kind: Hashable, Sendable {
        case rollback(RollbackSheet)
        /// A rollback is undone by the person who ordered it.
        case undo(UndoTarget)
        case abort(PromotionNumber, Place)
        case goOn(PromotionNumber, Place)
        /// Past a gate that nobody could answer: the environment's name and a reason are typed.
        case goOnPast(PromotionNumber, Place, GuardWords)
        /// Consent to somebody else's plan: the first digits of its digest are typed.
        case approve(ApprovalTarget, typed: String)
        case reject(ApprovalTarget)
        /// An environment is held by hand; or given back, where a lease is named.
        case lease(Place, Lease?)
        /// A digest is held against retention, let go, or brought back.
        case retention(RetentionStep)
        /// A retention plan is carried out: the count and a reason are typed.
        case retain(RetentionTarget, GuardWords)

        /// What is typed before it fires, where that is a name or a count, and a reason.
        var words: GuardWords? {
            get {
                switch self {
                case .goOnPast(_, _, let words), .retain(_, let words): words
                default: nil
                }
            }
            set {
                guard let newValue else { return }
                switch self {
                case .goOnPast(let number, let place, _): self = .goOnPast(number, place, newValue)
                case .retain(let target, _): self = .retain(target, newValue)
                default: return
                }
            }
        }
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
    package private(set) var deafUntil: Timestamp
    /// The world moved since the sheet was opened: it takes only Esc.
    package internal(set) var changed: SafeText?

    /// What an approval or a rejection is about.
    var approvalTarget: ApprovalTarget? {
        switch kind {
        case .approve(let target, _), .reject(let target): target
        case .rollback, .undo, .abort, .goOn, .goOnPast, .lease, .retention, .retain: nil
        }
    }

    /// How long keys are too quick once a sheet is painted.
    package static let deafness = Milliseconds(350)

    init(_ kind: Kind, at now: Timestamp) {
        self.kind = kind
        deafUntil = now + Self.deafness
    }

    /// Something else stands on it now, which nobody has read yet.
    mutating func deafen(at now: Timestamp) { deafUntil = now + Self.deafness }

    /// Whether a key of this moment was pressed before the sheet could be read. A clock that was set back says nothing.
    func isDeaf(at now: Timestamp) -> Bool { now < deafUntil && deafUntil - now <= Self.deafness }
}

/// The plan of a promotion as it was when somebody pressed the key that agrees or says no.
package struct ApprovalTarget: Hashable, Sendable {
    package let number: PromotionNumber
    package let place: Place
    package let planHash: Digest
    package let release: Release
}
