/// One run of a plan: a state machine that decides everything and does nothing.
///
/// `apply` takes what happened; `pending` says what must now be made true. The same entries in the same order always lead
/// to the same state, so a crash is survived by replaying them.
package struct Promotion: Hashable, Sendable, Codable {
    package let number: PromotionNumber
    package let plan: PromotionPlan
    package let startedBy: Account
    package let reason: SafeText?
    package let startedAt: Timestamp
    package internal(set) var state: PromotionState = .queued
    package internal(set) var enteredAt: Timestamp
    /// When the state's wait is over; nil where it waits for nothing but a person.
    package internal(set) var deadline: Timestamp?
    package internal(set) var lease: Lease?
    /// Who kept it waiting in the queue.
    package internal(set) var waitingFor: Lease?
    /// Effects of this state that are true by now.
    package internal(set) var achieved: Set<Effect> = []
    package internal(set) var gates: [Gate: GateProgress] = [:]
    /// What tags were found to name instead of what was expected; a rollback overwrites it.
    package internal(set) var found: [Tag: FoundTag] = [:]
    /// Why it is being undone, or was.
    package internal(set) var failure: Failure?
    /// The states so far, oldest first.
    package internal(set) var passage: [Passage] = []
    /// Whether traffic was, or may have been, moved by this promotion.
    package internal(set) var isCommitted = false

    /// What a tag named when it was to be moved, and how often that was another thing than expected.
    package struct FoundTag: Hashable, Sendable, Codable {
        package let digest: Digest?
        package let times: Int
    }

    /// A state and when it was entered.
    package struct Passage: Hashable, Sendable, Codable {
        package let state: PromotionState
        package let at: Timestamp
    }

    /// A promotion that starts to wait for its lease.
    package init(number: PromotionNumber, plan: PromotionPlan, by account: Account, reason: SafeText?, at now: Timestamp) {
        self.number = number
        self.plan = plan
        startedBy = account
        self.reason = reason
        startedAt = now
        enteredAt = now
        deadline = now + plan.timing.queue
        passage = [Passage(state: .queued, at: now)]
    }

    package var hasEnded: Bool { state.outcome != nil }

    /// Whether it changes, or may still change, its environment by itself.
    package var isActive: Bool { !hasEnded && state != .rollbackFailed }

    /// The gate that is being answered now.
    package var openGate: Gate? {
        switch state {
        case .preparing: plan.live == nil ? nil : .baseline
        case .verifyingIdle: .idle
        case .readyToSwitch: .ready
        case .verifyingLive: .live
        case .baking: .bake
        case .closing: .closing
        case .verifyingRollback: .rollback
        default: nil
        }
    }

    /// The slot and image that a gate looks at.
    package func subject(of gate: Gate) -> Occupant? {
        switch gate {
        case .baseline: plan.live
        case .rollback: plan.goal
        case .idle, .ready, .live, .bake, .closing: Occupant(slot: plan.slot, release: plan.release)
        }
    }

    /// Most passages kept; a promotion that waits and goes on again and again does not grow.
    static let passageLimit = 100

    mutating func enter(_ next: PromotionState, at now: Timestamp) {
        state = next
        enteredAt = now
        achieved = []
        deadline = limit(of: next).map { now + $0 }
        if let openGate { gates[openGate] = nil }
        passage.append(Passage(state: next, at: now))
        if passage.count > Self.passageLimit { passage.removeFirst() }
    }

    /// How long a state may last; nil for ends and alarms.
    private func limit(of state: PromotionState) -> Milliseconds? {
        let timing = plan.timing
        return switch state {
        case .queued: timing.queue
        case .preparing: timing.prepare
        case .deployingIdle, .aborting: timing.deploy
        case .verifyingIdle: verifyLimit(.idle)
        case .readyToSwitch: timing.ready
        case .switching: plan.strategy == .replace ? timing.deploy : timing.switching
        case .indeterminate: timing.switching
        case .verifyingLive: verifyLimit(.live)
        case .baking: timing.bake
        case .closing: timing.verify
        case .inconclusive: timing.inconclusive
        case .rollingBack, .verifyingRollback: timing.rollback
        case .rollbackFailed, .ended: nil
        }
    }

    /// What the slowest check of a gate needs, and the patience beyond it.
    private func verifyLimit(_ gate: Gate) -> Milliseconds {
        let slowest = plan.checks(in: gate).map { check in
            check.initialDelay.count + Int64(check.count) * max(check.interval.count, check.timeout.count)
        }.max()
        return Milliseconds(slowest ?? 0) + plan.timing.verify
    }
}
