/// Where one key would take an environment back to, computed ahead.
package enum RollbackReadiness: Hashable, Sendable {
    /// The old slot still runs it: traffic only.
    case warm(slot: SlotName, RollbackGoal)
    /// It has to be deployed again first.
    case cold(RollbackGoal)
    /// A slot that may still run it could not be looked at. The goal is `nil` if nothing else could bring one back.
    case unknown(RollbackGoal?, cause: SafeText, since: Timestamp)
    /// There is no goal, and every look that says so succeeded.
    case none(reason: SafeText)

    package var goal: RollbackGoal? {
        switch self {
        case .warm(_, let goal), .cold(let goal): goal
        case .unknown(let goal, _, _): goal
        case .none: nil
        }
    }

    package var release: Release? { goal?.release }
}

/// The release that a rollback would bring back, with what was proved of it and how long it would take.
package struct RollbackGoal: Hashable, Sendable {
    package let release: Release
    package let proofs: [RollbackProof]
    /// From earlier promotions of this environment; nil where none was long enough ago to tell.
    package let estimate: Milliseconds?
    /// The idle slot that it is coming back to by itself, after a promotion that was stopped; the estimate is then of that.
    package var returning: SlotName?

    /// Since when everything that was proved has been; nil while something is unproved.
    package var provedAt: Timestamp? {
        let times = proofs.map { proof in if case .holds(let at) = proof.result { at } else { nil as Timestamp? } }
        return times.contains(nil) ? nil : times.compactMap(\.self).min()
    }
}

/// One thing that a rollback needs, and whether the last look found it.
package struct RollbackProof: Hashable, Sendable, Codable {
    /// What was looked for.
    package enum Subject: String, Hashable, Sendable, Codable, CaseIterable {
        /// The slot runs the goal and answers.
        case slot
        /// The switch could be read, so that traffic can be moved; looked at only in what needs nothing but traffic.
        case traffic
        /// The registry still has the digest, whole.
        case registry
        /// The image offers the environment's platform.
        case platform
    }

    /// What the look came to.
    package enum Result: Hashable, Sendable, Codable {
        case holds(Timestamp)
        case fails(Timestamp, SafeText)
        /// Nobody could look.
        case unproved(SafeText)
    }

    package let subject: Subject
    package let result: Result
}

extension Board {
    /// What was last seen of a place; if nothing was, every part of it is unknown.
    package func seen(at place: Place) -> EnvironmentObservation {
        let never: SafeText = "not looked at yet"
        return observations[place]
            ?? EnvironmentObservation(
                at: agent.since, slots: [:], routing: .unknown(never, since: agent.since),
                pointers: .unknown(never, since: agent.since))
    }

    /// How ready a release is to serve again.
    /// - Parameter lost: a slot that is not to be counted on, whatever the last look saw there.
    func readiness(
        of release: Release, at place: Place, _ environment: Environment, _ ledger: ServiceProjection, live: SlotName?,
        without lost: SlotName?
    ) -> RollbackReadiness {
        let look = goalLooks[place]?.first { release.digests.contains($0.digest) }
        let durations = RollbackDurations(ledger.promotions.filter { $0.plan.place == place })
        let proofs = RollbackProof.inRegistry(look, environment.platform)
        switch ledger.warmSlot(for: release, in: environment, live: live, seen: seen(at: place)) {
        case .known(let slot?, let at) where slot != lost:
            let slotProof = RollbackProof(subject: .slot, result: .holds(at))
            let warm = [slotProof] + RollbackProof.doubts(of: seen(at: place).routing) + proofs
            return .warm(slot: slot, RollbackGoal(release: release, proofs: warm, estimate: durations.warm))
        case .known:
            if let owed = ledger.environments[place.environment]?.dueSlot, owed.release.digest == release.digest,
                ledger.active(in: place.environment) == nil
            {
                return .cold(
                    RollbackGoal(release: release, proofs: proofs, estimate: durations.deploying, returning: owed.slot))
            }
            return .cold(RollbackGoal(release: release, proofs: proofs, estimate: durations.cold))
        case .unknown(let cause, let since):
            let slotProof = RollbackProof(subject: .slot, result: .unproved(cause))
            return .unknown(
                RollbackGoal(release: release, proofs: [slotProof] + proofs, estimate: durations.cold), cause: cause,
                since: since)
        }
    }

    /// The environment whose way back a summary of the service shows: the end of the path.
    package func rollbackPlace(of service: Service) -> Place? {
        service.path.last.map { Place(service.name, $0.name) }
    }

    /// Digests that the registry was asked for and does not have, or has damaged.
    package func goneGoals(of place: Place) -> Set<Digest> {
        Set((goalLooks[place] ?? []).filter { $0.presence.isGone }.map(\.digest))
    }
}

extension RollbackProof {
    /// What is not known of the way for traffic; nothing if the switch could be read.
    fileprivate static func doubts(of routing: Reading<Routing>) -> [RollbackProof] {
        guard case .unknown(let cause, _) = routing else { return [] }
        return [RollbackProof(subject: .traffic, result: .unproved(cause))]
    }

    fileprivate static func inRegistry(_ look: GoalLook?, _ platform: Platform) -> [RollbackProof] {
        guard let look else {
            return [.registry, .platform].map { RollbackProof(subject: $0, result: .unproved("not looked at yet")) }
        }
        switch look.presence {
        case .whole:
            return [.registry, .platform].map { RollbackProof(subject: $0, result: .holds(look.at)) }
        case .withoutPlatform:
            return [
                RollbackProof(subject: .registry, result: .holds(look.at)),
                RollbackProof(subject: .platform, result: .fails(look.at, "it does not offer \(platform)")),
            ]
        case .absent: return [RollbackProof(subject: .registry, result: .fails(look.at, "the digest is no longer there"))]
        case .damaged(let reason): return [RollbackProof(subject: .registry, result: .fails(look.at, reason))]
        case .unanswered(let reason): return [RollbackProof(subject: .registry, result: .unproved(reason))]
        }
    }
}
