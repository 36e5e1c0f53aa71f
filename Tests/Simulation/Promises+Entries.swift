internal import Fixtures
internal import PromotionCore

/// What must hold: the design's section 13, and what it rests on. Each is one sentence and one short function.
enum Promises {
    /// Held against every fact as it is written.
    static let ofEntries: [Promise<Recorded>] = [
        oneAtATime, onlyTestedBegins, noVetoedBegins, unknownIsNotGreen, endsAreTrue, noTimeByInterruption, waitsAreBounded,
        rollbackOutranks, failedGateIsUndone, onePersonOneWord, conditionsAreAskedAgain, deadlinesLeadOn, doneIsDone,
        trafficFollowsChecks, canaryGoesStepByStep, bakedFirst, failedRollbackIsLoud, goalsAreGood, setsKeepTheirOrder,
        nothingWithoutLease, leaseIsRenewed, turnIsKept, tagsMoveNobody, finalTagsComeLast, namesAreTrue, movesAreTold,
        nothingThatRunsIsEmpty, nobodyIsCalledForNothing,
        whatWasOfferedHappens, neverToWhatComes, stopsMoveNothing, vetoesAreAsOrdered, undoneByTheSame, undoneAfterNothing,
        lagIsNoFailure, rollbacksAreVerified,
    ]

    static let oneAtATime = Promise<Recorded>("At most one promotion has begun and not ended in an environment") { moment in
        guard let after = moment.after, !after.hasEnded, !after.state.isBeforeLease else { return nil }
        let other = moment.world.witness.projection.unfinished.first {
            $0.plan.place == after.plan.place && $0.number != after.number && !$0.state.isBeforeLease
        }
        return other.map { "promotion \(after.number) is \(after.state.words) while \($0.number) is \($0.state.words)" }
    }

    static let onlyTestedBegins = Promise<Recorded>(
        "Nothing is changed without evidence upstream that held when it was last asked"
    ) {
        moment in
        guard let (plan, since) = moment.firstChange, let upstream = upstream(of: plan.place) else { return nil }
        let word = moment.world.witness.word(of: upstream, on: plan.release.digest)
        guard !word.holds, word.changedAt < since,
            !moment.world.witness.rulings.wasOpened(.evidence, for: plan.release.digest, at: plan.place, from: since)
        else { return nil }
        return "\(plan.release.digest.short()) goes to \(plan.place) without evidence in \(upstream)"
    }

    static let noVetoedBegins = Promise<Recorded>("What was rolled back or vetoed does not come before the veto is lifted") {
        moment in
        guard let (plan, since) = moment.firstChange else { return nil }
        let digest = plan.release.digest
        let rejected = moment.world.witness.word(of: plan.place, on: digest).rejectedAt
        let word = moment.world.witness.word(of: plan.place, on: digest)
        // Who undoes a rollback takes back the veto of that rollback, and no other.
        let isUndone = plan.undoes != nil && word.rejectedBy == plan.undoes
        guard
            moment.world.witness.rulings.isVetoed(digest, at: plan.place, before: since)
                || (rejected.map { $0 < since } ?? false && !isUndone)
        else { return nil }
        return "the vetoed \(plan.release.digest.short()) goes to \(plan.place)"
    }

    static let unknownIsNotGreen = Promise<Recorded>("A gate opens only for answers: unknown, void and silence are never green") {
        moment in
        guard let (event, before, after) = moment.step, let gate = before.openGate, isForward(before.state, after.state, event)
        else { return nil }
        let seen = moment.world.witness.measured[after.number] ?? [:]
        let proven = subject(of: gate, before.plan)?.digests
        for check in before.plan.checks(in: gate) where !check.observeOnly {
            var all = seen[check.name] ?? []
            if case .measured(_, check.name, let last) = event { all.append(last) }
            let good = all.filter { $0.result == .pass && $0.sample.identities.allSatisfy { proven?.contains($0) ?? false } }
            let wanted = check.signal == nil ? gate.count(of: check) ?? 0 : 1
            if good.count < wanted {
                return "\(after.number) leaves \(before.state.words) with \(good.count) passes of \(check.name)"
            }
            let bad = all.filter { if case .fail = $0.result { true } else { false } }
            if bad.count > check.failureLimit {
                return "\(after.number) leaves \(before.state.words) past a failed \(check.name)"
            }
        }
        return nil
    }

