/// Something that happened to a promotion: the outcome of an effect, a person's word, or time.
package enum PromotionEvent: Hashable, Sendable, Codable {
    /// The plan was made again while the promotion waited or prepared: what does not hold, and the hash that it would have now.
    case conditionsEvaluated([Objection], plan: Digest?)
    /// The promotion that it waited behind has ended: its plan as it is now, the same but for what that one moved.
    case planMadeAgain(PromotionPlan)
    case approved(Approval)
    case rejected(by: Account, reason: SafeText)
    /// A newer promotion of the same place was started.
    case superseded(by: PromotionNumber)
    case leaseTaken(Lease)
    /// Somebody else holds the lease; the promotion waits.
    case leaseRefused(holder: Lease)
    /// The lease is another's by now; nothing more is changed until it is taken again.
    case leaseLost(reason: SafeText)
    case achieved(effect: Effect, detail: SafeText)
    /// The image is at the environment's own home now; what it took.
    case imageCopied(CopyReport)
    case failed(effect: Effect, fault: Fault)
    case measured(gate: Gate, check: CheckName, measurement: Measurement)
    case pointerConflict(tag: Tag, expected: Digest?, observed: Digest?)
    /// A tag could not be moved; it is owed, and the promotion goes on.
    case pointerOwed(effect: Effect, cause: OwedPointer.Cause)
    case routingObserved(Routing)
    case slotObserved(slot: SlotName, digest: Digest?)
    case deadlinePassed(Timestamp)
    case abortRequested(reason: SafeText)
    /// - Parameter terms: who ordered it and how; nil in entries of earlier versions, and where no person did.
    case rollbackRequested(reason: SafeText, terms: RollbackTerms? = nil)
    case goOnRequested(reason: SafeText)
    case pauseRequested(by: Account, reason: SafeText)
    case resumeRequested(reason: SafeText)
    /// A person wants a failed step tried once more.
    case retryRequested(reason: SafeText)
    /// The agent was started again and goes on from the ledger.
    case resumed

    /// The name of the fact in the ledger.
    package var kind: String {
        switch self {
        case .conditionsEvaluated: "conditions.checked"
        case .planMadeAgain: "plan.madeAgain"
        case .approved: "approval.given"
        case .rejected: "promotion.rejected"
        case .superseded: "promotion.superseded"
        case .leaseTaken: "lease.taken"
        case .leaseRefused: "lease.refused"
        case .leaseLost: "lease.lost"
        case .achieved(let effect, _): Self.kind(of: effect)
        case .imageCopied: "image.copied"
        case .failed: "effect.failed"
        case .measured: "check.measured"
        case .pointerConflict: "pointer.conflict"
        case .pointerOwed: "pointer.owed"
        case .routingObserved: "routing.observed"
        case .slotObserved: "slot.observed"
        case .deadlinePassed: "deadline.passed"
        case .abortRequested: "abort.requested"
        case .rollbackRequested: "rollback.requested"
        case .goOnRequested: "promotion.continued"
        case .pauseRequested: "promotion.paused"
        case .resumeRequested: "pause.ended"
        case .retryRequested: "step.retried"
        case .resumed: "promotion.resumed"
        }
    }

    private static func kind(of effect: Effect) -> String {
        switch effect {
        case .conditionsHold: "conditions.held"
        case .leaseHeld: "lease.held"
        case .imageCopied: "image.copied"
        case .imageReady: "image.ready"
        case .slotRuns: "slot.running"
        case .slotStopped: "slot.stopped"
        case .pointerNames: "pointer.moved"
        case .trafficOn: "traffic.switched"
        case .trafficSplit: "traffic.split"
        case .checkAnswered: "check.answered"
        case .routingObserved: "routing.observed"
        case .slotObserved: "slot.observed"
        case .elapsed: "time.elapsed"
        case .deadline: "deadline.passed"
        }
    }
}

/// Why an event cannot happen to a promotion as it stands.
package enum PromotionFault: Error, Hashable, Sendable, CustomStringConvertible {
    case ended(Outcome)
    /// The event belongs to an effect that is no longer wanted.
    case notWanted(event: String, state: String)
    case impossible(request: SafeText, state: String, remedy: SafeText)

    package var description: String {
        switch self {
        case .ended(let outcome): "the promotion has ended: \(outcome.words)"
        case .notWanted(let event, let state): "\(event) is not expected while \(state)"
        case .impossible(let request, let state, let remedy): "\(request) is not possible while \(state): \(remedy)"
        }
    }
}
