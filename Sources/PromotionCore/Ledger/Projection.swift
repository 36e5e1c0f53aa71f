/// The state of everything: a fold of the ledger.
package struct Projection: Hashable, Sendable, Codable {
    /// The format of a saved projection; a change of any type in it makes it another.
    package static let format = 16

    package private(set) var head: LedgerHead = .empty
    package internal(set) var services: [ServiceName: ServiceProjection] = [:]
    /// Freezes by hand that were not lifted, oldest first; some may be over by now.
    package internal(set) var freezes: [Freeze] = []
    package private(set) var lastPromotion = PromotionNumber(0)
    package private(set) var retention: [RepositoryName: RetentionProjection] = [:]
    /// Joint releases that are under way, and the last that ended; newest last.
    package internal(set) var joints: [JointRelease] = []
    package internal(set) var lastJoint = JointNumber(0)
    /// What both clocks said when an agent last looked; `nil` before an agent kept them.
    package internal(set) var clock: ClockReading?
    /// The last step of the wall clock; `nil` if none was seen.
    package internal(set) var clockStep: ClockStep?

    package init() {}

    package var nextPromotion: PromotionNumber { PromotionNumber(lastPromotion.number + 1) }

    /// Takes the next entry.
    /// - Throws: `ChainFault` where it does not follow, `DecodingError` for an entry of a later version, `PromotionFault` for
    ///   an event that the promotion cannot take; the projection is then unchanged.
    package mutating func apply(_ entry: LedgerEntry) throws {
        try entry.prove(after: head)
        let fact = try entry.fact()
        if let place = entry.draft.place {
            var service = services[place.service] ?? ServiceProjection()
            try service.apply(fact, of: entry, at: place)
            services[place.service] = service
        }
        if case .retention(let repository, let fact) = fact {
            retention[repository, default: RetentionProjection()].apply(fact, at: entry.draft.at)
        }
        if case .policy(let fact) = fact { apply(fact, entry) }
        apply(clock: fact, entry)
        try take(fact, of: entry)
        if case .started = fact, let number = entry.draft.promotion { lastPromotion = max(lastPromotion, number) }
        head = entry.head
    }

    /// Promotions that have not ended, of all services.
    package var unfinished: [Promotion] {
        services.values.flatMap { $0.promotions.filter { !$0.hasEnded } }.sorted { $0.number < $1.number }
    }

    /// The promotion of this number, of whatever service; nil where it is no longer kept.
    package func promotion(_ number: PromotionNumber) -> Promotion? {
        services.values.lazy.compactMap { $0.promotion(number) }.first
    }
}

extension ServiceProjection {
    mutating func apply(_ fact: Fact, of entry: LedgerEntry, at place: Place) throws {
        var environment = environments[place.environment] ?? EnvironmentProjection()
        let serving = environment.serving
        switch fact {
        case .adopted(let adoption): environment.adopt(adoption, entry)
        case .readopted(let found):
            environment.readopt(found, entry)
            record(.readopted(found, entry))
            if found.cause == .contradicted { take(readoption: found, environment, at: place, entry) }
        case .started(let start): try begin(start, entry, at: place, &environment)
        case .happened(let event): try apply(event, entry, &environment)
        case .refused(let refusal): record(.refused(refusal, entry))
        case .evidence(let evidence):
            record(evidence)
            record(.evidence(evidence, entry))
        case .vetoLifted(let digest, _):
            environment.vetoes.removeAll { $0.digest == digest }
            record(.vetoLifted(digest, entry))
        default: takeBeside(fact, entry, &environment)
        }
        environment.noteOccupancy(after: serving, at: entry.draft.at)
        environments[place.environment] = environment
    }

