/// Where a promotion stands. Above each case stand its legal exits.
package indirect enum PromotionState: Hashable, Sendable, Codable {
    /// The plan is fixed. blocked, awaitingApproval, queued: at once, as its conditions are
    case planned
    /// A condition does not hold yet. awaitingApproval, queued, rejected, cancelled, expired, superseded
    case blocked
    /// queued, blocked, rejected, cancelled, expired, superseded
    case awaitingApproval
    /// Waits for the lease. preparing (a promotion), rollingBack (a rollback), rejected, cancelled, expired, superseded
    case queued
    /// deployingIdle (two slots), switching (one), inconclusive, blocked, awaitingApproval (a yes grew old), failed, cancelled,
    /// expired
    case preparing
    /// verifyingIdle, stalled, failed, aborting
    case deployingIdle
    /// The deploy broke, and a person may have it tried again. deployingIdle, aborting
    case stalled
    /// readyToSwitch, stepping (canary), switching, failed, inconclusive, aborting
    case verifyingIdle
    /// stepping (canary), switching, paused, failed, inconclusive, expired, aborting
    case readyToSwitch
    /// Traffic is being split as the step of this number says, counted from 0. analysing, indeterminate, rollingBack
    case stepping(Int)
    /// Both slots are measured under the step's traffic. stepping (the next), switching, paused, inconclusive, rollingBack,
    /// indeterminate
    case analysing(Int)
    /// verifyingLive, indeterminate, rollingBack, failed
    case switching
    /// baking, rollingBack, inconclusive
    case verifyingLive
    /// closing, paused, rollingBack, inconclusive
    case baking
    /// succeeded, rollingBack, inconclusive
    case closing
    /// A person holds it where it was. where it came from, rollingBack, inconclusive, aborting, failed, indeterminate
    case paused(from: PromotionState)
    /// where it came from, what comes next, rollingBack, aborting, failed, cancelled
    case inconclusive(Gate)
    /// the outcome it carries: cancelled or failed
    case aborting(Outcome)
    /// verifyingRollback, rollbackFailed
    case rollingBack
    /// rolledBack, rolledBackUnverified, rollbackFailed
    case verifyingRollback
    /// verifyingLive, readyToSwitch, analysing (canary), rollingBack, failed, rollbackFailed
    case indeterminate
    /// An alarm, not an end: rollingBack, failed (a person closes it)
    case rollbackFailed
    /// none
    case ended(Outcome)

    /// The state as people read it: "verifying idle".
    package var words: String {
        switch self {
        case .planned: "planned"
        case .blocked: "blocked"
        case .awaitingApproval: "awaiting approval"
        case .queued: "queued"
        case .preparing: "preparing"
        case .deployingIdle: "deploying idle"
        case .stalled: "stalled"
        case .verifyingIdle: "verifying idle"
        case .readyToSwitch: "ready to switch"
        case .stepping: "stepping"
        case .analysing: "analysing"
        case .switching: "switching"
        case .verifyingLive: "verifying live"
        case .baking: "baking"
        case .closing: "closing"
        case .paused: "paused"
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

    /// Whether nothing has begun: no lease was taken yet, or it was given back with nothing changed.
    package var isBeforeLease: Bool {
        switch self {
        case .planned, .blocked, .awaitingApproval, .queued: true
        default: false
        }
    }

    /// Whether users got the new release in it, or may have.
    var isAfterTraffic: Bool {
        switch self {
        case .stepping, .analysing, .switching, .verifyingLive, .baking, .closing, .indeterminate, .rollingBack,
            .verifyingRollback, .rollbackFailed:
            true
        case .inconclusive(let gate):
            switch gate {
            case .step, .live, .bake, .closing, .rollback: true
            case .baseline, .idle, .ready: false
            }
        case .paused(let origin): origin.isAfterTraffic
        case .planned, .blocked, .awaitingApproval, .queued, .preparing, .deployingIdle, .stalled, .verifyingIdle,
            .readyToSwitch, .aborting, .ended:
            false
        }
    }

    /// Whether traffic moves in it, so that from here on there is something to go back from.
    var movesTraffic: Bool {
        switch self {
        case .stepping, .switching: true
        default: false
        }
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
    /// Its wait was over, or the plan that was agreed to no longer holds.
    case expired
    /// An approver said no.
    case rejected
    /// A newer promotion of the same place took its turn before it began.
    case superseded

    package var words: String {
        switch self {
        case .rolledBack: "rolled back"
        case .rolledBackUnverified: "rolled back, unverified"
        case .succeeded, .failed, .cancelled, .expired, .rejected, .superseded: rawValue
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
