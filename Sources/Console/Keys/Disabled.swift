internal import PromotionCore

/// Why keys are not possible, as sentences for the status line.
enum Disabled {
    /// Who may look may prove the chain.
    static let chain: @Sendable (ConsoleState) -> SafeText? = { state in
        agent(state) ?? (state.chain == nil ? nil : "the ledger is being read already")
    }

    /// The whole ledger leaves the agent for a file of the operator's.
    static let export: @Sendable (ConsoleState) -> SafeText? = { state in
        if let reason = order(state) ?? chain(state) { return reason }
        return state.options.directory == nil ? "there is no directory to write to: baton ledger export" : nil
    }

    static let board: @Sendable (ConsoleState) -> SafeText? = { state in
        state.board == nil ? "there is no picture of the agent yet" : nil
    }

    static let service: @Sendable (ConsoleState) -> SafeText? = { state in
        board(state) ?? (state.currentService == nil ? "no service is selected" : nil)
    }

    static let live: @Sendable (ConsoleState) -> SafeText? = { state in
        if let reason = service(state) { return reason }
        return state.newestPromotion == nil ? "nothing was promoted here yet" : nil
    }

    static let pane: @Sendable (ConsoleState) -> SafeText? = { state in
        switch state.view {
        case .service, .release: nil
        default: "this view has one pane"
        }
    }

    static let match: @Sendable (ConsoleState) -> SafeText? = { state in
        state.filter.isEmpty ? "there is no filter: / sets one" : nil
    }

    static let digest: @Sendable (ConsoleState) -> SafeText? = { state in
        board(state) ?? (state.selectedDigest == nil ? "the row names no digest" : nil)
    }

    /// What every act needs: an agent that answers, and the right to ask.
    static let order: @Sendable (ConsoleState) -> SafeText? = { state in
        if state.options.isReadOnly { return "this console is read-only" }
        guard state.isFresh else { return "the agent does not answer: what you see is old" }
        guard let role = state.welcome?.role else { return "the agent has not said who you are" }
        return role < .operator ? "you are \(role.rawValue) here; this needs operator" : nil
    }

    /// A plan is a dry run: everybody may ask for one while the agent answers.
    static let agent: @Sendable (ConsoleState) -> SafeText? = { state in
        state.isFresh ? nil : "the agent does not answer: what you see is old"
    }

    static let plan: @Sendable (ConsoleState) -> SafeText? = { state in
        if let reason = service(state) ?? agent(state) { return reason }
        guard case .slot(let place, _)? = state.selectedRow, let service = state.board?.service(place.service) else {
            return "no row is selected"
        }
        if service.path.first?.name == place.environment { return nil }
        if service.isLast(place.environment) { return "\(place.environment) is the end of the path: choose a row before it" }
        return state.selectedDigest == nil ? "nothing runs in this row" : nil
    }

    static let choice: @Sendable (ConsoleState) -> SafeText? = { state in
        agent(state) ?? (state.selectedRow == nil ? "there is nothing to choose from" : nil)
    }

    static let planRelease: @Sendable (ConsoleState) -> SafeText? = { state in
        agent(state) ?? (state.nextPlaceOfRelease == nil ? "it is at the end of the path already" : nil)
    }

    static let consent: @Sendable (ConsoleState) -> SafeText? = { state in
        guard let plan = state.plan else { return "there is no plan" }
        if plan.phase == .asked { return "the plan is not there yet" }
        if plan.phase == .sent { return "it was asked already" }
        if plan.plan == nil { return "the plan has objections: x says why and what helps" }
        if plan.changed != nil { return "CHANGED: leave with Esc and plan again" }
        return order(state)
    }

    /// The key alone; where the digest's first digits are the consent, no key is.
    static let consentByKey: @Sendable (ConsoleState) -> SafeText? = { state in
        if state.plan?.isTyped == true { return "type the first \(PlanScreen.digits) characters of the digest, then Enter" }
        return consent(state)
    }

    static let plannedImage: @Sendable (ConsoleState) -> SafeText? = { state in
        state.plan?.plan == nil ? "there is no plan that could run" : nil
    }

    static let differences: @Sendable (ConsoleState) -> SafeText? = { state in
        guard let answer = state.plan?.answer else { return "the plan is not there yet" }
        return answer.change == nil ? "nothing serves there yet, or the registry did not tell what changes" : nil
    }

