extension Promotion {
    /// Goes to the state that what stands against it, and who has agreed so far, calls for.
    mutating func evaluate(_ objections: [Objection], at now: Timestamp) {
        self.objections = objections
        let next: PromotionState = !objections.isEmpty ? .blocked : isApproved(at: now) ? .queued : .awaitingApproval
        if next != state { enter(next, at: now) }
    }

    /// Whether everybody whose word it takes has agreed to this plan.
    package func isApproved(at now: Timestamp) -> Bool {
        guard let rule = plan.approval, plan.kind == .promotion else { return true }
        return rule.counting(approvals, of: plan.hash, startedBy: startedBy, at: now).count >= rule.number
    }

    /// The plan was made again: it goes on, waits for what does not hold, or ends where nothing can turn that.
    mutating func takeEvaluation(_ objections: [Objection], _ hash: Digest?, at now: Timestamp) throws(PromotionFault) {
        guard pending.contains(.conditionsHold) else {
            throw .notWanted(event: "an evaluation of conditions", state: state.words)
        }
        if let objection = objections.first(where: { !$0.kind.canTurn }) {
            return give(up: "\(objection)", at: now)
        }
        if objections.isEmpty, hash != plan.hash {
            return give(up: "the world moved: the plan that was agreed to no longer holds; plan again", at: now)
        }
        guard state == .preparing else { return evaluate(objections, at: now) }
        guard objections.isEmpty else {
            lease = nil
            return evaluate(objections, at: now)
        }
        guard isApproved(at: now) else {
            lease = nil
            return evaluate([], at: now)
        }
        self.objections = []
        achieved.insert(.conditionsHold)
        advance(at: now)
    }

    private mutating func give(up reason: SafeText, at now: Timestamp) {
        failure = Failure(at: now, during: state, reason: reason)
        end(.expired, at: now)
    }

    /// Somebody agrees to the plan.
    mutating func take(_ approval: Approval, at now: Timestamp) throws(PromotionFault) {
        guard let rule = plan.approval, state == .blocked || state == .awaitingApproval else {
            throw .impossible(request: "approval", state: state.words, remedy: "it waits for none")
        }
        if let objection = rule.objection(to: approval, after: approvals, plan: plan.hash, startedBy: startedBy, at: now) {
            throw .impossible(request: "approval", state: state.words, remedy: "\(objection)")
        }
        approvals.removeAll { $0.by.name == approval.by.name }
        approvals.append(approval, keepingLast: Self.approvalLimit)
        if state == .awaitingApproval, isApproved(at: now) { enter(.queued, at: now) }
    }

    /// Approvals that are kept.
    private static let approvalLimit = 50

    /// An approver says no.
    mutating func reject(_ reason: SafeText, by person: Account, at now: Timestamp) throws(PromotionFault) {
        guard state.isBeforeLease, plan.kind == .promotion else {
            throw .impossible(request: "rejection", state: state.words, remedy: "it has begun; abort it or roll back")
        }
        failure = Failure(at: now, during: state, reason: "rejected by \(person): \(reason)")
        end(.rejected, at: now)
    }

    /// Whether a newer promotion of the place may take its turn.
    package var canBeSuperseded: Bool { state.isBeforeLease && plan.kind == .promotion }

    /// A newer promotion of the place takes its turn; what has begun is never superseded.
    mutating func supersede(by number: PromotionNumber, at now: Timestamp) throws(PromotionFault) {
        guard canBeSuperseded, number > self.number else {
            throw .notWanted(event: "promotion \(number)", state: state.words)
        }
        failure = Failure(at: now, during: state, reason: "promotion \(number) was started after it")
        end(.superseded, at: now)
    }

    /// When a wait before the lease is over. Going to and fro between waits never makes one longer.
    mutating func waitDeadline(of next: PromotionState, at now: Timestamp) -> Timestamp? {
        switch next {
        case .blocked: return startedAt + plan.timing.blocked
        case .awaitingApproval:
            guard let rule = plan.approval else { return nil }
            let deadline = approvalDeadline ?? now + rule.expires
            approvalDeadline = deadline
            return deadline
        default: return nil
        }
    }
}
