/// One run of a plan: a state machine that decides everything and does nothing.
///
/// `apply` takes what happened; `pending` says what must now be made true. The same entries in the same order always lead
/// to the same state, so a crash is survived by replaying them.
package struct Promotion: Hashable, Sendable, Codable {
    package let number: PromotionNumber
    package internal(set) var plan: PromotionPlan
    package let startedBy: Account
    package let reason: SafeText?
    /// The joint release that it is a member of; nil for a promotion of its own.
    package let joint: JointNumber?
    /// The promotion that ran in its place when it was started to wait; nil where none did.
    package let behind: PromotionNumber?
    package internal(set) var startedAt: Timestamp
    package internal(set) var state: PromotionState = .planned
    package internal(set) var enteredAt: Timestamp
    /// When the state's wait is over; nil where it waits for nothing but a person.
    package internal(set) var deadline: Timestamp?
    package internal(set) var lease: Lease?
    /// What stood against it when its conditions were last evaluated.
    package internal(set) var objections: [Objection] = []
    package internal(set) var approvals: [Approval] = []
    /// When the wait for approvals is over; nil before it began.
    package internal(set) var approvalDeadline: Timestamp?
    /// Who kept it waiting in the queue.
    package internal(set) var waitingFor: Lease?
    /// What it took to bring the image to the environment's own home; nil where it did not have to, or has not happened yet.
    package internal(set) var copied: CopyReport?
    /// Effects of this state that are true by now.
    package internal(set) var achieved: Set<Effect> = []
    package internal(set) var gates: [Gate: GateProgress] = [:]
    /// What tags were found to name instead of what was expected; a rollback overwrites it.
    package internal(set) var found: [Tag: FoundTag] = [:]
    /// Tags that could not be moved, and are tried again after the end.
    package internal(set) var owed: [Tag: OwedPointer] = [:]
    /// Why it is being undone, or was.
    package internal(set) var failure: Failure?
    /// The states so far, oldest first.
    @PackedRows package internal(set) var passage: [Passage] = []
    /// Whether traffic was, or may have been, moved by this promotion.
    package internal(set) var isCommitted = false
    /// The step of a canary that was entered last, counted from 0.
    package internal(set) var step = 0
    /// Who holds it, and why; nil where nobody does.
    package internal(set) var pause: Pause?
    package internal(set) var pauses = 0
    package internal(set) var retries = 0
    /// Rollbacks that were begun without a person.
    package internal(set) var automaticRollbacks = 0
    /// Who ordered its rollback, and how; nil while no person has.
    package internal(set) var ordered: RollbackTerms?

    /// What a tag named when it was to be moved, and how often that was another thing than expected.
    package struct FoundTag: Hashable, Sendable, Codable {
        package let digest: Digest?
        package let times: Int
    }

    /// A person's hold on a promotion.
    package struct Pause: Hashable, Sendable, Codable {
        package let by: Account
        package let reason: SafeText
    }

    /// A state and when it was entered.
    package struct Passage: Hashable, Sendable, Codable {
        package let state: PromotionState
        package let at: Timestamp
    }

    /// A promotion whose plan is fixed; it waits for its lease, or for what does not hold yet.
    package init(number: PromotionNumber, start: Fact.Start, by account: Account, at now: Timestamp) {
        self.number = number
        plan = start.plan
        startedBy = account
        reason = start.reason
        joint = start.joint
        behind = start.behind
        ordered = start.rollback
        startedAt = now
        enteredAt = now
        passage = [Passage(state: .planned, at: now)]
        evaluate(start.objections, at: now)
    }

    /// A promotion of a plan that nothing stands against.
    package init(number: PromotionNumber, plan: PromotionPlan, by account: Account, reason: SafeText?, at now: Timestamp) {
        self.init(number: number, start: Fact.Start(plan: plan, reason: reason), by: account, at: now)
    }

    package var hasEnded: Bool { state.outcome != nil }

    /// Whether it changes, or may still change, its environment by itself.
    package var isActive: Bool { !hasEnded && state != .rollbackFailed }

    /// Whether its image is on its way to the environment's own home.
    package var isCopying: Bool { copy.map(pending.contains) ?? false }

    /// The gate that is being answered now.
    package var openGate: Gate? { gate(of: state) }

    private func gate(of state: PromotionState) -> Gate? {
        switch state {
        case .preparing: plan.live == nil || plan.undoes != nil ? nil : .baseline
        case .verifyingIdle: .idle
        case .readyToSwitch: .ready
        case .analysing: .step
        case .verifyingLive: .live
        case .baking: .bake
        case .paused(let origin): gate(of: origin)
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
        case .idle, .ready, .step, .live, .bake, .closing: Occupant(slot: plan.slot, release: plan.release)
        }
    }

    /// Most passages kept; a promotion that waits and goes on again and again does not grow.
    static let passageLimit = 100

    mutating func enter(_ next: PromotionState, at now: Timestamp) {
        state = next
        enteredAt = now
        achieved = []
        if next.movesTraffic { isCommitted = true }
        if case .stepping(let number) = next { step = number }
        if case .paused = next {} else { pause = nil }
        deadline = waitDeadline(of: next, at: now) ?? limit(of: next).map { now + $0 }
        if let openGate { gates[openGate] = nil }
        passage.append(Passage(state: next, at: now), keepingLast: Self.passageLimit)
    }

    /// How long a state may last; nil for ends and alarms.
    func limit(of state: PromotionState) -> Milliseconds? {
        let timing = plan.timing
        return switch state {
        case .queued: timing.queue
        case .preparing: plan.source == nil ? timing.prepare : timing.prepare + timing.copy
        case .deployingIdle, .aborting: timing.deploy
        case .stalled: timing.retry
        case .stepping: timing.switching
        case .analysing(let number): plan.steps[number].warmUp + plan.steps[number].analysis + verifyLimit(.step)
        case .paused: timing.paused
        case .verifyingIdle: verifyLimit(.idle)
        case .readyToSwitch: timing.ready
        case .switching: plan.strategy == .replace ? timing.deploy : timing.switching
        case .indeterminate: timing.switching
        case .verifyingLive: verifyLimit(.live) + (timing.settle ?? .zero)
        case .baking: timing.bake
        case .closing: timing.verify + (timing.settle ?? .zero)
        case .inconclusive: timing.inconclusive
        case .rollingBack: timing.rollback
        case .verifyingRollback: timing.rollback + (timing.settle ?? .zero) + slowest(.rollback)
        case .planned, .blocked, .awaitingApproval, .rollbackFailed, .ended: nil
        }
    }

    /// What the slowest check of a gate needs, and the patience beyond it.
    private func verifyLimit(_ gate: Gate) -> Milliseconds { slowest(gate) + plan.timing.verify }

    /// What the slowest check of a gate needs; after a rollback the running digest is asked once, within the time for all of it.
    private func slowest(_ gate: Gate) -> Milliseconds {
        let checks = plan.checks(in: gate).filter { gate != .rollback || $0.kind != .runningDigest }
        return Milliseconds(
            checks.map { check in
                check.initialDelay.count + Int64(check.count) * max(check.interval.count, check.timeout.count)
            }.max() ?? 0)
    }
}
