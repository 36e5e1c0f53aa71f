internal import PromotionCore

/// One step of a promotion as the live view lists it.
struct Step: Hashable {
    let name: String
    let mark: Mark
    /// How long it took, how far it is, or what it waits for.
    let detail: String
}

/// The steps that states belong to.
private enum StepKind: Int, CaseIterable {
    case prepare, deployIdle, verifyIdle, canary, change, verifyLive, bake, cleanUp, rollBack, verifyRollback

    init?(_ state: PromotionState) {
        switch state {
        case .planned, .blocked, .awaitingApproval, .queued, .preparing, .inconclusive(.baseline): self = .prepare
        case .deployingIdle, .stalled: self = .deployIdle
        case .stepping, .analysing, .inconclusive(.step): self = .canary
        case .paused(let origin):
            guard let kind = StepKind(origin) else { return nil }
            self = kind
        case .verifyingIdle, .readyToSwitch, .inconclusive(.idle), .inconclusive(.ready): self = .verifyIdle
        case .switching, .indeterminate: self = .change
        case .verifyingLive, .inconclusive(.live): self = .verifyLive
        case .baking, .closing, .inconclusive(.bake), .inconclusive(.closing): self = .bake
        case .aborting: self = .cleanUp
        case .rollingBack, .rollbackFailed: self = .rollBack
        case .verifyingRollback, .inconclusive(.rollback): self = .verifyRollback
        case .ended: return nil
        }
    }
}

extension Promotion {
    /// The steps of the plan, and those of its undoing once they were needed.
    /// - Parameter copying: how far its image is on the way to the environment's home; nil while none is.
    func steps(copying: CopyProgress?) -> [Step] {
        let visited = passage.compactMap { StepKind($0.state) }
        let kinds: [StepKind] =
            switch (plan.kind, plan.strategy) {
            case (.rollback, _): [.prepare, .rollBack, .verifyRollback]
            case (.promotion, .blueGreen): [.prepare, .deployIdle, .verifyIdle, .change, .verifyLive, .bake]
            case (.promotion, .canary): [.prepare, .deployIdle, .verifyIdle, .canary, .change, .verifyLive, .bake]
            case (.promotion, .replace): [.prepare, .change, .verifyLive, .bake]
            }
        let undoing = [StepKind.cleanUp, .rollBack, .verifyRollback].filter { !kinds.contains($0) && visited.contains($0) }
        return (kinds + undoing).map { kind in
            let mark = mark(of: kind, visited: visited.contains(kind))
            return Step(
                name: name(of: kind), mark: mark,
                detail: kind == .prepare && mark == .active ? copying?.share ?? currentDetail : detail(of: kind, mark))
        }
    }

    private func mark(of kind: StepKind, visited: Bool) -> Mark {
        if StepKind(state) == kind {
            switch state {
            case .rollbackFailed, .indeterminate: return .alarm
            case .inconclusive, .stalled, .paused: return .inconclusive
            default: return .active
            }
        }
        if let failure, let outcome = state.outcome ?? Optional(.failed), outcome != .succeeded, StepKind(failure.during) == kind
        {
            return .fail
        }
        if visited { return .pass }
        return hasEnded || state == .rollingBack || state == .verifyingRollback ? .void : .notYet
    }

    private func name(of kind: StepKind) -> String {
        switch kind {
        case .prepare: "prepare"
        case .deployIdle: "deploy idle"
        case .verifyIdle: "verify idle"
        case .canary: plan.steps.map { "\($0.weight)" }.joined(separator: " ") + " %"
        case .change: plan.strategy == .replace ? "deploy" : "switch"
        case .verifyLive: "verify live"
        case .bake: plan.timing.bake == .zero ? "close" : "bake \(TimeText.length(plan.timing.bake))"
        case .cleanUp: "clean up"
        case .rollBack: "roll back"
        case .verifyRollback: "verify rollback"
        }
    }

    private func detail(of kind: StepKind, _ mark: Mark) -> String {
        switch mark {
        case .pass, .fail: duration(of: kind).description
        case .void: "not reached"
        case .notYet: ""
        default: currentDetail
        }
    }

    private func duration(of kind: StepKind) -> Milliseconds {
        var sum = Milliseconds.zero
        for (index, part) in passage.enumerated() where StepKind(part.state) == kind && index + 1 < passage.count {
            sum = sum + (passage[index + 1].at - part.at)
        }
        return Milliseconds(max(0, sum.count))
    }

    /// How far the state is that it stands in.
    private var currentDetail: String {
        let until = deadline.map { "until \($0.hourAndMinute)" } ?? ""
        switch state {
        case .blocked: return "blocked \(until)"
        case .awaitingApproval: return "approval \(until)"
        case .stalled: return "retry \(until)"
        case .paused: return "held \(until)"
        case .stepping(let step): return "to \(plan.steps[step].weight) %"
        case .analysing(let step): return "at \(plan.steps[step].weight) %"
        case .queued: return waitingFor.map { "waits for \($0.holder.owner)" } ?? "waits for the lease"
        case .readyToSwitch: return "ready \(until)"
        case .baking: return until
        case .inconclusive: return "decide \(until)"
        case .rollbackFailed: return "needs a person"
        default: break
        }
        guard let gate = openGate else { return "" }
        let checks = plan.checks(in: gate)
        let done = checks.filter { !(gates[gate] ?? GateProgress()).isOpen($0, in: gate) }.count
        return checks.isEmpty ? "" : "\(done) of \(checks.count)"
    }

    /// The gate whose answers are worth showing: the open one, else the one that failed, else the last that was answered.
    var shownGate: Gate? {
        if let openGate { return openGate }
        if let gate = failure?.gate, gates[gate] != nil { return gate }
        let order: [Gate] = [.rollback, .closing, .bake, .live, .step, .ready, .idle, .baseline]
        return order.first { gates[$0] != nil }
    }
}

extension CopyProgress {
    /// The progress in few columns: "copy 41 %".
    fileprivate var share: String {
        if allBytes > 0 { return "copy \(max(0, min(100, bytes * 100 / allBytes))) %" }
        return allBlobs > 0 ? "copy \(blobs) of \(allBlobs)" : "copy"
    }
}
