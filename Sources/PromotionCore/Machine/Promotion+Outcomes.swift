extension Promotion {
    /// An effect could not be made true, after every retry.
    mutating func fail(_ effect: Effect, _ fault: Fault, at now: Timestamp) throws(PromotionFault) {
        guard pending.contains(effect) else { throw .notWanted(event: "failure of \(effect)", state: state.words) }
        let failure = Failure(at: now, during: state, reason: fault.reason)
        switch state {
        case .rollingBack, .verifyingRollback:
            self.failure = self.failure ?? failure
            enter(.rollbackFailed, at: now)
        case .switching where plan.strategy.hasIdleSlot, .stepping:
            self.failure = failure
            enter(.indeterminate, at: now)
        case .deployingIdle where fault.kind != .refused && plan.timing.retry > .zero:
            self.failure = failure
            enter(.stalled, at: now)
        case .aborting(let outcome):
            self.failure = self.failure ?? failure
            end(outcome, at: now)
        case .closing where isFinalTag(effect):
            self.failure = self.failure ?? failure
            achieved.insert(effect)
            advance(at: now)
        case .verifyingLive, .closing:
            self.failure = failure
            enter(.inconclusive(openGate ?? .live), at: now)
        case .indeterminate: enter(.rollbackFailed, at: now)
        default: undo(failure, at: now)
        }
    }

    /// One more measurement; a gate with a verdict moves the promotion.
    mutating func measure(_ gate: Gate, _ name: CheckName, _ measurement: Measurement, at now: Timestamp) throws(PromotionFault) {
        guard gate == openGate, let check = plan.checks(in: gate).first(where: { $0.name == name }) else {
            throw .notWanted(event: "a measurement for \(gate.rawValue)", state: state.words)
        }
        gates[gate, default: GateProgress()].add(measurement, of: name)
        guard let verdict = gates[gate]?.verdict(of: plan.checks(in: gate), in: gate) else { return }
        guard verdict != .pass else { return advance(at: now) }
        let before: SafeText = gate == .baseline ? "the live slot fails already, nothing was changed: " : ""
        let failure = Failure(
            at: now, during: state, reason: "\(before)\(check.title): \(measurement.result.words)", gate: gate, check: name)
        switch (gate, verdict) {
        case (.rollback, .inconclusive), (.rollback, .void): advance(at: now)
        case (.rollback, _):
            self.failure = self.failure ?? failure
            enter(.rollbackFailed, at: now)
        case (.baseline, _): undo(failure, at: now)
        case (_, .inconclusive), (_, .void):
            self.failure = failure
            enter(.inconclusive(gate), at: now)
        default: undo(failure, at: now)
        }
    }

    /// Times that a rollback overwrites what it finds on a tag, before it is said that somebody fights for it.
    static let overwriteLimit = 3

    /// Somebody else moved the tag. Baton never fights for it; but a rollback needs only where to go: it records what it finds,
    /// and overwrites it.
    mutating func conflict(over tag: Tag, expected: Digest?, observed: Digest?, at now: Timestamp) throws(PromotionFault) {
        let wanted = pending.first { if case .pointerNames(tag, _, _) = $0 { true } else { false } }
        guard let wanted else { throw .notWanted(event: "a conflict over \(tag)", state: state.words) }
        let reason: SafeText =
            "tag \(tag) names \(observed?.short() ?? "nothing"), expected \(expected?.short() ?? "nothing"): somebody else moved it"
        let failure = Failure(at: now, during: state, reason: reason)
        let times = (found[tag]?.times ?? 0) + 1
        found[tag] = FoundTag(digest: observed, times: times)
        switch state {
        case .verifyingRollback where times <= Self.overwriteLimit: break
        case .closing where isFinalTag(wanted), .verifyingRollback:
            self.failure = self.failure ?? failure
            achieved.insert(wanted)
            advance(at: now)
        case .verifyingLive, .closing:
            self.failure = failure
            enter(.inconclusive(openGate ?? .live), at: now)
        default: undo(failure, at: now)
        }
    }

    /// The switch said where traffic goes, after nobody knew.
    mutating func settle(_ routing: Routing, at now: Timestamp) throws(PromotionFault) {
        guard state == .indeterminate else { throw .notWanted(event: "routing", state: state.words) }
        if routing.live == plan.slot {
            failure = nil
            enter(.verifyingLive, at: now)
        } else if let live = routing.live, live == plan.live?.slot ?? plan.routing?.live {
            isCommitted = false
            enter(.readyToSwitch, at: now)
        } else if let step = plan.steps.indices.first(where: { split(at: $0)?.agrees(with: routing) ?? false }) {
            failure = nil
            self.step = step
            enter(.analysing(step), at: now)
        } else if !plan.steps.isEmpty, routing.live == nil {
            undo(Failure(at: now, during: state, reason: "traffic is split as no step of the plan says"), at: now)
        }
    }

    /// Traffic as a step of the canary wants it; nil where there is no such step.
    func split(at step: Int) -> Routing? {
        guard plan.steps.indices.contains(step), let live = plan.live?.slot else { return nil }
        return Routing(plan.steps[step].weight, to: plan.slot, rest: live)
    }

    /// The slot said what it runs, after nobody knew.
    mutating func settle(running digest: Digest?, at now: Timestamp) throws(PromotionFault) {
        guard state == .indeterminate else { throw .notWanted(event: "an observed slot", state: state.words) }
        if let digest, plan.release.digests.contains(digest) {
            failure = nil
            enter(.verifyingLive, at: now)
        } else {
            undo(Failure(at: now, during: state, reason: "the slot does not run the release"), at: now)
        }
    }

    /// The wait of the state is over.
    mutating func pass(_ time: Timestamp, at now: Timestamp) throws(PromotionFault) {
        guard time == deadline else { throw .notWanted(event: "a deadline", state: state.words) }
        let failure = Failure(at: now, during: state, reason: "\(state.words) took longer than \(time - enteredAt)")
        switch state {
        case .blocked, .awaitingApproval, .queued, .readyToSwitch:
            self.failure = failure
            end(.expired, at: now)
        case .baking: enter(.closing, at: now)
        case .switching, .stepping: enter(.indeterminate, at: now)
        case .deployingIdle:
            self.failure = failure
            enter(.aborting(.failed), at: now)
        case .stalled,
            .paused where !isCommitted:
            self.failure = self.failure ?? failure
            enter(.aborting(.failed), at: now)
        case .inconclusive where staysLive, .paused where staysLive:
            self.failure = self.failure ?? failure
            end(.failed, at: now)
        case .rollingBack, .verifyingRollback, .indeterminate:
            self.failure = self.failure ?? failure
            enter(.rollbackFailed, at: now)
        case .aborting(let outcome): end(outcome, at: now)
        case .preparing, .analysing, .verifyingLive, .closing: closeUndecided(failure, at: now)
        case .verifyingIdle, .inconclusive, .paused: undo(failure, at: now)
        case .planned, .rollbackFailed, .ended: break
        }
    }

    /// Whether the rules leave the release where it is when nobody decides: never while traffic is split.
    private var staysLive: Bool {
        guard isCommitted, plan.onInconclusive == .fail else { return false }
        switch state {
        case .inconclusive(.step), .paused(from: .analysing): return false
        default: return true
        }
    }

    /// The time of a gate is over. Where only data is missing nobody could tell, which is no answer; no is one.
    private mutating func closeUndecided(_ failure: Failure, at now: Timestamp) {
        guard let gate = openGate, let progress = gates[gate] else { return undo(failure, at: now) }
        let missing = plan.checks(in: gate).filter { progress.isOpen($0, in: gate) }
        let lacksData = !missing.isEmpty && missing.allSatisfy { progress.lacksData($0) }
        guard lacksData, missing.allSatisfy({ $0.onNoData == .inconclusive }) else { return undo(failure, at: now) }
        let names = missing.map(\.name.text).joined(separator: ", ")
        let before: SafeText = gate == .baseline ? "nothing was changed; of what serves there is " : ""
        self.failure = Failure(at: now, during: state, reason: "\(before)no data: \(SafeText(names, limit: 200))", gate: gate)
        enter(.inconclusive(gate), at: now)
    }

    private func isFinalTag(_ effect: Effect) -> Bool {
        if case .pointerNames(let tag, _, _) = effect { tag == plan.finalTag } else { false }
    }
}

extension Measurement.Result {
    /// The result in words: `fail: status 503, expected 200`.
    package var words: SafeText {
        switch self {
        case .pass: "pass"
        case .fail(let reason): "fail: \(reason)"
        case .inconclusive(let reason): "inconclusive: \(reason)"
        case .error(let reason): "error: \(reason)"
        case .void(let reason): "void: \(reason)"
        case .settling(let reason): "settling: \(reason)"
        case .skipped(let reason): "skipped: \(reason)"
        }
    }
}
