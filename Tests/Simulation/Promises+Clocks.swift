internal import PromotionCore

extension Promises {
    /// Held against every fact as it is written, on the clock that nobody sets.
    static let ofClocks: [Promise<Recorded>] = [statesEnd, checksGoOn, checksAreDue, stepsAreFacts, deadlinesAreKept]

    /// What can hold up an agent that is alive, an agent that is dead, and a call that takes its time.
    private static let slack = Milliseconds.minutes(6)

    /// Whether an agent could not write for as long as it likes.
    private static func isHeldUp(_ world: World.State) -> Bool {
        world.mishaps.odds[.diskIsFull] != nil || world.mishaps.odds[.commitIsUncertain] != nil
    }

    static let statesEnd = Promise<Recorded>("No state lasts longer than its limit, whatever the wall clock says") { moment in
        guard let (_, before, after) = moment.step, before.state != after.state, !isHeldUp(moment.world),
            before.state != .awaitingApproval, let limit = before.limitInPlan,
            let stay = moment.world.witness.watch.stay(before, at: moment.reading), stay > limit + slack
        else { return nil }
        return "\(after.number) was \(before.state.words) for \(stay), at most \(limit) were planned"
    }

    static let checksGoOn = Promise<Recorded>("What is watched is measured again and again, whatever the wall clock says") {
        moment in
        guard let (event, before, after) = moment.step, case .measured(_, let check, _) = event, before.state == after.state,
            !isHeldUp(moment.world), let last = moment.world.witness.watch.measured[after.number]?[check]
        else { return nil }
        let pause = Milliseconds(moment.reading.boot.elapsed.count - last.count)
        return pause > slack ? "\(check) of \(after.number) was not measured for \(pause)" : nil
    }

    /// What can keep a measurement from its time.
    private static let delays: [Mishap] = [.callLingers, .switchHesitates]

    static let checksAreDue = Promise<Recorded>("What is watched is measured at the interval of its check") { moment in
        guard let (event, before, after) = moment.step, before.state != after.state, !isHeldUp(moment.world),
            delays.allSatisfy({ moment.world.mishaps.odds[$0] == nil }), moment.world.struck[.changesLinger] == nil
        else { return nil }
        let watch = moment.world.witness.watch
        for case .checkAnswered(let gate, let name, _) in before.pending {
            if case .measured(_, name, _) = event { continue }
            guard let check = before.plan.checks(in: gate).first(where: { $0.name == name }),
                let since = watch.due(name, of: before.number)
            else { continue }
            let pause = Milliseconds(moment.reading.boot.elapsed.count - since.count)
            let limit = check.initialDelay + check.interval + check.timeout + .seconds(10)
            if pause > limit { return "\(name) of \(before.number) was not measured for \(pause), \(before.state.words)" }
        }
        return nil
    }

    static let deadlinesAreKept = Promise<Recorded>("A deadline passes when it is due") { moment in
        guard let (event, before, _) = moment.step, case .deadlinePassed(let due) = event, !isHeldUp(moment.world),
            before.deadline == due
        else { return nil }
        // A wait that ends before its state is come to, as one for approvals that is come back to, is due at once.
        let late = moment.entry.draft.at - max(due, before.enteredAt)
        // An agent that starts may take its time over the first looks before it goes on.
        let watch = moment.world.witness.watch
        let begun = max(watch.agentSince, watch.resumed[before.number] ?? .zero)
        let up = Milliseconds(moment.reading.boot.elapsed.count - begun.count)
        guard late > .seconds(10), up > late else { return nil }
        return "\(before.number) was \(before.state.words) for \(late) more"
    }

    static let stepsAreFacts = Promise<Recorded>("A step of the wall clock is a fact within seconds") { moment in
        guard !isHeldUp(moment.world), let set = moment.world.clockSetAt, let told = moment.world.witness.projection.clock,
            set > moment.world.witness.watch.agentSince, moment.reading.boot.elapsed.count - set.count > 10_000
        else { return nil }
        return moment.reading.step(since: told).map { "the ledger does not know of \($0)" }
    }
}

extension Promotion {
    /// How long its state may last, as its plan says; nil for what waits for a person alone.
    fileprivate var limitInPlan: Milliseconds? {
        let timing = plan.timing
        func gate(_ gate: Gate) -> Milliseconds {
            let slowest = plan.checks(in: gate).map { check in
                check.initialDelay.count + Int64(check.count) * max(check.interval.count, check.timeout.count)
            }.max()
            return Milliseconds(slowest ?? 0) + timing.verify
        }
        return switch state {
        case .blocked: timing.blocked
        case .queued: timing.queue
        case .preparing: timing.prepare + timing.copy
        case .deployingIdle, .aborting: timing.deploy
        case .stalled: timing.retry
        case .verifyingIdle: gate(.idle)
        case .readyToSwitch: timing.ready
        case .stepping, .indeterminate: timing.switching
        case .analysing(let step): plan.steps[step].warmUp + plan.steps[step].analysis + gate(.step)
        case .switching: timing.deploy + timing.switching
        case .verifyingLive: gate(.live)
        case .baking: timing.bake
        case .closing: timing.verify
        case .paused: timing.paused
        case .inconclusive: timing.inconclusive
        case .rollingBack, .verifyingRollback: timing.rollback
        case .planned, .awaitingApproval, .rollbackFailed, .ended: nil
        }
    }
}
