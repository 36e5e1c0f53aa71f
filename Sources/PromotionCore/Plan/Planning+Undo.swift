extension PromotionPlan {
    /// Makes the plan that undoes a rollback, or every reason against it: the release that was left takes the traffic again in
    /// the slot where it still runs, through the same gates as any promotion.
    package static func makeUndo(
        of rollback: EnvironmentProjection.ManualRollback, at place: Place, _ snapshot: PlanningSnapshot
    ) -> PlanAnswer {
        guard let environment = snapshot.service.environment(place.environment) else {
            return PlanAnswer(
                plan: nil,
                conditions: [
                    Condition("environment", .unmet(.init(.unknownPlace, "there is no \(place)", remedy: "see baton status")))
                ])
        }
        let planning = Planning(environment: environment, release: rollback.left.release, snapshot: snapshot)
        return PlanAnswer(plan: planning.undo(rollback), conditions: planning.undoConditions(rollback))
    }
}

/// Undoing a rollback that a person ordered.
extension Planning {
    func undo(_ rollback: EnvironmentProjection.ManualRollback) -> PromotionPlan? {
        guard environment.strategy.hasIdleSlot, environment.idleSlot(live: liveSlot) == rollback.left.slot else { return nil }
        return plan(
            .promotion, from: snapshot.service.upstream(of: environment.name)?.name, slot: rollback.left.slot, replaced: nil,
            finalTag: finalTag, undoes: rollback.number)
    }

    /// What an undo asks: that the release is where it was left, that its gates pass, and that nobody decided otherwise since.
    func undoConditions(_ rollback: EnvironmentProjection.ManualRollback) -> [Condition] {
        let conditions = [inItsSlot(rollback), alone, notFrozen(since: rollback.endedAt), notVetoed(but: rollback), observable]
        return conditions + ([tested] + [notPinned].compactMap(\.self) + [platformOffered] + imageConditions).map(overridden)
    }

    private func inItsSlot(_ rollback: EnvironmentProjection.ManualRollback) -> Condition {
        let (slot, release) = (rollback.left.slot, rollback.left.release)
        let remedy: SafeText = "promote it again, once its veto is lifted"
        guard environment.strategy.hasIdleSlot else {
            return Condition(
                "slot",
                .unmet(
                    .init(.changed, "\(environment.name) has one slot: what was left is no longer in it", remedy: remedy)))
        }
        guard case .known(let seen, _)? = snapshot.observation?.slot(slot) else {
            return Condition(
                "slot",
                .unmet(.init(.unobservable, "\(slot) cannot be observed", remedy: "wait until the target answers again")))
        }
        guard slot != liveSlot, projection.slots[slot]?.release.digest == release.digest, seen.runs(release.digests) else {
            return Condition(
                "slot", .unmet(.init(.changed, "\(slot) no longer runs \(release.digest.short())", remedy: remedy)))
        }
        guard seen.health == .healthy else {
            return Condition(
                "slot",
                .unmet(.init(.unhealthy, "\(release.digest.short()) in \(slot) is not healthy", remedy: "look at \(slot) first")))
        }
        return Condition("slot", .met("\(slot) still runs it"))
    }

    /// Whether no other promotion has been started since, whether it runs or waits.
    private var alone: Condition {
        guard let other = snapshot.projection.active(in: environment.name), other.number != snapshot.asker else {
            return Condition("turn", .met("no promotion was started since"))
        }
        return Condition(
            "turn",
            .unmet(
                .init(
                    .busy, "promotion \(other.number) by \(other.startedBy) is \(other.state.words) in \(environment.name)",
                    remedy: "it is newer: wait for its end, or stop it")))
    }

    private func notFrozen(since moment: Timestamp) -> Condition {
        let newer = Freezes(
            rules: freezes.rules.filter { if case .frozen = $0.state(at: moment) { false } else { true } },
            byHand: freezes.byHand.filter { $0.since >= moment })
        guard let freeze = newer.inForce(at: now).first else { return Condition("freeze", .met("none since the rollback")) }
        return Condition(
            "freeze",
            .unmet(
                .init(
                    .frozen, "\(environment.name) was frozen after the rollback: \(freeze.reason)",
                    remedy: "promote it again once the freeze is over", earliest: freeze.until)))
    }

    private func notVetoed(but rollback: EnvironmentProjection.ManualRollback) -> Condition {
        let other = projection.vetoes.last { release.digests.contains($0.digest) && $0.promotion != rollback.number }
        guard let other else { return Condition("veto", .met("none but that of rollback \(rollback.number)")) }
        return Condition(
            "veto",
            .unmet(
                .init(
                    .vetoed, "\(release.digest.short()) has another veto (\(other.source), \(other.since)): \(other.reason)",
                    remedy: "an undo lifts only the veto of its rollback: baton veto lift")))
    }
}

extension EnvironmentProjection.ManualRollback {
    /// Why a person may not undo it now; nil if they may, as far as person and time go.
    package func objection(toUndoBy account: Account, at now: Timestamp) -> Objection? {
        guard terms.by == account else {
            return Objection(
                .notApproved, "\(terms.by) ordered rollback \(number), and you are \(account)",
                remedy: "ask \(terms.by.name) for baton undo \(number), or promote the release again")
        }
        guard now < undoEnd else {
            return Objection(
                .changed, "rollback \(number) ended more than \(Self.undoTime) ago",
                remedy: "promote the release again, once its veto is lifted")
        }
        return nil
    }
}

extension Board {
    /// The rollback of this number as the newest that a person ordered in its place; nil if it is not.
    package func manualRollback(_ number: PromotionNumber) -> (place: Place, rollback: EnvironmentProjection.ManualRollback)? {
        for service in services {
            for environment in service.path {
                let known = projection.services[service.name]?.environments[environment.name]?.manualRollback
                if let known, known.number == number { return (Place(service.name, environment.name), known) }
            }
        }
        return nil
    }
}
