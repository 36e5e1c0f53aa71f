extension Promotion {
    /// Whether this promotion, which waits behind another, may go on with a plan that was made again.
    package func takes(_ again: PromotionPlan) -> Bool {
        behind != nil && state.isBeforeLease && again.keepsTerms(of: plan)
    }

    /// Its turn has come, and its plan is made again. Whoever has to agree is asked about the plan as it is now.
    mutating func takeAgain(_ again: PromotionPlan, at now: Timestamp) throws(PromotionFault) {
        guard pending.contains(.conditionsHold), takes(again) else {
            throw .notWanted(event: "another plan", state: state.words)
        }
        guard again.hash != plan.hash else { return evaluate([], at: now) }
        plan = again
        objections = []
        approvalDeadline = nil
        enter(isApproved(at: now) ? .queued : .awaitingApproval, at: now)
    }
}

extension PromotionPlan {
    /// Whether it says what was agreed to: the same image by the same rules to the same environment.
    ///
    /// What a promotion before it moves may be another by then: the slot that is idle, what serves and so would be gone back
    /// to, what tags name, and the generation.
    func keepsTerms(of agreed: PromotionPlan) -> Bool {
        kind == agreed.kind && place == agreed.place && from == agreed.from && strategy == agreed.strategy
            && steps == agreed.steps && repository == agreed.repository && registry == agreed.registry && source == agreed.source
            && release == agreed.release
            && finalTag == agreed.finalTag && checks == agreed.checks && timing == agreed.timing
            && switching == agreed.switching && onInconclusive == agreed.onInconclusive && approval == agreed.approval
            && policyVersion == agreed.policyVersion && (live == nil) == (agreed.live == nil)
            && pointers.map(\.to) == agreed.pointers.map(\.to)
    }

    /// Where it goes, and back to what: what a plan that is made again may say anew.
    var wordsOfPlace: SafeText {
        let back: SafeText = wayBack.map { "back to \($0.release.digest.short()) in \($0.slot)" } ?? "no way back"
        return "plan \(hash.short()): into \(slot), \(back)"
    }
}

extension PromotionEvent {
    /// Whether nothing stands against the promotion any more.
    var saysThatAllHolds: Bool {
        switch self {
        case .conditionsEvaluated([], _), .planMadeAgain: true
        default: false
        }
    }
}
