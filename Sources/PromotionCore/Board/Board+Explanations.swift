extension Board {
    /// Everything of a service that waits, is blocked or needs somebody, in the order of its path.
    /// - Parameter only: one environment; nil for all of them.
    package func explanations(of service: Service, in only: EnvironmentName? = nil, at now: Timestamp) -> [Explanation] {
        let environments = service.path.filter { only == nil || $0.name == only }
        return alarms + unread(service, in: only) + environments.flatMap { explanations(of: service, in: $0, at: now) }
    }

    private var alarms: [Explanation] {
        guard let alarm else { return [] }
        return [
            Explanation(
                .alarm, at: nil, predicate: "the agent can write its ledger", values: alarm,
                authorities: [.outside("whoever runs \(agent.host)")], remedy: "mend it: until then nothing is changed")
        ]
    }

    private func explanations(of service: Service, in environment: Environment, at now: Timestamp) -> [Explanation] {
        let place = Place(service.name, environment.name)
        let ledger = projection.services[service.name] ?? ServiceProjection()
        let known = ledger.environments[environment.name] ?? EnvironmentProjection()
        let promotions = [ledger.running(in: environment.name), ledger.waiting(in: environment.name)].compactMap(\.self)
        let lines =
            promotions.flatMap { explanations(of: $0, at: now) } + next(service, place, ledger, at: now)
            + freezes(environment, place, at: now) + decisions(known, place, at: now) + drift(service, place)
            + debts(known, environment, place)
        var seen: Set<SafeText> = []
        return lines.filter { seen.insert($0.values).inserted }
    }

    /// What stands against the release that could come next, where nothing is under way.
    private func next(_ service: Service, _ place: Place, _ ledger: ServiceProjection, at now: Timestamp) -> [Explanation] {
        guard ledger.active(in: place.environment) == nil, let upstream = service.upstream(of: place.environment),
            let release = ledger.environments[upstream.name]?.serving?.release
        else { return [] }
        return objections(to: release, into: place, of: service, at: now).filter { $0.kind != .alreadyRuns }
            .map { Explanation($0, at: place) }
    }

    /// What stands against a promotion as far as this board knows; the agent asks registry and target anew.
    package func objections(to release: Release, into place: Place, of service: Service, at now: Timestamp) -> [Objection] {
        let ledger = projection.services[service.name] ?? ServiceProjection()
        var lookup = PlanningSnapshot.Lookup.found(release)
        // What the registry cannot be asked about just now is not ready.
        if case .unknown(let cause, _)? = candidateLooks[service.name]?.tags,
            service.source(of: place.environment) == service.home
        {
            lookup = .unreadable(Fault(.broke, cause))
        }
        let snapshot = PlanningSnapshot(
            takenAt: now, service: service, projection: ledger, lookup: lookup, observation: observations[place],
            lease: .known(ledger.active(in: place.environment)?.lease, at: now), freezes: projection.freezes)
        return PromotionPlan.make(PromotionRequest(place: place, digest: release.digest), snapshot).objections
    }

    private func freezes(_ environment: Environment, _ place: Place, at now: Timestamp) -> [Explanation] {
        let all = Freezes(rules: environment.policy.freezes, byHand: projection.freezes.filter { $0.scope.covers(place) })
        return all.inForce(at: now).map { freeze in
            Explanation(
                .freeze, at: place, predicate: "no freeze is in force",
                values: "frozen: \(freeze.reason)\(freeze.by.map { ", put on by \($0.name)" } ?? ", by the configuration")",
                earliest: freeze.until, authorities: [.time, .role(.approver)],
                remedy: freeze.by == nil ? "wait, or override it: baton override" : "wait, or lift it: baton unfreeze")
        }
    }

    /// What people decided by hand: pin, lease, debts, vetoes.
    private func decisions(_ known: EnvironmentProjection, _ place: Place, at now: Timestamp) -> [Explanation] {
        let pin = known.pin.map { pin in
            Explanation(
                .pin, at: place, predicate: "the environment may take another image",
                values: "pinned to \(pin.digest.short()) by \(pin.by.name) since \(pin.since): \(pin.reason)",
                authorities: [.role(.approver)], remedy: "unpin it: baton unpin")
        }
        let debts = known.overrides.map { override in
            Explanation(
                .override, at: place, predicate: "override \(override.number) is closed", values: override.words(at: now),
                authorities: [.person(override.owner), .role(.approver)],
                remedy: "settle it, then: baton override close \(override.number)")
        }
        let vetoes = known.vetoes.suffix(3).map { veto in
            Explanation(
                .veto, at: place, predicate: "no veto is on \(veto.digest.short())",
                values: "vetoed since \(veto.since) (\(veto.source)): \(veto.reason)", authorities: [.role(.approver)],
                remedy: "promote a newer release, or lift it: baton veto lift")
        }
        let lease = known.lease.flatMap { lease in
            lease.isByHand && lease.holds(at: now)
                ? Explanation(
                    .lease, at: place, predicate: "the lease of the environment is free",
                    values: "\(lease.holder.owner.name) holds it by hand: \(lease.holder.reason)", earliest: lease.expires,
                    authorities: [.time, .person(lease.holder.owner.name)],
                    remedy: "wait, or ask \(lease.holder.owner.name): baton unlock \(place.service) \(place.environment)") : nil
        }
        return [pin, lease].compactMap(\.self) + debts + vetoes
    }

    private func debts(_ known: EnvironmentProjection, _ environment: Environment, _ place: Place) -> [Explanation] {
        known.debts.map { pointer in
            Explanation(
                .pointer, at: place, predicate: "tag \(pointer.tag) names \(pointer.digest.short())",
                values: "\(pointer.words), owed by promotion \(pointer.promotion)", authorities: [.role(.operator)],
                remedy: pointer.remedy(among: environment.pointerTags) ?? "nothing: it is made by itself")
        }
    }

    private func drift(_ service: Service, _ place: Place) -> [Explanation] {
        rows(of: service).filter { $0.place == place }.flatMap { row in
            row.drift.map { drift in
                Explanation(
                    .drift, at: place, predicate: "what runs is what was put there", values: "\(row.slot): \(drift.sentence)",
                    authorities: [.role(.operator)], remedy: "find out who changed it; promote or roll back puts it right")
            }
        }
    }
}
