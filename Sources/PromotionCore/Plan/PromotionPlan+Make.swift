extension PromotionPlan {
    /// Makes the plan of a promotion, or every reason against it at once. A dry run is the same call.
    package static func make(_ request: PromotionRequest, _ snapshot: PlanningSnapshot) -> PlanAnswer {
        guard let environment = snapshot.service.environment(request.place.environment) else {
            let known = snapshot.service.path.map(\.name.text).joined(separator: ", ")
            return refuse(
                "environment",
                .init(
                    .unknownPlace, "\(request.place.service) has no environment \(request.place.environment)",
                    remedy: "it has \(SafeText(known))"))
        }
        guard case .found(let release) = snapshot.lookup else {
            return refuse("image", imageObjection(request, snapshot.lookup))
        }
        let planning = Planning(environment: environment, release: release, snapshot: snapshot)
        return PlanAnswer(plan: planning.promotion(), conditions: planning.promotionConditions)
    }

    /// Makes the plan of a rollback, or every reason against it.
    /// - Parameter goal: the release that a person chose; nil for the goal that was computed in advance.
    package static func makeRollback(of place: Place, to goal: Digest? = nil, _ snapshot: PlanningSnapshot) -> PlanAnswer {
        guard let environment = snapshot.service.environment(place.environment) else {
            return refuse(
                "environment",
                .init(
                    .unknownPlace, "\(place.service) has no environment \(place.environment)", remedy: "see baton status"))
        }
        let unseen: SafeText = "\(environment.name) cannot be observed"
        let seen =
            snapshot.observation
            ?? EnvironmentObservation(
                at: snapshot.takenAt, slots: [:], routing: .unknown(unseen, since: snapshot.takenAt),
                pointers: .unknown(unseen, since: snapshot.takenAt))
        let found: Release
        switch snapshot.projection.rollbackGoal(
            goal, in: environment, live: seen.live(else: nil), seen: seen, gone: snapshot.gone)
        {
        case .known(let release?, _): found = release
        case .known(nil, _):
            return refuse(
                "goal",
                .init(
                    .noGoal, "\(place) has no earlier release that succeeded and is not vetoed",
                    remedy: "promote a tested release instead"))
        case .unknown(let cause, _):
            return refuse(
                "goal",
                .init(
                    .unobservable, "whether a slot of \(place) still runs an earlier release cannot be seen: \(cause)",
                    remedy: "the target must answer; then press R again"))
        }
        let planning = Planning(environment: environment, release: found, snapshot: snapshot)
        return PlanAnswer(plan: planning.rollback(), conditions: planning.rollbackConditions)
    }

    private static func refuse(_ name: SafeText, _ objection: Objection) -> PlanAnswer {
        PlanAnswer(plan: nil, conditions: [Condition(name, .unmet(objection))])
    }

    private static func imageObjection(_ request: PromotionRequest, _ lookup: PlanningSnapshot.Lookup) -> Objection {
        let name: SafeText = request.digest.map { "\($0)" } ?? "the wanted digest"
        switch lookup {
        case .unreadable(let fault):
            let short: SafeText = request.digest.map { "\($0.short(12))" } ?? name
            let remedy: SafeText =
                fault.kind == .refused
                ? "put right what the registry says, or name another image; nothing changed"
                : "try again once the registry answers; nothing changed"
            return .init(.unreadableImage, "\(short) cannot be read: \(fault.reason)", remedy: remedy)
        case .absent:
            return .init(.unknownImage, "\(name) is not in the registry", remedy: "push it, or name a digest that is there")
        case .found, .notAsked:
            return .init(
                .noDigest, "no digest was named, and nothing serves upstream of \(request.place.environment)",
                remedy: "name one with --digest")
        }
    }
}

/// One planning: an environment, a release and a snapshot, and what follows from them.
struct Planning {
    let environment: Environment
    let release: Release
    let snapshot: PlanningSnapshot
    let form: PlanForm

    init(environment: Environment, release: Release, snapshot: PlanningSnapshot) {
        form = snapshot.asker.flatMap { snapshot.projection.promotion($0) }?.plan.form ?? .current
        self.environment = environment.read(as: form)
        self.release = release
        self.snapshot = snapshot
    }

    var place: Place { Place(snapshot.service.name, environment.name) }
    var projection: EnvironmentProjection { snapshot.projection.environments[environment.name] ?? EnvironmentProjection() }

    /// What serves, as the ledger knows it, with the slot that the switch says takes the traffic.
    var live: Occupant? {
        let slot = environment.strategy == .replace ? environment.slots.first : liveSlot
        guard let slot, let held = projection.slots[slot] else { return nil }
        return Occupant(slot: slot, release: held.release)
    }