    private mutating func begin(
        _ start: Fact.Start, _ entry: LedgerEntry, at place: Place, _ environment: inout EnvironmentProjection
    ) throws {
        guard let number = entry.draft.promotion else { return }
        try supersede(at: place, by: number, entry, &environment)
        let promotion = Promotion(number: number, start: start, by: entry.draft.actor, at: entry.draft.at)
        keep(promotion)
        take(note: promotion, from: .planned, entry)
        environment.correction = nil
        environment.spend(start.overrides, on: number)
        if entry.draft.actor.proof == .agent, start.joint == nil, start.plan.kind == .promotion {
            environment.automation.began(start.plan.release, as: number)
        }
        record(.started(start.plan, entry))
    }

    private mutating func apply(
        _ event: PromotionEvent, _ entry: LedgerEntry, _ environment: inout EnvironmentProjection
    ) throws {
        guard let number = entry.draft.promotion, var promotion = promotion(number) else { return }
        let before = promotion.state
        let waitedFor = promotion.objections
        try promotion.apply(event, at: entry.draft.at)
        keep(promotion)
        take(note: promotion, from: before, entry)
        environment.take(event, of: promotion, entry)
        environment.noteChange(by: promotion)
        if event.saysThatAllHolds { environment.spend(on: promotion, against: waitedFor, at: entry.draft.at) }
        if let line = HistoryLine.decision(event, on: promotion, entry) { record(line) }
        if case .resumed = event, promotion.isBeingCancelled { environment.automation.interrupted = number }
        finish(promotion, entry, &environment)
    }

    /// Takes what happens beside promotions: what was looked at again, written down, told, and decided by hand.
    private mutating func takeBeside(_ fact: Fact, _ entry: LedgerEntry, _ environment: inout EnvironmentProjection) {
        switch fact {
        case .verified(let verification):
            environment.verifiedAt = entry.draft.at
            take(verification, entry)
        case .recordsWritten(let records): settle(records, entry)
        case .told(let told): settle(told, at: entry.draft.at)
        case .policy(let fact):
            environment.apply(fact, entry)
            record(.policy(fact, entry, environment: entry.draft.place?.environment))
        case .pointerDrifted(let drift):
            environment.drifts[drift.tag] = drift.isOver ? nil : drift
            record(.drifted(drift, entry))
        case .owed(let event):
            environment.apply(event, entry)
            record(.owed(event, entry))
        case .pointerAdopted(let tag, let observed, _):
            environment.pointers[tag] = observed
            environment.drifts[tag] = nil
            environment.owed[tag] = nil
            record(.pointerAdopted(tag, observed, entry))
        case .tagMoved(let move):
            take(move)
            record(.moved(move, entry))
        case .passport(let result): if case .failed = result.outcome { record(.passport(result, entry)) }
        case .lease(let event):
            environment.take(event)
            record(.lease(event, entry))
        case .automation(let event):
            environment.automation.take(event, entry)
            record(.automation(event, entry))
            if let place = entry.draft.place { take(call: event, at: place, entry) }
        case .adopted, .readopted, .started, .happened, .refused, .evidence, .vetoLifted, .joint, .agentStarted, .clockStepped,
            .retention:
            break
        }
    }

    /// A start takes the turn of whatever waits in the same place, in the same fact: there are never two that wait.
    private mutating func supersede(
        at place: Place, by number: PromotionNumber, _ entry: LedgerEntry, _ environment: inout EnvironmentProjection
    ) throws {
        while var waiting = waiting(in: place.environment) {
            try waiting.apply(.superseded(by: number), at: entry.draft.at)
            keep(waiting)
            finish(waiting, entry, &environment)
        }
    }