    /// The image that a gate is about.
    private static func subject(of gate: Gate, _ plan: PromotionPlan) -> Release? {
        switch gate {
        case .baseline: plan.live?.release
        case .rollback: plan.kind == .rollback ? plan.release : plan.live?.release
        default: plan.release
        }
    }

    /// Whether a step goes on towards success by the machine's own decision.
    private static func isForward(_ before: PromotionState, _ after: PromotionState, _ event: PromotionEvent) -> Bool {
        if case .goOnRequested = event { return false }
        switch (before, after) {
        case (.preparing, .deployingIdle), (.preparing, .switching), (.verifyingIdle, .readyToSwitch),
            (.verifyingIdle, .switching), (.verifyingLive, .baking), (.closing, .ended(.succeeded)),
            (.verifyingRollback, .ended(.rolledBack)):
            return true
        default: return false
        }
    }

    static let endsAreTrue = Promise<Recorded>("An end says what serves") { moment in
        guard let after = moment.after, let outcome = after.state.outcome, moment.before?.hasEnded == false else { return nil }
        let plan = after.plan
        // What the slots are said to run: no system sees what lies about itself.
        let serving = moment.world.taking(plan.place).map(\.digest)
        let wanted: Release?
        switch outcome {
        case .succeeded: wanted = plan.release
        case .rolledBack: wanted = plan.goal?.release
        case _ where !after.isCommitted && after.passage.contains { $0.state == .deployingIdle }: wanted = plan.live?.release
        default: return nil
        }
        guard let wanted, serving != [wanted.digest] else { return nil }
        let names = serving.map { $0.short() }.joined(separator: " and ")
        return "\(after.number) is \(outcome.words), and \(names) serves \(plan.place), not \(wanted.digest.short())"
    }

    static let noTimeByInterruption = Promise<Recorded>("A restart or a lost lease gives no more time") { moment in
        guard let (event, before, after) = moment.step, before.state == after.state, let limit = before.deadline else {
            return nil
        }
        switch event {
        case .resumed, .leaseLost: break
        default: return nil
        }
        switch before.state {
        case .aborting, .indeterminate, .rollingBack, .verifyingRollback: return nil
        default: return (after.deadline ?? limit) <= limit ? nil : "\(after.number) \(after.state.words) until later than before"
        }
    }

    static let waitsAreBounded = Promise<Recorded>("Whatever waits has a deadline, or is an alarm") { moment in
        guard let after = moment.after, !after.hasEnded, after.state != .rollbackFailed, after.deadline == nil else { return nil }
        return "\(after.number) is \(after.state.words) without end"
    }

    static let rollbackOutranks = Promise<Recorded>("A rollback that is asked for begins at once") { moment in
        guard let (event, _, after) = moment.step, case .rollbackRequested = event else { return nil }
        return after.state == .rollingBack ? nil : "\(after.number) is \(after.state.words)"
    }

    static let failedGateIsUndone = Promise<Recorded>("A gate that fails after the switch leads back, at once") { moment in
        guard let (event, before, after) = moment.step, case .measured(let gate, _, let measurement) = event,
            case .fail = measurement.result, before.isCommitted, before.plan.kind == .promotion, gate != .rollback,
            before.plan.checks.allSatisfy({ $0.failureLimit == 0 })
        else { return nil }
        if after.state == .rollingBack || (after.state.outcome == .failed && after.plan.goal == nil) { return nil }
        return "\(after.number) is \(after.state.words) after \(measurement.result.words)"
    }

    static let onePersonOneWord = Promise<Recorded>("Only a person asks: the agent presses no key") { moment in
        guard case .happened(let event) = moment.fact, moment.entry.draft.actor == Fixtures.agent,
            moment.before?.joint == nil
        else { return nil }
        switch event {
        case .abortRequested, .rollbackRequested, .goOnRequested: return "\(event.kind) comes from the agent"
        default: return nil
        }
    }

    /// The environment whose evidence counts for another.
    static func upstream(of place: Place) -> Place? {
        let path = [Fixtures.testing, Fixtures.staging, Fixtures.prod]
        guard let position = path.firstIndex(of: place.environment), position > 0 else { return nil }
        return Place(place.service, path[position - 1])
    }
}
