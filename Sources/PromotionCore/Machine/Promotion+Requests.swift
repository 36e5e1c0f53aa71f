extension Promotion {
    /// Somebody wants it stopped: before the commit point the idle slot is cleaned, after it traffic goes back.
    mutating func abort(_ reason: SafeText, at now: Timestamp) throws(PromotionFault) {
        let failure = Failure(at: now, during: state, reason: reason)
        switch state {
        case .rollbackFailed: end(.failed, at: now)
        case _ where plan.kind == .rollback && !state.isBeforeLease:
            throw .impossible(request: "abort", state: state.words, remedy: "a rollback is finished, never aborted")
        case .planned, .blocked, .awaitingApproval, .queued, .preparing, .inconclusive(.baseline):
            self.failure = failure
            end(.cancelled, at: now)
        case .aborting, .rollingBack, .verifyingRollback:
            throw .impossible(request: "abort", state: state.words, remedy: "it is being undone already")
        default:
            self.failure = failure
            if isCommitted { undo(failure, at: now) } else { enter(.aborting(.cancelled), at: now) }
        }
    }

    /// Somebody wants the release before it back.
    mutating func requestRollback(_ reason: SafeText, _ terms: RollbackTerms?, at now: Timestamp) throws(PromotionFault) {
        guard isCommitted || state == .rollbackFailed else {
            throw .impossible(request: "rollback", state: state.words, remedy: "traffic has not moved yet; abort it")
        }
        guard plan.goal != nil else {
            throw .impossible(request: "rollback", state: state.words, remedy: "it is the first release; there is none before it")
        }
        if state == .rollingBack || state == .verifyingRollback {
            throw .impossible(request: "rollback", state: state.words, remedy: "it is under way")
        }
        failure = failure ?? Failure(at: now, during: state, reason: reason)
        ordered = terms ?? ordered
        enter(.rollingBack, at: now)
    }

    /// Somebody decides that it goes on: the switch, past an inconclusive gate, or a failed rollback once more.
    mutating func goOn(at now: Timestamp) throws(PromotionFault) {
        switch state {
        case .readyToSwitch:
            failure = nil
            enter(firstMove, at: now)
        case .inconclusive(let gate):
            failure = nil
            switch gate {
            case .baseline: enter(firstChange, at: now)
            case .idle, .ready: enter(.readyToSwitch, at: now)
            case .step: enter(move(after: step), at: now)
            case .live, .bake, .rollback: enter(.baking, at: now)
            case .closing: enter(.closing, at: now)
            }
        case .paused: try resume(at: now)
        case .stalled: try retry(at: now)
        case .rollbackFailed:
            guard plan.goal != nil else {
                throw .impossible(request: "go on", state: state.words, remedy: "there is no release before it; abort it")
            }
            enter(.rollingBack, at: now)
        default:
            throw .impossible(request: "go on", state: state.words, remedy: "it goes on by itself")
        }
    }

    /// The work was cut off. Before the commit point the safe way is back, after it forward into fresh checks; counts
    /// restart, deadlines do not extend, and the lease is taken anew, so that a fence from before is stale. What must be
    /// done whoever was away for however long has its whole time again: a rollback, and the look that settles a doubt.
    mutating func interrupt(at now: Timestamp) {
        lease = nil
        let failure = Failure(at: now, during: state, reason: "the agent was interrupted while \(state.words)")
        let remaining = deadline
        switch state {
        case .preparing where plan.source == nil, .inconclusive(.baseline):
            self.failure = failure
            end(.cancelled, at: now)
        case .deployingIdle, .stalled, .verifyingIdle, .readyToSwitch:
            self.failure = failure
            enter(.aborting(.cancelled), at: now)
        case .inconclusive where !isCommitted, .paused where !isCommitted: enter(.aborting(.cancelled), at: now)
        case .stepping, .analysing, .switching, .paused(from: .analysing): enter(.indeterminate, at: now)
        // A copy that took its time is gone on with: nothing has changed yet, and what was copied is still there.
        case .preparing, .verifyingLive, .baking, .closing:
            enter(state, at: now)
            deadline = remaining
        case .aborting, .indeterminate, .rollingBack, .verifyingRollback: enter(state, at: now)
        case .planned, .blocked, .awaitingApproval, .queued, .inconclusive, .paused, .rollbackFailed, .ended: achieved = []
        }
    }
}
