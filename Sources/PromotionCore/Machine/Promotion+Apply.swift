extension Promotion {
    /// Takes what happened.
    /// - Throws: `PromotionFault` where it cannot happen to this promotion as it stands; the promotion is then unchanged.
    package mutating func apply(_ event: PromotionEvent, at now: Timestamp) throws(PromotionFault) {
        if let outcome = state.outcome { throw .ended(outcome) }
        switch event {
        case .conditionsEvaluated(let objections, let hash): try takeEvaluation(objections, hash, at: now)
        case .approved(let approval): try take(approval, at: now)
        case .planMadeAgain(let plan): try takeAgain(plan, at: now)
        case .rejected(let person, let reason): try reject(reason, by: person, at: now)
        case .superseded(let number): try supersede(by: number, at: now)
        case .leaseTaken(let lease): take(lease, at: now)
        case .leaseRefused(let holder): waitingFor = holder
        case .leaseLost: interrupt(at: now)
        case .achieved(let effect, _): try achieve(effect, at: now)
        case .imageCopied(let report): try take(report, at: now)
        case .failed(let effect, let fault): try fail(effect, fault, at: now)
        case .measured(let gate, let check, let measurement): try measure(gate, check, measurement, at: now)
        case .pointerConflict(let tag, let expected, let observed):
            try conflict(over: tag, expected: expected, observed: observed, at: now)
        case .pointerOwed(let effect, let cause): try owe(effect, because: cause, at: now)
        case .routingObserved(let routing): try settle(routing, at: now)
        case .slotObserved(_, let digest): try settle(running: digest, at: now)
        case .deadlinePassed(let time): try pass(time, at: now)
        case .abortRequested(let reason): try abort(reason, at: now)
        case .rollbackRequested(let reason, let terms): try requestRollback(reason, terms, at: now)
        case .goOnRequested: try goOn(at: now)
        case .pauseRequested(let person, let reason): try pause(reason, by: person, at: now)
        case .resumeRequested: try resume(at: now)
        case .retryRequested: try retry(at: now)
        case .resumed: interrupt(at: now)
        }
    }

    private mutating func take(_ lease: Lease, at now: Timestamp) {
        self.lease = lease
        waitingFor = nil
        guard state == .queued else { return }
        enter(plan.kind == .rollback ? .rollingBack : .preparing, at: now)
    }

    private mutating func take(_ report: CopyReport, at now: Timestamp) throws(PromotionFault) {
        guard let effect = copy else { throw .notWanted(event: "a copy", state: state.words) }
        try achieve(effect, at: now)
        copied = report
    }

    private mutating func achieve(_ effect: Effect, at now: Timestamp) throws(PromotionFault) {
        guard pending.contains(effect) else { throw .notWanted(event: "\(effect)", state: state.words) }
        achieved.insert(effect)
        switch effect {
        case .pointerNames(let tag, _, _):
            owed[tag] = nil
            advance(at: now)
        case .slotStopped(let slot):
            owed[Tag(pointerOf: plan.place.environment, slot: slot)] = nil
            if case .aborting(let outcome) = state { end(outcome, at: now) }
        default: advance(at: now)
        }
    }

    /// Goes on where everything that the state wanted is true.
    mutating func advance(at now: Timestamp) {
        let verdict = openVerdict
        guard verdict == .pass || (state == .verifyingRollback && verdict != nil) else { return }
        guard pending.allSatisfy({ if case .deadline = $0 { true } else { false } }) else { return }
        switch state {
        case .preparing: enter(firstChange, at: now)
        case .deployingIdle: enter(.verifyingIdle, at: now)
        case .verifyingIdle: enter(plan.switching == .automatic ? firstMove : .readyToSwitch, at: now)
        case .stepping(let step): enter(.analysing(step), at: now)
        case .analysing(let step): enter(move(after: step), at: now)
        case .switching: enter(.verifyingLive, at: now)
        case .verifyingLive: enter(.baking, at: now)
        case .closing: end(.succeeded, at: now)
        case .rollingBack: enter(.verifyingRollback, at: now)
        case .verifyingRollback: end(verdict == .pass ? .rolledBack : .rolledBackUnverified, at: now)
        default: return
        }
    }

    /// Where the environment begins to be changed.
    var firstChange: PromotionState { plan.strategy == .replace ? .switching : .deployingIdle }

    /// Where traffic begins to move.
    var firstMove: PromotionState { plan.steps.isEmpty ? .switching : .stepping(0) }

    /// Where traffic goes on after a step.
    func move(after step: Int) -> PromotionState { step + 1 < plan.steps.count ? .stepping(step + 1) : .switching }

    /// The verdict of the gate that stands before the next state; a state without one stands before an open door.
    private var openVerdict: Verdict? {
        guard let gate = openGate else { return .pass }
        let checks = plan.checks(in: gate)
        return checks.isEmpty ? .pass : gates[gate]?.verdict(of: checks, in: gate)
    }

    mutating func end(_ outcome: Outcome, at now: Timestamp) {
        if outcome == .succeeded, let final = waitingFinalTag { owed[final.tag] = final }
        enter(.ended(outcome), at: now)
        lease = nil
    }

    /// Undoes what may have been done: nothing before the commit point, the way back after it. A promotion goes back by
    /// itself once at most; after that a person is called.
    mutating func undo(_ failure: Failure, at now: Timestamp) {
        self.failure = self.failure ?? failure
        guard isCommitted, plan.goal != nil else { return end(.failed, at: now) }
        guard automaticRollbacks == 0 else { return enter(.rollbackFailed, at: now) }
        automaticRollbacks += 1
        enter(.rollingBack, at: now)
    }
}
