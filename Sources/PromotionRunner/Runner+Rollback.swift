internal import PromotionCore

/// Rollbacks that people order, and what takes one back.
extension Runner {
    /// Does what an offer said, if it is still what would be offered.
    func rollBack(_ order: RollbackOrder, by account: Account) async -> Answer {
        if let stale = stale(order) { return await refuse(order, [stale], by: account) }
        let reason = order.reason ?? "rolled back by \(account.name)"
        let terms = RollbackTerms(by: account, vetoes: order.vetoes)
        switch order.effect {
        case .stop(let number): return await stop(number, for: order, by: account)
        case .takeBack(let number, _):
            return await tell(number, .rollbackRequested(reason: reason, terms: terms), by: account) { _ in self.stale(order) }
        case .goBack(let goal): return await goBack(to: goal, order, terms, by: account)
        }
    }

    /// Why an order no longer stands on what it was given on; `nil` while it does.
    private func stale(_ order: RollbackOrder) -> Objection? {
        let offer = board.rollbackOffer(order.effect, at: order.place)
        guard offer?.hash != order.offer else { return nil }
        let now = offer ?? board.rollbackOffers(of: order.place).first
        return Objection(
            .changed, "what was offered in \(order.place) no longer holds: \(now?.words ?? "nothing can be done there now")",
            remedy: "look again and confirm")
    }

    private func refuse(_ order: RollbackOrder, _ objections: [Objection], by account: Account) async -> Answer {
        let goal: Digest? =
            switch order.effect {
            case .stop: nil
            case .takeBack(_, let goal), .goBack(let goal): goal
            }
        return await refuse(.rollback, order.place, goal, objections, by: account)
    }

    /// Stops a promotion that has not moved traffic; one that has by now is left alone.
    private func stop(_ number: PromotionNumber, for order: RollbackOrder, by account: Account) async -> Answer {
        let reason = order.reason ?? "stopped by \(account.name) before it moved traffic"
        return await tell(number, .abortRequested(reason: reason), by: account) { _ in self.stale(order) }
    }

    private func goBack(
        to goal: Digest, _ order: RollbackOrder, _ terms: RollbackTerms, by account: Account
    ) async -> Answer {
        let place = order.place
        guard let offer = board.rollbackOffer(order.effect, at: place) else {
            return await refuse(order, [stale(order)].compactMap(\.self), by: account)
        }
        if let active = board.projection.services[place.service]?.active(in: place.environment) {
            if !active.isBeingStopped {
                let stopped = await stop(active.number, for: order, by: account)
                guard case .started = stopped else { return stopped }
            }
            await ended(active.number)
        }
        await outrank(at: place, by: account)
        let answer = await planRollback(of: place, to: goal)
        guard let plan = answer.plan else { return await refuse(order, answer.objections, by: account) }
        let isWarm = offer.readiness.warmSlot == nil || board.rollbackOffer(order.effect, at: place)?.readiness.warmSlot != nil
        guard plan.release.digest == goal, plan.live?.release.digest == offer.serving?.release.digest, isWarm else {
            let changed = Objection(
                .changed, "what serves in \(place), or what the goal takes, is no longer what was offered",
                remedy: "look again and confirm")
            return await refuse(order, [changed], by: account)
        }
        return await start(.init(plan: plan, reason: order.reason, rollback: terms), by: account)
    }

    /// The plan that undoes a rollback.
    func planUndo(of number: PromotionNumber) async -> PlanAnswer {
        guard let (place, rollback) = board.manualRollback(number) else { return noUndo(of: number) }
        guard let snapshot = await snapshot(of: place, digest: rollback.left.release.digest) else { return noUndo(of: number) }
        return PromotionPlan.makeUndo(of: rollback, at: place, snapshot)
    }

    func noUndo(of number: PromotionNumber) -> PlanAnswer {
        let objection = Objection(
            .changed, "\(number) is not the newest rollback that a person ordered in its environment",
            remedy: "promote the release again, once its veto is lifted")
        return PlanAnswer(plan: nil, conditions: [Condition("rollback", .unmet(objection))])
    }

    /// Undoes a rollback: only the person who ordered it may, and only for a while.
    func undoRollback(_ number: PromotionNumber, _ reason: SafeText?, by account: Account) async -> Answer {
        guard let (place, rollback) = board.manualRollback(number) else { return .refused(noUndo(of: number).objections) }
        let digest = rollback.left.release.digest
        if let objection = rollback.objection(toUndoBy: account, at: time.now()) {
            return await refuse(.promotion, place, digest, [objection], by: account)
        }
        let answer = await planUndo(of: number)
        guard let plan = answer.plan else { return await refuse(.promotion, place, digest, answer.objections, by: account) }
        return await start(
            .init(plan: plan, reason: reason ?? "undoes rollback \(number)", overrides: answer.overrides), by: account)
    }

    /// Waits until a promotion has ended; its own deadlines bound the wait.
    private func ended(_ number: PromotionNumber) async {
        let subscription = subscribe()
        guard subscription.board.projection.promotion(number)?.hasEnded == false else { return }
        for await _ in subscription.changes where board.projection.promotion(number)?.hasEnded ?? true { return }
    }
}

extension Promotion {
    /// Whether an abort is being carried out.
    fileprivate var isBeingStopped: Bool {
        if case .aborting = state { true } else { false }
    }
}
