internal import Logging
internal import PromotionCore

extension Runner {
    /// Goes round over everything that is promoted automatically, as long as the agent lives: each service by itself, so that
    /// one that answers slowly holds up no other.
    func automate() {
        let places = board.automatedPlaces
        for service in board.services.map(\.name) {
            let own = places.filter { $0.service == service }
            guard !own.isEmpty else { continue }
            observers.append(
                Task(executorPreference: time.executor) { [weak self, time] in
                    while !Task.isCancelled {
                        for place in own where !Task.isCancelled { await self?.automate(place) }
                        await time.wait(.seconds(2))
                    }
                })
        }
    }

    /// Has environments looked at again at once after what may let them go on.
    func forgetLooks(after entry: LedgerEntry) {
        guard !automationLooks.isEmpty, let fact = try? entry.fact() else { return }
        let hasEnded = entry.draft.promotion.flatMap { board.projection.promotion($0)?.hasEnded } ?? false
        guard hasEnded || fact.mayLetAutomationGoOn else { return }
        guard let place = entry.draft.place else { return automationLooks.removeAll() }
        automationLooks = automationLooks.filter { $0.key.service != place.service }
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
        guard await isStillNamed(release, at: place) else { return }
        let answer = await plan(PromotionRequest(place: place, digest: release.digest))
        let silentSince = Automation.isSilent(answer) ? earlier?.silentSince ?? now : nil
        let decision = Automation.decide(
            release, at: place, on: board, answer, silentSince: silentSince, now: time.now())
        automationLooks[place] = min(decision.until ?? now + Self.lookAgain, now + Self.lookAgain)
        await carryOut(decision, release, at: place, silentSince: silentSince, answer)
    }

    /// Whether the tag of a candidate still names it; where CI pushed the tag again, what the registry offers is read anew, and
    /// the next round decides about that. A registry that does not answer is a matter of the plan.
    private func isStillNamed(_ release: Release, at place: Place) async -> Bool {
        guard let wiring = wirings[place.service], wiring.service.upstream(of: place.environment) == nil,
            let tag = release.tag
        else { return true }
        do throws(Fault) {
            if try await wiring.home.resolve(tag) == release.digest { return true }
        } catch {
            return true
        }
        await readCandidates(of: wiring, urgent: tag)
        return false
    }

    private func carryOut(
        _ decision: Automation.Decision, _ release: Release?, at place: Place, silentSince: Timestamp?,
        _ answer: PlanAnswer = .none
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
            guard let plan = answer.plan else { break }
            let start = Fact.Start(plan: plan, reason: reason, overrides: answer.overrides)
            guard case .refused(let objections) = await self.start(start, by: identity) else { break }
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
        // The call comes first: an agent that dies between the two still owes the stop, and then calls nobody twice.
        if let call = Automation.call(because: cause, reason, at: place) {
            await settle(call.subject, call, at: place, closing: "")
        }
        do {
            try await record(.automation(.stopped(cause, reason: reason)), by: identity, place: place)
        } catch {
            logger.warning("a stop was not recorded", metadata: ["place": "\(place)", "error": "\(error)"])
        }
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
