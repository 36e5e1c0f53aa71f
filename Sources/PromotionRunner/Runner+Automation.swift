internal import Logging
internal import PromotionCore

extension Runner {
    /// Goes round over everything that is promoted automatically, as long as the agent lives.
    func automate() {
        let places = board.automatedPlaces
        guard !places.isEmpty else { return }
        observers.append(
            Task(executorPreference: time.executor) { [weak self, time] in
                while !Task.isCancelled {
                    for place in places where !Task.isCancelled { await self?.automate(place) }
                    await time.wait(.seconds(2))
                }
            })
    }

    /// Longest time until what is waited for is looked at again, and what is not known to end.
    private static let lookAgain = Milliseconds.seconds(10)

    /// Decides and carries out one step of one environment.
    func automate(_ place: Place) async {
        guard let wish = Automation.wish(of: place, on: board) else { return }
        let release: Release
        switch wish {
        case .decided(let decision): return await carryOut(decision, nil, at: place, silentSince: nil)
        case .plan(let wanted): release = wanted
        }
        let earlier = board.automation[place]
        let now = time.now()
        if earlier?.digest == release.digest, let next = automationLooks[place], now < next { return }
        let answer = await plan(PromotionRequest(place: place, digest: release.digest))
        let silentSince = Automation.isSilent(answer) ? earlier?.silentSince ?? now : nil
        let decision = Automation.decide(
            release, at: place, on: board, answer, silentSince: silentSince, now: time.now())
        automationLooks[place] = min(decision.until ?? now + Self.lookAgain, now + Self.lookAgain)
        await carryOut(decision, release, at: place, silentSince: silentSince, answer.plan)
    }

    private func carryOut(
        _ decision: Automation.Decision, _ release: Release?, at place: Place, silentSince: Timestamp?,
        _ plan: PromotionPlan? = nil
    ) async {
        let earlier = board.automation[place]
        if earlier?.decision != decision || earlier?.digest != release?.digest || earlier?.silentSince != silentSince {
            let since = earlier?.decision == decision ? earlier?.since ?? time.now() : time.now()
            show(
                .automation(
                    place,
                    AutomationOutlook(digest: release?.digest, decision: decision, since: since, silentSince: silentSince)))
        }
        var wanted: Call?
        switch decision {
        case .start(_, let reason):
            guard let plan, case .refused(let objections) = await start(.init(plan: plan, reason: reason), by: identity) else {
                break
            }
            logger.info(
                "not started automatically", metadata: ["place": "\(place)", "reason": "\(objections.first?.reason ?? "")"])
        case .stop(let cause, let reason): await stop(cause, reason, at: place)
        case .call(let call): wanted = call
        case .wait, .rest: break
        }
        for subject in [Call.Subject.access, .candidate, .firstRelease]
        where subject != .access || silentSince == nil || wanted != nil {
            await settle(subject, wanted?.subject == subject ? wanted : nil, at: place, closing: "it is so no longer")
        }
    }

    private func stop(_ cause: AutomationHalt.Cause, _ reason: SafeText, at place: Place) async {
        do {
            try await record(.automation(.stopped(cause, reason: reason)), by: identity, place: place)
        } catch {
            logger.warning("a stop was not recorded", metadata: ["place": "\(place)", "error": "\(error)"])
        }
        await settle(.drift, Automation.driftCall(reason, at: place), at: place, closing: "")
    }

    /// A person stops the automation of an environment, or lets it go on.
    func tellAutomation(_ event: AutomationEvent, at place: Place, by account: Account) async -> Answer {
        guard let environment = board.service(place.service)?.environment(place.environment) else {
            return .refused([.init(.unknownPlace, "there is no \(place)", remedy: "see baton status")])
        }
        guard environment.policy.promotion == .automatic else {
            return .refused([
                .init(.changed, "\(place) is not promoted automatically", remedy: "write promote: automatic in the configuration")
            ])
        }
        do {
            try await record(.automation(event), by: account, place: place)
            automationLooks[place] = nil
            return .accepted
        } catch {
            return .broken("\(error)")
        }
    }
}

extension Automation.Decision {
    fileprivate var until: Timestamp? {
        if case .wait(let until, _) = self { until } else { nil }
    }
}
