internal import PromotionCore

/// Asking for a retention plan, and what people do with it.
extension ConsoleState {
    /// Has the agent read the repository and plan; what is on screen stays until the answer.
    mutating func requestRetention(of service: ServiceName) {
        if retention?.service != service { retention = RetentionScreen(service) }
        retention?.phase = .asked
        let purpose = Purpose.retention(service, .plan)
        ask(.retention(.plan(service, allowRatio: nil)), for: purpose)
        guard asked.values.contains(purpose) else {
            retention?.phase = .failed("the agent does not answer; p asks again")
            return
        }
        askForRun(of: service)
    }

    /// Asks unless a plan of the service is on its way or young.
    mutating func refreshRetention(of service: ServiceName) {
        if let screen = retention, screen.service == service {
            if screen.phase == .asked { return }
            if screen.phase == .shown, let plan = screen.plan, now - plan.made < RetentionScreen.youth { return }
        }
        requestRetention(of: service)
    }

    /// Takes the answer, where it is still the one that was asked for.
    mutating func show(_ answer: RetentionAnswer, for purpose: Purpose) {
        guard case .retention(let service, let wish) = purpose else { return }
        switch (answer, wish) {
        case (.lines(let lines), .plan) where retention?.service == service:
            retention?.plan = lines
            retention?.lines = lines.lines
            retention?.phase = .shown
            askForMore()
        case (.lines(let lines), .lines(let plan)) where retention?.service == service && retention?.plan?.plan == plan:
            guard lines.from == retention?.lines.count else { return }
            retention?.lines += lines.lines.prefix(RetentionScreen.lineLimit - lines.from)
            if !lines.lines.isEmpty { askForMore() }
        case (.status(let status), .status) where retention?.service == service:
            let wasRunning = retention?.isRunning ?? false
            retention?.status = status
            // What it did is in no plan that was made before it.
            if wasRunning, !(retention?.isRunning ?? false) { requestRetention(of: service) }
        case (.undone(let words), .order): followUp(.order, of: service, words)
        default: return
        }
    }

    private mutating func askForMore() {
        guard let screen = retention, let plan = screen.plan, screen.lines.count < min(plan.total, RetentionScreen.lineLimit)
        else { return }
        ask(
            .retention(
                .lines(screen.service, plan: plan.plan, from: screen.lines.count, limit: RetentionLines.limit)),
            for: .retention(screen.service, .lines(plan.plan)))
    }

    private mutating func askForRun(of service: ServiceName) {
        let purpose = Purpose.retention(service, .status)
        guard !asked.values.contains(purpose) else { return }
        retention?.askedAt = now
        ask(.retention(.status(service)), for: purpose)
    }

    /// When the run under way is looked at again.
    var retentionDue: Timestamp? {
        guard link == .connected, let screen = retention, screen.isRunning, views.contains(.retention(screen.service)) else {
            return nil
        }
        return screen.askedAt.map { $0 + RetentionScreen.rhythm }
    }

    mutating func askForRunIfDue() {
        guard let due = retentionDue, now >= due, let service = retention?.service else { return }
        askForRun(of: service)
    }

    /// The agent has taken an order: what is on screen is asked for anew.
    mutating func followUp(_ wish: RetentionPurpose, of service: ServiceName, _ words: SafeText = "the agent has taken it") {
        if sheet?.phase == .sent { sheet = nil }
        say(wish == .run ? "the agent runs the plan, not this screen" : words, .good)
        guard retention?.service == service else { return }
        if wish == .run { askForRun(of: service) } else { requestRetention(of: service) }
    }

    /// - Returns: whether it was a question of the view, whose own lines say why there is no answer.
    mutating func failRetention(_ purpose: Purpose, _ reason: SafeText) -> Bool {
        guard case .retention(let service, let wish) = purpose, !wish.changesWorld else { return false }
        if retention?.service == service, wish != .status { retention?.phase = .failed(reason) }
        return true
    }

    // MARK: What the keys are about

    /// The lines on screen, filtered.
    func retentionRows(of name: ServiceName) -> [RetentionLine] {
        guard let screen = retention, screen.service == name else { return [] }
        guard !filter.isEmpty else { return screen.lines }
        let wanted = filter.lowercased()
        return screen.lines.filter { line in
            line.digest.hex.hasPrefix(wanted) || line.state.rawValue.hasPrefix(wanted)
                || line.tags.contains { $0.text.lowercased().contains(wanted) }
                || line.because.contains { $0.text.lowercased().contains(wanted) }
        }
    }

    /// The digest under the cursor of the view.
    var selectedRetention: RetentionLine? {
        guard case .retention = view, case .digest(let digest)? = selectedRow else { return nil }
        return retention?.line(digest)
    }

    /// The hold of a digest that still counts, as the ledger has it now.
    func hold(on digest: Digest, of name: ServiceName) -> RetentionFact.Hold? {
        guard let board = shown, let repository = board.service(name)?.repository,
            let hold = board.projection.retention[repository]?.holds[digest]
        else { return nil }
        return hold.until.map { $0 > shownNow } ?? true ? hold : nil
    }

    /// What the ledger has of a digest under quarantine.
    func quarantine(of digest: Digest, in name: ServiceName) -> Quarantine? {
        guard let board = shown, let repository = board.service(name)?.repository else { return nil }
        return board.projection.retention[repository]?.quarantined[digest]
    }

    /// The plan on screen, as `X` would have it carried out.
    var retentionTarget: RetentionTarget? {
        guard let screen = retention, let plan = screen.plan else { return nil }
        return RetentionTarget(
            service: screen.service, repository: plan.repository, plan: plan.plan, quarantine: plan.quarantine,
            delete: plan.delete, frees: plan.frees, grace: plan.rules.grace)
    }

    mutating func openRetention(_ intent: Intent) {
        frozen = nil
        guard case .retention(let service) = view else { return }
        if intent == .runRetention {
            if let target = retentionTarget { open(Sheet(.retain(target, GuardWords("\(target.count)")), at: now)) }
            return
        }
        guard let line = selectedRetention else { return }
        let deed: RetentionStep.Deed = intent == .undo ? .undo : hold(on: line.digest, of: service) == nil ? .hold : .letGo
        open(Sheet(.retention(RetentionStep(service: service, line: line, deed: deed)), at: now))
    }
}

extension RetentionStep {
    /// What the agent is asked to do.
    var order: RetentionOrder {
        switch deed {
        case .hold: .hold(service, line.digest, reason: "held in the console", until: nil)
        case .letGo: .release(service, line.digest, reason: "let go in the console")
        case .undo: .undo(service, line.digest)
        }
    }
}

extension RetentionTarget {
    /// What the agent is asked to do, once it is counted and reasoned.
    func order(_ reason: SafeText) -> RetentionOrder { .apply(service, plan: plan, count: count, reason: reason) }
}
