internal import PromotionCore

extension ConsoleState {
    /// Takes the agent's answer to a request of this connection; any other number is passed over.
    mutating func take(_ answer: Answer, to id: Int64) {
        guard let purpose = asked.removeValue(forKey: id) else { return }
        switch answer {
        case .board(let board): take(board)
        case .plan(let answer): if case .plan(let request) = purpose { show(answer, of: request) }
        case .started(let number): followUp(purpose, started: number)
        case .accepted, .verified: followUp(purpose, started: nil)
        case .refused(let objections): refuse(purpose, objections)
        case .notPermitted(let reason): fail(purpose, "not permitted: \(reason)")
        case .broken(let reason): fail(purpose, "the agent could not: \(reason)")
        case .papers(let papers): show(.read(papers), for: purpose)
        case .retention(let answer): show(answer, for: purpose)
        case .entries(let page): if purpose == .chain { take(page: page) }
        case .comparison, .registryReports, .image, .jointPlan, .jointStarted, .resolved: break
        }
    }

    private mutating func show(_ answer: PlanAnswer, of request: PromotionRequest) {
        guard plan?.request == request, plan?.phase == .asked else { return }
        plan?.answer = answer
        plan?.hash = answer.plan?.hash
        plan?.phase = .shown
        plan?.deafUntil = now + Sheet.deafness
        effects.append(.deaf(Sheet.deafness))
    }

    private mutating func followUp(_ purpose: Purpose, started number: PromotionNumber?) {
        if case .approval(let number) = purpose {
            if sheet?.phase == .sent { sheet = nil }
            return say("the agent has taken it: promotion \(number)", .good)
        }
        if case .lease(let place) = purpose {
            if sheet?.phase == .sent { sheet = nil }
            return say("the agent has taken it: \(place)", .good)
        }
        if case .retention(let service, let deed) = purpose { return followUp(deed, of: service) }
        guard let (service, running) = subject(of: purpose, started: number) else { return }
        if case .promote = purpose { leavePlan() }
        if sheet?.phase == .sent { sheet = nil }
        stream = StreamWindow()
        open(.live(service, running))
        say(running.map { "the agent runs promotion \($0), not this screen" } ?? "the agent has taken it", .good)
    }

    private func subject(of purpose: Purpose, started: PromotionNumber?) -> (ServiceName, PromotionNumber?)? {
        switch purpose {
        case .promote(let request): (request.place.service, started)
        case .undoRollback(let place): (place.service, started)
        case .rollBack(let place):
            (place.service, started ?? board?.projection.services[place.service]?.active(in: place.environment)?.number)
        case .abort(let number), .goOn(let number):
            board?.projection.promotion(number).map { ($0.plan.place.service, number) }
        case .subscribe, .plan, .papers, .approval, .lease, .retention, .chain: nil
        }
    }

    private mutating func refuse(_ purpose: Purpose, _ objections: [Objection]) {
        if case .papers = purpose { return show(.failed(objections.first?.reason ?? "refused"), for: purpose) }
        if failRetention(purpose, objections.first.map { "\($0.reason); \($0.remedy)" } ?? "refused") { return }
        close(purpose)
        refusedAt = place(of: purpose)
        refusal = Array(objections.prefix(50))
        open(.why(.refusal))
        say("refused; nothing was changed", .bad)
    }

    /// The environment that a request was about.
    private func place(of purpose: Purpose) -> Place? {
        switch purpose {
        case .plan(let request), .promote(let request): request.place
        case .rollBack(let place), .undoRollback(let place), .lease(let place): place
        case .abort(let number), .goOn(let number), .approval(let number): board?.projection.promotion(number)?.plan.place
        case .subscribe, .papers, .retention, .chain: nil
        }
    }

    private mutating func fail(_ purpose: Purpose, _ reason: SafeText) {
        if case .papers = purpose { return show(.failed(reason), for: purpose) }
        if failRetention(purpose, reason) { return }
        close(purpose)
        if purpose == .subscribe { staleness = reason }
        say(reason, .bad)
    }

    private mutating func close(_ purpose: Purpose) {
        switch purpose {
        case .plan(let request), .promote(let request): if plan?.request == request { leavePlan() }
        case .rollBack, .undoRollback, .abort, .goOn, .approval, .lease, .retention: if sheet?.phase == .sent { sheet = nil }
        case .chain: chain = nil
        case .subscribe, .papers: break
        }
    }

    /// Drops the plan and every view of it.
    mutating func leavePlan() {
        plan = nil
        views.removeAll { $0 == .plan || $0 == .why(.plan) || $0 == .help(.plan) }
        if views.isEmpty { views = [rootView] }
    }
}
