extension Promotion {
    /// Moves what the boot clock counts along with a wall clock that was set: as much of each wait is left as before.
    ///
    /// The wait for approvals stays where it is, since approvals expire by the wall clock.
    mutating func shift(by step: Milliseconds) {
        guard !hasEnded, step != .zero else { return }
        startedAt = startedAt + step
        passage = passage.map { Passage(state: $0.state, at: $0.at + step) }
        achieved = Set(achieved.map { if case .elapsed(let moment) = $0 { .elapsed(moment + step) } else { $0 } })
        guard state != .awaitingApproval else { return }
        enteredAt = enteredAt + step
        deadline = deadline.map { $0 + step }
    }

    /// Cuts the rest of a wait to its whole length: whatever the wall clock says, no wait gets longer than it is.
    mutating func boundWait(at now: Timestamp) {
        guard !hasEnded else { return }
        // A promotion that is blocked just now goes back to what is left of its wait for approvals.
        if let expires = plan.approval?.expires { approvalDeadline = approvalDeadline.map { min($0, now + expires) } }
        guard let deadline, let length = length(of: state) else { return }
        self.deadline = min(deadline, now + length)
        if state == .awaitingApproval { approvalDeadline = self.deadline }
    }

    /// How long a state may last, waits before the lease included.
    private func length(of state: PromotionState) -> Milliseconds? {
        switch state {
        case .blocked: plan.timing.blocked
        case .awaitingApproval: plan.approval?.expires
        default: limit(of: state)
        }
    }
}
