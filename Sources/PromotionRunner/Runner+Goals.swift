internal import Logging
internal import PromotionCore

extension Runner {
    /// Goals of one environment that are looked for before it is said that there is none.
    private static let goalLimit = 5
    /// An unchanged proof is shown again after this time, so that screens can say how fresh it is.
    private static let proofRefresh = Milliseconds.minutes(2)

    /// Proves again, in the background, that a rollback would find what it needs; a person is called where it would not.
    func proveGoals(of place: Place) async {
        guard let wiring = wirings[place.service], let environment = wiring.service.environment(place.environment) else { return }
        if let last = goalLooks[place], time.elapsed < last + wiring.rounds.goals { return }
        goalLooks[place] = time.elapsed
        let ledger = board.projection.services[place.service] ?? ServiceProjection()
        let live = board.seen(at: place).live(else: nil)
        let resort = ledger.lastResort(in: place.environment, live: live)?.left.release
        let goals = ledger.rollbackGoals(of: place.environment, live: live) + [resort].compactMap(\.self)
        var looks: [GoalLook] = []
        for goal in goals.prefix(Self.goalLimit) {
            let home = wiring.home(of: environment.name)
            let answer = await Reading(time.now) { () throws(Fault) in try await home.holding(of: goal.digest) }
            let earlier = board.goalLooks[place]?.first { $0.digest == goal.digest }
            let look = GoalLook(goal.digest, answer: answer, for: environment.platform)
            looks.append(GoalLook.keep(look, over: earlier))
            if !look.presence.isGone { break }
        }
        if isNews(looks, at: place) { show(.goals(place, looks)) }
        guard ledger.active(in: place.environment) == nil else { return }
        switch board.wayBackCall(at: place) {
        case .known(let call, _): await settle(.wayBack, call, at: place, closing: "there is a way back again")
        case .unknown: return
        }
    }

    private func isNews(_ looks: [GoalLook], at place: Place) -> Bool {
        let known = board.goalLooks[place] ?? []
        guard known.map(\.digest) == looks.map(\.digest), known.map(\.presence) == looks.map(\.presence) else { return true }
        guard let old = known.first, let new = looks.first else { return false }
        // Also where the wall clock was set back meanwhile.
        return !(Milliseconds.zero..<Self.proofRefresh).contains(new.at - old.at)
    }

    /// Makes the open call about a subject the one that is wanted: called once, closed when it is so no longer.
    func settle(_ subject: Call.Subject, _ wanted: Call?, at place: Place, closing reason: SafeText) async {
        let state = board.projection.services[place.service]?.environments[place.environment]?.automation
        let open = state?.call(subject)?.call
        do {
            if let wanted, wanted.digest != open?.digest || open == nil {
                try await record(.automation(.called(wanted)), by: identity, place: place)
            } else if wanted == nil, open != nil {
                try await record(.automation(.callClosed(subject, reason: reason)), by: identity, place: place)
            }
        } catch {
            logger.warning("a call was not recorded", metadata: ["place": "\(place)", "error": "\(error)"])
        }
    }
}
