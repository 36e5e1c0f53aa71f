extension Promotion {
    /// What must now be made true, all of it at once; empty when it waits for nobody or has ended.
    package var pending: [Effect] {
        guard !hasEnded else { return [] }
        let clock = deadline.map { [Effect.deadline($0)] } ?? []
        if lease == nil { return state == .rollbackFailed ? [] : [.leaseHeld] + clock }
        let stage = stages.lazy.map { $0.filter { !achieved.contains($0) } }.first { !$0.isEmpty }
        return (stage ?? []) + clock
    }

    /// The effects of the state in order; those of one stage may be performed beside each other.
    private var stages: [[Effect]] {
        switch state {
        case .queued: [[.leaseHeld]]
        case .preparing: [[.imageReady(plan.image)], open(.baseline)]
        case .deployingIdle: [[.slotRuns(slot: plan.slot, image: plan.image)], slotPointer]
        case .verifyingIdle: [open(.idle)]
        case .readyToSwitch: [open(.ready)]
        case .switching: [[commit]]
        case .verifyingLive: [environmentPointer(to: plan.release) + open(.live)]
        case .baking: [open(.bake)]
        case .closing: [environmentPointer(to: plan.release) + open(.closing), finalTag]
        case .aborting: [[.slotStopped(slot: plan.slot)]]
        case .rollingBack: rollback
        case .verifyingRollback: [open(.rollback) + (plan.goal.map { environmentPointer(to: $0.release) } ?? [])]
        case .indeterminate: [[plan.strategy == .replace ? .slotObserved(slot: plan.slot) : .routingObserved]]
        case .inconclusive, .rollbackFailed, .ended: []
        }
    }

    /// The one change that moves users to the new release.
    private var commit: Effect {
        switch plan.strategy {
        case .blueGreen: .trafficOn(slot: plan.slot)
        case .replace: .slotRuns(slot: plan.slot, image: plan.image)
        }
    }

    /// First the slot, so that traffic never goes to one that does not run the goal; then traffic.
    private var rollback: [[Effect]] {
        guard let goal = plan.goal else { return [] }
        let image = PinnedImage(repository: plan.repository, digest: goal.release.digest)
        let runs: [Effect] = [.slotRuns(slot: goal.slot, image: image)]
        return plan.strategy == .replace ? [runs] : [runs, [.trafficOn(slot: goal.slot)]]
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
        plan.finalTag.map { [.pointerNames(tag: $0, digest: plan.release.digest, expected: nil)] } ?? []
    }

    /// The checks of a gate that still have to be measured.
    private func open(_ gate: Gate) -> [Effect] {
        guard let subject = subject(of: gate) else { return [] }
        let progress = gates[gate] ?? GateProgress()
        return plan.checks(in: gate).filter { progress.isOpen($0, in: gate) }
            .map { .checkAnswered(gate: gate, check: $0.name, slot: subject.slot) }
    }
}
