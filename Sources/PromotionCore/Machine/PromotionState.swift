/// Where a promotion stands. Above each case stand its legal exits.
package enum PromotionState: Hashable, Sendable, Codable {
    /// preparing (a promotion), rollingBack (a rollback), cancelled, expired, failed
    case queued
    /// deployingIdle (blue-green), switching (replace), failed, cancelled
    case preparing
    /// verifyingIdle, failed, aborting
    case deployingIdle
    /// readyToSwitch, switching, failed, inconclusive, aborting
    case verifyingIdle
    /// switching, failed, inconclusive, expired, aborting
    case readyToSwitch
    /// verifyingLive, indeterminate, rollingBack, failed
    case switching
    /// baking, rollingBack, inconclusive
    case verifyingLive
    /// closing, rollingBack, inconclusive
    case baking
    /// succeeded, rollingBack, inconclusive
    case closing
    /// where it came from, rollingBack, aborting, failed
    case inconclusive(Gate)
    /// the outcome it carries: cancelled or failed
    case aborting(Outcome)
    /// verifyingRollback, rollbackFailed
    case rollingBack
    /// rolledBack, rolledBackUnverified, rollbackFailed
    case verifyingRollback
    /// verifyingLive, readyToSwitch, rollingBack, failed, rollbackFailed
    case indeterminate
    /// An alarm, not an end: rollingBack, failed (a person closes it)
    case rollbackFailed
    /// none
    case ended(Outcome)

    /// The state as people read it: "verifying idle".
    package var words: String {
        switch self {
        case .queued: "queued"
        case .preparing: "preparing"
        case .deployingIdle: "deploying idle"
        case .verifyingIdle: "verifying idle"
        case .readyToSwitch: "ready to switch"
        case .switching: "switching"
        case .verifyingLive: "verifying live"
        case .baking: "baking"
        case .closing: "closing"
        case .inconclusive: "inconclusive"
        case .aborting: "aborting"
        case .rollingBack: "rolling back"
        case .verifyingRollback: "verifying rollback"
        case .indeterminate: "indeterminate"
        case .rollbackFailed: "rollback failed"
        case .ended(let outcome): outcome.words
        }
    }

    package var outcome: Outcome? {
        if case .ended(let outcome) = self { outcome } else { nil }
    }
}

/// How a promotion ended.
package enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
    case succeeded
    case rolledBack
    /// Rolled back, but nothing could say what runs.
    case rolledBackUnverified
    /// The answer was no, or the wait was over; what `Failure` says holds for the live slot.
    case failed
    case cancelled
    case expired

    package var words: String {
        switch self {
        case .rolledBack: "rolled back"
        case .rolledBackUnverified: "rolled back, unverified"
        case .succeeded, .failed, .cancelled, .expired: rawValue
        }
    }
}

/// Why a promotion did not succeed, with what shows it.
package struct Failure: Hashable, Sendable, Codable {
    package let at: Timestamp
    package let during: PromotionState
    package let reason: SafeText
    /// The gate and check that said no; nil where no check did.
    package let gate: Gate?
    package let check: CheckName?

    package init(at: Timestamp, during: PromotionState, reason: SafeText, gate: Gate? = nil, check: CheckName? = nil) {
        self.at = at
        self.during = during
        self.reason = reason
        self.gate = gate
        self.check = check
    }
}
