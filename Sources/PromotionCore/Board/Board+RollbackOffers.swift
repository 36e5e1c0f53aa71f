extension Board {
    /// Goals besides the first that are offered one after the other; a command names any of them.
    private static let alternativeLimit = 2

    /// What can be done about what serves in an environment now: what is offered first stands in front. Never empty.
    package func rollbackOffers(of place: Place) -> [RollbackOffer] {
        guard let looked = RollbackScene(place, on: self) else {
            return [RollbackOffer(place, refusing: "\(place) is not configured")]
        }
        guard let active = looked.active else { return looked.goals(limit: 1 + Self.alternativeLimit) }
        if active.plan.kind == .rollback { return [looked.retry(active)] }
        if active.isCommitted || active.state == .rollbackFailed { return [looked.takeBack(active)] }
        let (stop, back) = (looked.stop(active), looked.goals(limit: 1))
        guard looked.complaint == nil || back.allSatisfy({ $0.effect == nil }) else { return back + [stop] }
        return [stop] + back.filter { $0.effect != nil }
    }

    /// The offer to do exactly this; `nil` if it cannot be done, or not any more.
    package func rollbackOffer(_ effect: RollbackOffer.Effect, at place: Place) -> RollbackOffer? {
        if let offered = rollbackOffers(of: place).first(where: { $0.effect == effect }) { return offered }
        guard case .goBack(let digest) = effect else { return nil }
        return rollbackOffer(to: digest, at: place)
    }

    /// The offer to go back to a goal that a person chose; `nil` if it is none.
    package func rollbackOffer(to digest: Digest, at place: Place) -> RollbackOffer? {
        guard let looked = RollbackScene(place, on: self) else { return nil }
        guard let active = looked.active, active.plan.kind == .rollback || active.isCommitted || active.state == .rollbackFailed
        else { return looked.goals(limit: .max).first { $0.effect == .goBack(to: digest) } }
        return rollbackOffers(of: place).first { $0.goal?.release.digest == digest }
    }

    /// The goal of a rollback of this place, now.
    package func rollback(of place: Place) -> RollbackReadiness {
        if let offer = rollbackOffers(of: place).first(where: { $0.effect?.movesTraffic ?? false }) { return offer.readiness }
        return RollbackScene(place, on: self)?.goals(limit: 1).first?.readiness ?? .none(reason: "\(place) is not configured")
    }

    /// The slot that takes the traffic: as the switch says, else as the ledger does.
    package func servingSlot(of place: Place) -> SlotName? {
        service(place.service)?.environment(place.environment).flatMap { servingSlot(of: $0, at: place) }
    }

    fileprivate func servingSlot(of environment: Environment, at place: Place) -> SlotName? {
        let ledger = projection.services[place.service]?.environments[place.environment]
        guard environment.strategy.hasIdleSlot else { return ledger?.live }
        return seen(at: place).live(else: ledger?.live)
    }
}

extension RollbackOffer {
    /// An offer that nothing can be done.
    init(_ place: Place, refusing reason: SafeText) {
        self.init(
            place: place, serving: nil, complaint: nil, effect: nil, readiness: .none(reason: reason), underWay: nil,
            rejected: nil,
            lastResort: nil)
    }
}

/// One environment with what is known of it, and what can be offered there.
private struct RollbackScene {
    let place: Place
    let environment: Environment
    let ledger: ServiceProjection
    let board: Board
    let live: SlotName?
    let serving: Occupant?

    init?(_ place: Place, on board: Board) {
        guard let environment = board.service(place.service)?.environment(place.environment) else { return nil }
        self.place = place
        self.environment = environment
        self.board = board
        ledger = board.projection.services[place.service] ?? ServiceProjection()
        live = board.servingSlot(of: environment, at: place)
        let held = ledger.environments[place.environment]?.slots ?? [:]
        let moved = ledger.active(in: place.environment).flatMap { active in
            active.isCommitted && active.plan.kind == .promotion ? active.left : nil
        }
        serving = moved ?? live.flatMap { slot in held[slot].map { Occupant(slot: slot, release: $0.release) } }
    }

