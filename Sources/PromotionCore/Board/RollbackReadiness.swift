/// Where one key would take an environment back to, computed ahead.
package enum RollbackReadiness: Hashable, Sendable {
    /// The old slot still runs it: traffic only.
    case warm(slot: SlotName, release: Release, provedAt: Timestamp)
    /// It has to be deployed again first.
    case cold(release: Release)
    case none(reason: SafeText)

    package var release: Release? {
        switch self {
        case .warm(_, let release, _), .cold(let release): release
        case .none: nil
        }
    }
}

extension Board {
    /// The goal of a rollback of this place, now.
    package func rollback(of place: Place) -> RollbackReadiness {
        guard let service = service(place.service), let environment = service.environment(place.environment) else {
            return .none(reason: "\(place) is not configured")
        }
        let ledger = projection.services[place.service] ?? ServiceProjection()
        let seen = observations[place]
        if let active = ledger.active(in: place.environment), active.isCommitted, let goal = active.plan.goal {
            return readiness(of: goal.release, in: environment, ledger, seen, live: active.plan.slot)
        }
        guard let goal = ledger.rollbackGoal(of: place.environment, live: seen?.routing?.live) else {
            return .none(reason: "no earlier release succeeded here, or all are vetoed")
        }
        return readiness(
            of: goal, in: environment, ledger, seen, live: seen?.routing?.live ?? ledger.environments[place.environment]?.live)
    }

    private func readiness(
        of release: Release, in environment: Environment, _ ledger: ServiceProjection, _ seen: EnvironmentObservation?,
        live: SlotName?
    ) -> RollbackReadiness {
        guard let seen, let slot = ledger.warmSlot(for: release, in: environment, live: live, seen: seen) else {
            return .cold(release: release)
        }
        return .warm(slot: slot, release: release, provedAt: seen.at)
    }

    /// The environment that `R` means when nothing else is named: the end of the path.
    package func rollbackPlace(of service: Service) -> Place? {
        service.path.last.map { Place(service.name, $0.name) }
    }
}

/// What could be promoted next, and what stands against it.
package struct NextStep: Hashable, Sendable {
    package let release: Release
    package let from: EnvironmentName?
    package let to: EnvironmentName
}

extension Board {
    /// The step that a service is waiting for: the furthest one down the path whose release is not there yet.
    package func next(of service: Service) -> NextStep? {
        let ledger = projection.services[service.name]
        for (upstream, downstream) in zip(service.path, service.path.dropFirst()).reversed() {
            guard let serving = ledger?.environments[upstream.name]?.serving else { continue }
            let digests = serving.release.digests
            guard !(ledger?.evidence(for: digests, in: upstream.name).isEmpty ?? true) else { continue }
            let there = ledger?.environments[downstream.name]
            if let held = there?.serving, digests.contains(held.release.digest) { continue }
            if there?.veto(on: digests) != nil { continue }
            return NextStep(release: serving.release, from: upstream.name, to: downstream.name)
        }
        return nextCandidate(of: service)
    }

    /// The newest candidate that the first environment has not seen.
    private func nextCandidate(of service: Service) -> NextStep? {
        guard let first = service.path.first else { return nil }
        let ledger = projection.services[service.name]?.environments[first.name]
        let newest = (candidates[service.name] ?? []).first { release in
            ledger?.veto(on: release.digests) == nil && !(ledger?.succeeded.contains { $0.digest == release.digest } ?? false)
        }
        return newest.map { NextStep(release: $0, from: nil, to: first.name) }
    }
}