    static let fire: @Sendable (ConsoleState) -> SafeText? = { state in
        guard let sheet = state.sheet else { return nil }
        if sheet.phase == .sent { return "it was asked already" }
        if sheet.changed != nil { return "CHANGED: leave with Esc and look again" }
        if case .rollback(let shown) = sheet.kind {
            guard let offer = shown.offer else { return "no environment is chosen: a digit or Tab chooses" }
            if let reason = offer.objection { return reason }
        }
        if case .undo(let target) = sheet.kind, let reason = state.undoObjection(target) { return reason }
        return order(state)
    }

    static let rollbackSheet: @Sendable (ConsoleState) -> SafeText? = { state in
        guard case .rollback? = state.sheet?.kind else { return "this is no rollback sheet" }
        if state.sheet?.phase == .sent { return "it was asked already" }
        return state.sheet?.changed == nil ? nil : "CHANGED: leave with Esc and look again"
    }

    static let spare: @Sendable (ConsoleState) -> SafeText? = { state in
        if let reason = rollbackSheet(state) ?? fire(state) { return reason }
        guard case .rollback(let shown)? = state.sheet?.kind, shown.offer?.canSpare ?? false else {
            return "nothing gets a veto: y does it"
        }
        return nil
    }

    static let undoRollback: @Sendable (ConsoleState) -> SafeText? = { state in
        guard let target = state.undoTarget else { return "no rollback that a person ordered can be undone here" }
        return state.undoObjection(target) ?? order(state)
    }

    static let goOn: @Sendable (ConsoleState) -> SafeText? = { state in
        guard let promotion = state.livePromotion else { return "there is no promotion here" }
        switch promotion.state {
        case .readyToSwitch, .inconclusive, .paused, .stalled, .rollbackFailed: return order(state)
        case .ended(let outcome): return "it has ended: \(outcome.words)"
        default: return "it is \(promotion.state.words) and goes on by itself"
        }
    }

    static let abort: @Sendable (ConsoleState) -> SafeText? = { state in
        guard let promotion = state.livePromotion else { return "there is no promotion here" }
        switch promotion.state {
        case .ended(let outcome): return "it has ended: \(outcome.words)"
        case .aborting, .rollingBack, .verifyingRollback: return "it is being undone already"
        case .planned, .blocked, .awaitingApproval, .queued, .rollbackFailed: return order(state)
        default:
            if promotion.plan.kind == .rollback { return "a rollback is finished, never aborted" }
            if promotion.isCommitted { return "traffic has moved: R takes it back" }
            return order(state)
        }
    }

    static let approval: @Sendable (ConsoleState) -> SafeText? = { state in
        board(state) ?? (state.selectedApproval == nil ? "nothing waits for an approval" : nil)
    }

    static let approve: @Sendable (ConsoleState) -> SafeText? = { state in
        guard let promotion = state.selectedApproval else { return "nothing waits for an approval" }
        return order(state) ?? state.approvalObjection(promotion)?.reason
    }

    static let reject: @Sendable (ConsoleState) -> SafeText? = { state in approval(state) ?? order(state) }

    static let lease: @Sendable (ConsoleState) -> SafeText? = { state in
        guard case .slot(let place, _)? = state.selectedRow else { return "no row is selected" }
        return order(state) ?? state.leaseObjection(place)
    }

    static let hold: @Sendable (ConsoleState) -> SafeText? = { state in
        state.selectedRetention == nil ? "no digest is selected" : order(state)
    }

    static let undo: @Sendable (ConsoleState) -> SafeText? = { state in
        guard let line = state.selectedRetention else { return "no digest is selected" }
        return line.state == .quarantined || line.state == .delete ? order(state) : "it is not quarantined"
    }

    static let runRetention: @Sendable (ConsoleState) -> SafeText? = { state in
        guard let screen = state.retention, let target = state.retentionTarget else { return "there is no plan yet" }
        if screen.phase == .asked { return "the plan is being made anew" }
        if let refusal = screen.refusal { return refusal }
        if screen.isRunning { return "a run is under way" }
        if target.count == 0 { return "the plan takes nothing" }
        return order(state) ?? state.denial(of: .retention(target.order("")))
    }

    static let planAgain: @Sendable (ConsoleState) -> SafeText? = { state in
        state.retention?.phase == .asked ? "it is being made already" : agent(state)
    }

    static let entryPromotion: @Sendable (ConsoleState) -> SafeText? = { state in
        state.selectedPromotion == nil ? "the row belongs to no promotion that is kept here" : nil
    }
}
