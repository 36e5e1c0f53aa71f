extension Planning {
    /// Every condition of a promotion, met or not.
    var promotionConditions: [Condition] {
        let conditions: [Condition?] = [
            whole, copied, tagNote, tested, soaked, notFrozen, notPinned, notVetoed, notRunning, notBusy, inTurn, observable,
            platformOffered,
            liveHealthy, coldWayBack,
            pointersAgree,
        ]
        return (conditions.compactMap(\.self) + imageConditions + [approved].compactMap(\.self)).map(overridden)
    }

    /// A rollback skips soak, evidence and health; it must only be able to reach its goal.
    var rollbackConditions: [Condition] { [observableSwitch, rollbackSlot, owed].compactMap(\.self) }

    /// Whether the digest is that of a whole image; what was tested was never a part of one alone.
    private var whole: Condition? { snapshot.part.map { Condition("image", .unmet($0.objection)) } }

    /// What has to be known of the release's name: its tag names another image by now, or named another before.
    private var tagNote: Condition? {
        if let lost = snapshot.projection.lostTag(of: release.digests) {
            return Condition("tag", .noted("\(lost.words(seenFrom: now)); this plan is for \(lost.from.short())"))
        }
        return snapshot.projection.gainedTag(of: release.digests).map { gained in
            Condition("tag", .noted("\(gained.words(seenFrom: now)); nothing of \(gained.from.short()) counts for it"))
        }
    }

    /// What is done first where the environment has a home of its own; that it works is shown by doing it.
    private var copied: Condition? {
        let service = snapshot.service
        guard service.copies(into: environment.name) else { return nil }
        let (source, home) = (service.source(of: environment.name), service.home(of: environment.name))
        return Condition("copy", .met("from \(source) to \(home) before anything changes, the digest the same"))
    }

    /// One slot holds one release: going back, and what an aborted try leaves, is never warm there.
    private var coldWayBack: Condition? {
        guard !environment.strategy.hasIdleSlot, let live else { return nil }
        return Condition("way back", .met("cold: one slot, so \(live.release.digest.short()) is deployed again first"))
    }

    private var notRunning: Condition? {
        guard let live, release.digests.contains(live.release.digest) else { return nil }
        return Condition(
            "change",
            .unmet(
                .init(
                    .alreadyRuns, "\(environment.name) already serves \(release.digest.short()) in \(live.slot)",
                    remedy: "there is nothing to promote")))
    }

    private var notBusy: Condition {
        if let joint = snapshot.joint {
            return Condition(
                "lease",
                .unmet(
                    .init(
                        .busy, "joint release \(joint) holds \(environment.name)",
                        remedy: "wait for its end, or undo it: baton joint undo \(joint)")))
        }
        if let active = snapshot.projection.running(in: environment.name), active.number != snapshot.asker {
            return Condition(
                "lease",
                .unmet(
                    .init(
                        .busy,
                        "promotion \(active.number) by \(active.startedBy) is \(active.state.words) in \(environment.name)",
                        remedy: "wait for its end, or abort it")))
        }
        let held: Lease?
        switch snapshot.lease {
        case .known(let lease, _): held = lease
        case .unknown(let cause, _):
            return Condition(
                "lease",
                .unmet(
                    .init(
                        .unobservable, "whether \(environment.name) is free cannot be read: \(cause)",
                        remedy: "the store of leases must answer before anything is promoted")))
        }
        if let lease = held, lease.expires > now, !isBeingGivenBack(lease) {
            return Condition(
                "lease",
                .unmet(
                    .init(
                        .busy, "\(lease.holder.owner) holds \(environment.name): \(lease.holder.reason)",
                        remedy: lease.isByHand
                            ? "ask \(lease.holder.owner) for baton unlock, or wait until \(lease.expires.clock) UTC"
                            : "wait until \(lease.expires.clock) UTC",
                        earliest: lease.expires)))
        }
        return Condition("lease", .met("free, taken at the start"))
    }

    /// Whether a lease is one of a promotion that has ended: it is free in a moment.
    private func isBeingGivenBack(_ lease: Lease) -> Bool {
        guard let holder = lease.holder.promotion else { return false }
        return holder == snapshot.asker || snapshot.projection.promotion(holder)?.hasEnded ?? false
    }

    var observable: Condition {
        guard let observation = snapshot.observation else {
            return Condition(
                "target",
                .unmet(
                    .init(
                        .unobservable, "\(environment.name) cannot be observed",
                        remedy: "what runs must be known before it is changed")))
        }
        guard projection.generation > 0 else {
            return Condition(
                "target",
                .unmet(
                    .init(
                        .unobservable, "what runs in \(environment.name) was never seen whole",
                        remedy: "target, switch and registry must answer; it is then adopted by itself")))
        }
        guard environment.idleSlot(live: liveSlot) != nil else {
            return Condition(
                "slot", .unmet(.init(.noIdleSlot, "\(environment.name) has no idle slot", remedy: "configure two slots")))
        }
        if environment.slots.count > 1 {
            switch observation.routing {
            case .unknown(let cause, _):
                return Condition(
                    "routing",
                    .unmet(
                        .init(
                            .routingUnclear, "the switch of \(environment.name) does not answer: \(cause)",
                            remedy: "start it, then plan again")))
            case .known(let routing, _) where routing.live == nil:
                return Condition(
                    "routing",
                    .unmet(
                        .init(
                            .routingUnclear, "traffic in \(environment.name) is mixed",
                            remedy: "roll back, so that one slot takes all of it")))
            case .known: break
            }
        }
        for slot in environment.slots where slot != live?.slot {
            guard case .unknown(let cause, _) = observation.slot(slot) else { continue }
            return Condition(
                "slot",
                .unmet(
                    .init(
                        .unobservable, "what runs in \(slot) cannot be seen: \(cause)",
                        remedy: "the target must answer before anything is promoted")))
        }
        return Condition("target", .met("observed at \(observation.at.clock)"))
    }

    var platformOffered: Condition {
        guard release.digests.offers(environment.platform) else {
            return Condition(
                "platform",
                .unmet(
                    .init(
                        .platform, "\(release.digest.short()) does not offer \(environment.platform)",
                        remedy: "build it for that platform, or bring that platform to the registry if a mirror left it out")))
        }
        return Condition("platform", .met("\(environment.platform)"))
    }

    private var liveHealthy: Condition? {
        guard let live, let observation = snapshot.observation else { return nil }
        let seen: SlotObservation
        switch observation.slot(live.slot) {
        case .known(let look, _): seen = look
        case .unknown(let cause, _):
            return Condition(
                "live",
                .unmet(
                    .init(
                        .unhealthy, "\(live.slot) is not healthy before the change: \(cause)",
                        remedy: "mend or roll back first (R)")))
        }
        if let stranger = seen.instances.compactMap(\.self).first(where: { !live.release.digests.contains($0) }) {
            return Condition(
                "live",
                .unmet(
                    .init(
                        .drifted, "\(live.slot) runs \(stranger.short()), the ledger put \(live.release.digest.short()) there",
                        remedy: "find out who changed it, and roll back (R)")))
        }
        switch seen.health {
        case .healthy: return Condition("live", .met("\(live.slot) is healthy now"))
        case .unhealthy(let reason), .unknown(let reason):
            return Condition(
                "live",
                .unmet(
                    .init(
                        .unhealthy, "\(live.slot) is not healthy before the change: \(reason)",
                        remedy: "mend or roll back first (R)")))
        case .starting, .empty:
            return Condition(
                "live",
                .unmet(
                    .init(
                        .unhealthy, "\(live.slot) does not serve before the change",
                        remedy: "wait until it is ready, or roll back (R)")))
        }
    }

    /// What the pointer says must be what the ledger put there, or nobody knows what is being replaced.
    private var pointersAgree: Condition? {
        let pointers: [Tag: Digest]
        switch snapshot.observation?.pointers {
        case .known(let read, _)?: pointers = read
        case let unread:
            let cause: SafeText = if case .unknown(let cause, _)? = unread { ": \(cause)" } else { "" }
            return Condition(
                "pointers",
                .unmet(
                    .init(
                        .unobservable, "the pointer tags cannot be read\(cause)",
                        remedy: "the registry must answer before anything is promoted")))
        }
        let own = Tag(pointerOf: environment.name)
        guard let expected = projection.pointers[own], pointers[own] != expected, !isPaid(own, pointers[own]) else { return owed }
        let observed: SafeText = pointers[own].map { "\($0.short())" } ?? "nothing"
        return Condition(
            "pointers",
            .unmet(
                .init(
                    .pointerDrift, "tag \(own) names \(observed), the ledger put \(expected.short()) there",
                    remedy: "find out who moved it; put it back, or: baton pointer adopt")))
    }

    /// Whether a tag that is owed names what it should by now.
    private func isPaid(_ tag: Tag, _ observed: Digest?) -> Bool {
        projection.owed[tag].map { $0.digest == observed } ?? false
    }

    /// What earlier promotions could not make tags name: this one moves the same tags, and may meet the same refusal.
    private var owed: Condition? {
        let debts = projection.debts
        guard let first = debts.first else { return nil }
        let more: SafeText = debts.count > 1 ? "; \(debts.count - 1) more" : ""
        let remedy: SafeText = first.remedy(among: environment.pointerTags).map { "; \($0)" } ?? ""
        return Condition("pointers", .met("owed by promotion \(first.promotion): \(first.words)\(remedy)\(more)"))
    }

    private var observableSwitch: Condition {
        if environment.slots.count == 1 { return Condition("routing", .met("answers")) }
        if case .known? = snapshot.observation?.routing { return Condition("routing", .met("answers")) }
        return Condition(
            "routing",
            .unmet(
                .init(
                    .routingUnclear, "the switch of \(environment.name) does not answer",
                    remedy: "start it, then press R again")))
    }

    private var rollbackSlot: Condition {
        guard (warmSlot ?? environment.idleSlot(live: liveSlot)) != nil else {
            return Condition(
                "slot",
                .unmet(.init(.noIdleSlot, "\(environment.name) has no slot to roll back in", remedy: "configure two slots")))
        }
        let warmth: SafeText =
            switch warmth {
            case .known(.some, _): "warm"
            case .known(nil, _): "cold"
            case .unknown(let cause, _): "? warm or cold: \(cause)"
            }
        return Condition("goal", .met("\(release.digest.short()) \(warmth)"))
    }
}
