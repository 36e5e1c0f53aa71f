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
