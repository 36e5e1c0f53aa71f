/// Who ordered a rollback, and on what terms.
package struct RollbackTerms: Hashable, Sendable, Codable {
    /// The person who ordered it.
    package let by: Account
    /// Whether the release that goes gets a veto.
    package let vetoes: Bool

    package init(by account: Account, vetoes: Bool) {
        by = account
        self.vetoes = vetoes
    }
}

extension Promotion {
    /// The slot and release that lose their place when this ends in a rollback.
    package var left: Occupant? {
        plan.kind == .promotion ? Occupant(slot: plan.slot, release: plan.release) : plan.live
    }

    /// The terms of a rollback that a person ordered; `nil` if the promotion went back by itself first.
    package var orderedRollback: RollbackTerms? { automaticRollbacks == 0 ? ordered : nil }

    /// Whether the release that goes gets a veto: always, unless a person ordered the rollback without one.
    var vetoesWhatGoes: Bool { orderedRollback?.vetoes ?? true }

    /// Whether it has begun to change the slot that it releases to.
    package var hasChangedSlot: Bool { passage.contains { $0.state == .deployingIdle } }
}

extension EnvironmentProjection {
    /// The newest rollback that a person ordered and that was carried out.
    package struct ManualRollback: Hashable, Sendable, Codable {
        package let number: PromotionNumber
        /// What was left: the slot, and the release that ran there.
        package let left: Occupant
        package let terms: RollbackTerms
        package private(set) var endedAt: Timestamp
        /// The last moment at which it may be undone.
        package private(set) var undoEnd: Timestamp

        /// How long the person who ordered it may undo it.
        package static let undoTime = Milliseconds.minutes(10)

        init(number: PromotionNumber, left: Occupant, terms: RollbackTerms, endedAt: Timestamp) {
            self.number = number
            self.left = left
            self.terms = terms
            self.endedAt = endedAt
            undoEnd = endedAt + Self.undoTime
        }

        /// The same rollback after a step of the wall clock: as much of the time to undo it is left as before, and what is decided
        /// from now on comes after it.
        func shifted(by step: Milliseconds, at now: Timestamp) -> ManualRollback {
            var copy = self
            copy.endedAt = min(endedAt, now)
            copy.undoEnd = undoEnd + step
            return copy
        }
    }
}