    var liveSlot: SlotName? { snapshot.observation.map { $0.live(else: projection.live) } ?? projection.live }

    func promotion() -> PromotionPlan? {
        guard let slot = environment.idleSlot(live: liveSlot) else { return nil }
        return plan(
            .promotion, from: snapshot.service.upstream(of: environment.name)?.name, slot: slot,
            replaced: slot == live?.slot ? nil : projection.slots[slot]?.release ?? returning(to: slot),
            finalTag: finalTag)
    }

    /// The tag that a success at the end of the path sets; nil elsewhere.
    var finalTag: Tag? {
        snapshot.service.isLast(environment.name) ? release.tag.flatMap(snapshot.service.tags.finalTag) : nil
    }

    /// The release that is on its way back into a slot: the plan is the same once it is there.
    private func returning(to slot: SlotName) -> Release? { projection.dueSlot.flatMap { $0.slot == slot ? $0.release : nil } }

    func rollback() -> PromotionPlan? {
        guard let slot = warmSlot ?? environment.idleSlot(live: liveSlot) else { return nil }
        return plan(.rollback, from: nil, slot: slot, replaced: nil, finalTag: nil)
    }

    /// The slot that already runs the release and does not serve, as far as that could be seen.
    var warmth: Reading<SlotName?> {
        guard let seen = snapshot.observation else {
            return .unknown("\(environment.name) cannot be observed", since: snapshot.takenAt)
        }
        return snapshot.projection.warmSlot(for: release, in: environment, live: liveSlot, seen: seen)
    }

    /// The slot that was seen to run the release already; a rollback that does not know of one deploys it, which changes nothing
    /// in a slot that runs it.
    var warmSlot: SlotName? {
        switch warmth {
        case .known(let slot, _): slot
        case .unknown: nil
        }
    }

    /// - Parameter undoes: the rollback that it undoes: nobody is asked again, and traffic moves in one change.
    func plan(
        _ kind: PromotionPlan.Kind, from: EnvironmentName?, slot: SlotName, replaced: Release?, finalTag: Tag?,
        undoes: PromotionNumber? = nil
    ) -> PromotionPlan {
        let service = snapshot.service
        let home = service.home(of: environment.name)
        let isNew = kind == .promotion && undoes == nil
        let isCopied = isNew && service.copies(into: environment.name)
        return PromotionPlan(
            kind: kind, place: place, from: from, strategy: environment.strategy,
            steps: isNew && live != nil ? environment.steps : [], repository: home.repository,
            registry: home.registry, source: isCopied ? service.source(of: environment.name) : nil, release: release, slot: slot,
            live: live, replaced: replaced, pointers: pointers(slot: slot), finalTag: finalTag,
            checks: checks, timing: environment.timing, switching: undoes == nil ? environment.policy.switching : .automatic,
            onInconclusive: environment.policy.onInconclusive, approval: isNew ? environment.policy.approval : nil,
            routing: routing, generation: projection.generation, policyVersion: environment.version, undoes: undoes)
    }

    private func pointers(slot: SlotName) -> [PointerStep] {
        // A promotion whose tags could not be read is refused; a rollback goes without the condition on what they name.
        let seen: [Tag: Digest] =
            switch snapshot.observation?.pointers {
            case .known(let pointers, _)?: pointers
            case .unknown?, nil: projection.pointers
            }
        let own = Tag(pointerOf: environment.name)
        let slotTag = environment.slots.count > 1 ? Tag(pointerOf: environment.name, slot: slot) : nil
        return [slotTag.map { PointerStep(tag: $0, from: seen[$0], to: release.digest, slot: slot) }].compactMap(\.self)
            + [PointerStep(tag: own, from: seen[own], to: release.digest, slot: nil)]
    }

    /// How traffic goes: as the switch says, else as the ledger says.
    private var routing: Routing? {
        switch snapshot.observation?.routing {
        case .known(let routing, _)?: routing
        case .unknown?, nil: projection.split
        }
    }

    /// A rollback is verified by the live checks, but for signals: no traffic of its own is needed for one.
    private var checks: [CheckSpecification] {
        let own = environment.checks
        let all = own.contains { $0.kind == .runningDigest } ? own : [.runningDigest] + own
        return form == .first ? all : all.map(\.verifyingRollbacks)
    }
}

extension Environment {
    /// Names this exact configuration.
    package var version: Digest { CanonicalJSON.digest(of: self) }
}
