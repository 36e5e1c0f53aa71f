extension Promotion {
    /// The event that is recorded for what a port reported, or for a deadline.
    ///
    /// A tag that could not be moved never undoes what serves: it is recorded as owed, and the promotion goes on. Events of
    /// earlier ledgers keep their meaning, because only what is recorded from now on goes through here.
    package func recorded(_ event: PromotionEvent) -> PromotionEvent {
        switch event {
        case .failed(let effect, let fault) where effect.isPointer && pending.contains(effect):
            return .pointerOwed(
                effect: effect, cause: fault.kind == .refused ? .refused(fault.reason) : .unanswered(fault.reason))
        case .pointerConflict(let tag, _, let observed):
            guard let effect = wantedMove(of: tag), case .pointerNames(_, _, let before) = effect else { return event }
            if observed == before { return .pointerOwed(effect: effect, cause: .unmoved) }
            return letsGo(of: effect) ? .pointerOwed(effect: effect, cause: .moved(observed: observed)) : event
        case .deadlinePassed(let time) where time == deadline:
            let open = pending.filter { if case .deadline = $0 { false } else { true } }
            guard let first = open.first, open.allSatisfy(\.isPointer) else { return event }
            return .pointerOwed(effect: first, cause: .unanswered("the registry did not answer in \(time - enteredAt)"))
        default: return event
        }
    }

    /// Whether a tag that another tool moved is left to it, and the promotion goes on.
    ///
    /// Before traffic moves the promotion ends with nothing changed; a rollback overwrites what it finds a few times first; and a
    /// final tag that names another digest will always do so.
    private func letsGo(of effect: Effect) -> Bool {
        guard case .pointerNames(let tag, _, _) = effect, tag != plan.finalTag else { return false }
        switch state {
        case .verifyingLive, .closing: return true
        case .verifyingRollback: return (found[tag]?.times ?? 0) >= Self.overwriteLimit
        default: return false
        }
    }

    private func wantedMove(of tag: Tag) -> Effect? {
        pending.first { if case .pointerNames(tag, _, _) = $0 { true } else { false } }
    }

    /// A tag could not be moved: it is owed, and everything else goes on.
    mutating func owe(_ effect: Effect, because cause: OwedPointer.Cause, at now: Timestamp) throws(PromotionFault) {
        guard pending.contains(effect), case .pointerNames(let tag, let digest, let expected) = effect else {
            throw .notWanted(event: "an owed \(effect)", state: state.words)
        }
        let since = owed[tag].flatMap { $0.digest == digest ? $0.since : nil } ?? now
        owed[tag] = OwedPointer(
            tag: tag, digest: digest, before: expected, cause: cause, since: since, promotion: number,
            isFinal: tag == plan.finalTag)
        achieved.insert(effect)
        advance(at: now)
    }

    /// The end in words, with what is owed: "succeeded, pointer owed"; `nil` until it has ended.
    package var endWords: SafeText? {
        guard let outcome = state.outcome else { return nil }
        return owed.isEmpty ? "\(outcome.words)" : "\(outcome.words), pointer owed"
    }

    /// Whether the final tag has to wait for a pointer tag.
    var finalTagWaits: Bool { owed.keys.contains { $0 != plan.finalTag } }

    /// What the final tag is owed for once the promotion has succeeded; `nil` if it is not.
    var waitingFinalTag: OwedPointer? {
        guard let tag = plan.finalTag, finalTagWaits, owed[tag] == nil else { return nil }
        return OwedPointer(
            tag: tag, digest: plan.release.digest, before: nil, cause: .waits, since: enteredAt, promotion: number, isFinal: true)
    }
}

extension Effect {
    /// Whether it moves a tag.
    package var isPointer: Bool {
        switch self {
        case .pointerNames: true
        case .conditionsHold, .leaseHeld, .imageCopied, .imageReady, .slotRuns, .slotStopped, .trafficOn, .trafficSplit,
            .checkAnswered, .routingObserved, .slotObserved, .elapsed, .deadline:
            false
        }
    }
}