    var active: Promotion? { ledger.active(in: place.environment) }

    /// What the last look found wrong with what serves.
    var complaint: SafeText? {
        guard let serving, case .known(let look, _) = board.seen(at: place).slot(serving.slot),
            case .unhealthy(let reason) = look.health
        else { return nil }
        return reason
    }

    /// What serves goes back to an earlier release; without one, why not.
    func goals(limit: Int) -> [RollbackOffer] {
        let gone = board.goneGoals(of: place)
        let last = ledger.lastResort(in: environment.name, live: live)
        let all = ledger.rollbackGoals(of: environment.name, live: live) + [last?.left.release].compactMap(\.self)
        // What the registry still has comes before what only a slot still runs.
        let offers = all.filter { !gone.contains($0.digest) }.lazy.map { offer(to: $0, lastResort: last) }
        let lostGoals = all.filter { gone.contains($0.digest) }.map { offer(to: $0, lastResort: last) }
        let kept = lostGoals.filter { $0.readiness.warmSlot != nil }
        let found = Array((Array(offers.prefix(limit)) + kept).prefix(limit))
        guard found.isEmpty else { return found }
        // A slot that could not be looked at may still run one of them; nothing else could bring it back.
        for lost in lostGoals {
            guard case .unknown(_, let cause, let since) = lost.readiness else { continue }
            return [offer(nil, .unknown(nil, cause: cause, since: since))]
        }
        let lost = all.first.map { SafeText("\($0.digest.short()) is no longer whole in the registry, and no slot runs it") }
        return [offer(nil, .none(reason: lost ?? "no earlier release succeeded here, or all are vetoed"))]
    }

    private func offer(to release: Release, lastResort: EnvironmentProjection.ManualRollback?) -> RollbackOffer {
        let ready = board.readiness(of: release, at: place, environment, ledger, live: live, without: active?.ruinedSlot)
        return offer(.goBack(to: release.digest), ready, rejected: serving?.release, lastResort: lastResort)
    }

    func stop(_ active: Promotion) -> RollbackOffer {
        if case .aborting = active.state {
            return offer(nil, .none(reason: "promotion \(active.number) is being stopped already: what serves stays"))
        }
        return offer(.stop(active.number), .none(reason: "what serves stays"))
    }

    func takeBack(_ active: Promotion) -> RollbackOffer {
        switch active.state {
        case .rollingBack, .verifyingRollback:
            return offer(nil, .none(reason: "promotion \(active.number) is being taken back already"))
        default: break
        }
        guard let goal = active.plan.goal?.release else {
            return offer(nil, .none(reason: "promotion \(active.number) is the first release here: there is none before it"))
        }
        let ready = board.readiness(of: goal, at: place, environment, ledger, live: active.plan.slot, without: nil)
        return offer(.takeBack(active.number, to: goal.digest), ready, rejected: active.plan.rejected)
    }

    /// A rollback is finished, never stopped; one that failed can be tried again.
    func retry(_ active: Promotion) -> RollbackOffer {
        guard active.state == .rollbackFailed else {
            return offer(nil, .none(reason: "rollback \(active.number) is \(SafeText(active.state.words)): it is finished first"))
        }
        return takeBack(active)
    }

    private func offer(
        _ effect: RollbackOffer.Effect?, _ readiness: RollbackReadiness, rejected: Release? = nil,
        lastResort: EnvironmentProjection.ManualRollback? = nil
    ) -> RollbackOffer {
        RollbackOffer(
            place: place, serving: serving, complaint: complaint, effect: effect, readiness: readiness,
            underWay: active.map {
                .init(number: $0.number, release: $0.plan.release, state: $0.state, isCommitted: $0.isCommitted)
            },
            rejected: rejected, lastResort: lastResort)
    }
}

extension Promotion {
    /// The slot whose release of before is gone, or about to be, because this promotion deploys there.
    fileprivate var ruinedSlot: SlotName? { plan.kind == .promotion && hasChangedSlot ? plan.slot : nil }
}
