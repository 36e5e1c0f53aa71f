extension Promotion {
    /// What must now be made true, all of it at once; empty when it waits for nobody or has ended.
    package var pending: [Effect] {
        guard !hasEnded else { return [] }
        let clock = deadline.map { [Effect.deadline($0)] } ?? []
        switch state {
        case .planned, .blocked, .awaitingApproval: return [.conditionsHold] + clock
        case .rollbackFailed where lease == nil: return []
        default: if lease == nil { return [.leaseHeld] + clock }
        }
        let stage = stages.lazy.map { $0.filter { !achieved.contains($0) } }.first { !$0.isEmpty }
        return (stage ?? []) + clock
    }

    /// The effects of the state in order; those of one stage may be performed beside each other.
    private var stages: [[Effect]] {
        switch state {
        case .planned, .blocked, .awaitingApproval: [[.conditionsHold]]
        case .queued: [[.leaseHeld]]
        case .preparing: [[.conditionsHold], [copy].compactMap(\.self), [.imageReady(plan.image)], openGate.map(open) ?? []]
        case .deployingIdle: [[.slotRuns(slot: plan.slot, image: plan.image)], slotPointer]
        case .verifyingIdle: [open(.idle)]
        case .readyToSwitch: [open(.ready)]
        case .stepping(let step): [split(at: step).map { [.trafficSplit($0)] } ?? []]
        case .analysing(let step): analysis(of: plan.steps[step])
        case .paused: [openGate.map(watch) ?? []]
        case .switching: [[commit]]
        case .verifyingLive: [environmentPointer(to: plan.release) + open(.live)]
        case .baking: [open(.bake)]
        case .closing: [environmentPointer(to: plan.release) + open(.closing), finalTag]
        case .aborting: [[.slotStopped(slot: plan.slot)]]
        case .rollingBack: rollback
        case .verifyingRollback: [open(.rollback) + (plan.goal.map { environmentPointer(to: $0.release) } ?? [])]
        case .indeterminate: [[plan.strategy == .replace ? .slotObserved(slot: plan.slot) : .routingObserved]]
        case .stalled, .inconclusive, .rollbackFailed, .ended: []
        }
    }

    /// What brings the image to where the environment takes its images from; nil where it is there by nature.
    var copy: Effect? { plan.source.map { .imageCopied(plan.image, from: $0) } }

    /// The one change that moves users to the new release.
    private var commit: Effect {
        switch plan.strategy {
        case .blueGreen, .canary: .trafficOn(slot: plan.slot)
        case .replace: .slotRuns(slot: plan.slot, image: plan.image)
        }
    }

    /// First the slot, so that traffic never goes to one that does not run the goal; then traffic.
    private var rollback: [[Effect]] {
        guard let goal = plan.goal else { return [] }
        let image = PinnedImage(repository: plan.repository, digest: goal.release.digest)
        let runs: [Effect] = [.slotRuns(slot: goal.slot, image: image)]
        return plan.strategy == .replace ? [runs] : [retreat, runs, [.trafficOn(slot: goal.slot)]]
    }

    /// Where the goal's slot takes a part of the traffic, or nobody knows that it does not, all of it first goes to what serves:
    /// a failed canary may have left it so.
    private var retreat: [Effect] {
        guard plan.kind == .rollback, let live = plan.live?.slot, live != plan.slot else { return [] }
        let isIdle = plan.routing.map { ($0.weights[plan.slot] ?? 0) == 0 } ?? false
        return isIdle ? [] : [.trafficOn(slot: live)]
    }

    private var slotPointer: [Effect] {
        plan.pointers.filter { $0.slot != nil }.map { move($0.tag, to: $0.to, expecting: $0.from) }
    }

    /// A move of a tag; a rollback expects what it found there.
    private func move(_ tag: Tag, to digest: Digest, expecting planned: Digest?) -> Effect {
        let expected = state == .verifyingRollback ? found[tag].map(\.digest) ?? planned : planned
        return .pointerNames(tag: tag, digest: digest, expected: expected)
    }

    /// The environment's own pointer; going back, it is expected to name what this promotion put there, if it did.
    private func environmentPointer(to release: Release) -> [Effect] {
        let isGoingBack = state == .verifyingRollback && plan.kind == .promotion
        let own = plan.pointers.filter { $0.slot == nil }.map { step in
            move(step.tag, to: release.digest, expecting: isGoingBack ? step.to : step.from)
        }
        return plan.kind == .rollback ? own + slotPointer : own
    }

    private var finalTag: [Effect] {
        guard !finalTagWaits else { return [] }
        return plan.finalTag.map { [.pointerNames(tag: $0, digest: plan.release.digest, expected: nil)] } ?? []
    }

    /// First the warm-up; then both slots are measured as long as the step says, and until every check has its answers.
    private func analysis(of step: CanaryStep) -> [[Effect]] {
        let warm = enteredAt + step.warmUp
        let end = Effect.elapsed(warm + step.analysis)
        let checks = achieved.contains(end) ? open(.step) : watch(.step)
        return [step.warmUp > .zero ? [.elapsed(warm)] : [], [end] + checks]
    }

    /// Every check of a gate, again and again.
    private func watch(_ gate: Gate) -> [Effect] {
        guard let subject = subject(of: gate) else { return [] }
        return plan.checks(in: gate).map { .checkAnswered(gate: gate, check: $0.name, slot: subject.slot) }
    }

    /// The checks of a gate that still have to be measured.
    private func open(_ gate: Gate) -> [Effect] {
        guard let subject = subject(of: gate) else { return [] }
        let progress = gates[gate] ?? GateProgress()
        return plan.checks(in: gate).filter { progress.isOpen($0, in: gate) }
            .map { .checkAnswered(gate: gate, check: $0.name, slot: subject.slot) }
    }
}