    /// What the end of a promotion leaves behind: evidence of a success, a veto on what was rolled back.
    private mutating func finish(_ promotion: Promotion, _ entry: LedgerEntry, _ environment: inout EnvironmentProjection) {
        if promotion.state == .rollbackFailed {
            record(.alarm(promotion, entry))
            environment.automation.alarmed(by: promotion, at: entry.draft.at)
        }
        guard let outcome = promotion.state.outcome else { return }
        record(.ended(promotion, outcome, entry))
        environment.automation.ended(promotion, outcome, at: entry.draft.at)
        switch outcome {
        case .succeeded:
            environment.succeed(promotion.plan.release)
            if let undone = promotion.plan.undoes { environment.vetoes.removeAll { $0.promotion == undone } }
            if promotion.plan.undoes == environment.manualRollback?.number { environment.manualRollback = nil }
            environment.letGoOfVetoedFinalTags()
            for pointer in promotion.owed.values where pointer.isFinal { environment.owe(pointer) }
            record(
                Evidence(
                    digest: promotion.plan.release.digest, environment: promotion.plan.place.environment,
                    source: .baton(promotion.number), at: entry.draft.at, passed: promotion.plan.checks.count,
                    total: promotion.plan.checks.count, note: nil))
        case .rolledBack, .rolledBackUnverified:
            environment.note(rollback: promotion, at: entry.draft.at)
            guard promotion.vetoesWhatGoes, let rejected = promotion.plan.rejected else { return }
            environment.add(
                .init(
                    digest: rejected.digest, since: entry.draft.at, promotion: promotion.number, by: nil,
                    reason: promotion.failure?.reason ?? promotion.reason ?? "rolled back"))
        case .failed, .cancelled, .expired: environment.oweSlot(after: promotion, entry)
        case .rejected, .superseded: return
        }
    }
}

extension EnvironmentProjection {
    mutating func adopt(_ adoption: Fact.Adoption, _ entry: LedgerEntry) {
        slots = adoption.slots.mapValues { Holding(release: $0, since: entry.draft.at, promotion: nil, by: nil) }
        live = adoption.live
        liveSince = entry.draft.at
        pointers = adoption.pointers
        owedSlot = nil
        generation = entry.sequence
        let idle = adoption.slots.filter { $0.key != adoption.live }.sorted { $0.key < $1.key }
        for (_, release) in idle { succeed(release) }
        if let live, let release = adoption.slots[live] { succeed(release) }
    }

    /// Folds what an effect made true.
    mutating func take(_ event: PromotionEvent, of promotion: Promotion, _ entry: LedgerEntry) {
        switch event {
        case .leaseTaken:
            lease = nil
            return
        case .achieved(.slotRuns(let slot, let image), _): hold(image.digest, in: slot, of: promotion, entry)
        case .achieved(.slotStopped(let slot), _):
            slots[slot] = nil
            owed[Tag(pointerOf: promotion.plan.place.environment, slot: slot)] = nil
        case .achieved(.trafficOn(let slot), _):
            split = nil
            serve(slot, since: entry.draft.at)
        case .achieved(.trafficSplit(let routing), _): split = routing
        case .achieved(.pointerNames(let tag, let digest, _), _):
            pointers[tag] = digest
            drifts[tag] = nil
            owed[tag] = nil
            return
        case .pointerOwed(.pointerNames(let tag, _, _), _):
            if let pointer = promotion.owed[tag] { owe(pointer) }
            return
        case .slotObserved(let slot, let digest?) where promotion.plan.release.digests.contains(digest):
            hold(promotion.plan.release.digest, in: slot, of: promotion, entry)
        case .routingObserved(let routing):
            split = routing.live == nil ? routing : nil
            if let slot = routing.live, slot != live { serve(slot, since: entry.draft.at) } else { return }
        default: return
        }
        generation = entry.sequence
    }

    private mutating func serve(_ slot: SlotName, since: Timestamp) {
        guard live != slot else { return }
        live = slot
        liveSince = since
    }

    private mutating func hold(_ digest: Digest, in slot: SlotName, of promotion: Promotion, _ entry: LedgerEntry) {
        if owedSlot?.slot == slot { owedSlot = nil }
        let known = [promotion.plan.release] + [promotion.plan.goal?.release].compactMap(\.self)
        guard let release = known.first(where: { $0.digest == digest }) else { return }
        if !(slots[slot]?.release.digests.isSameImage(as: release.digests) ?? false) {
            slots[slot] = Holding(release: release, since: entry.draft.at, promotion: promotion.number, by: promotion.startedBy)
        }
        guard promotion.plan.strategy == .replace, live != slot || liveSince == nil else { return }
        serve(slot, since: entry.draft.at)
    }
}
