import PromotionCore

/// Planners with a mistake in them: each is blind to one thing whose neglect has cost somebody images.
package enum Blindness: String, CaseIterable, Sendable {
    case ignoresReferrers, ignoresSubjects, ignoresAttachedTags, ignoresChildren, ignoresActive, ignoresMembers, ignoresHolds
    case takesUnknownAgeForOld, countsOrAge, ignoresCounts, ignoresTagEvents, trustsEveryBuildDate
    case skipsGrace, forgetsQuarantine, forgetsPartsOfQuarantine
    case ignoresConfiguredPointers, ignoresOtherTags, ignoresFinalTags, seesOneTagADigest
    case readsErrorsAsNo, ignoresRegistryClock, ignoresOwnClock, ignoresUnknownTypes

    /// The planner with this mistake.
    package var planner: Laws.Planner {
        { world in
            var seen = world
            self.blind(&seen)
            let plan = RetentionPlan.make(seen.snapshot, rules: seen.rules, now: seen.now)
            return plan
        }
    }

    private func blind(_ world: inout RetentionWorld) {
        switch self {
        case .ignoresReferrers: world.snapshot.referrers = [:]
        case .ignoresSubjects: for digest in world.snapshot.manifests.keys { world.snapshot.manifests[digest]?.subject = nil }
        case .ignoresAttachedTags: drop(&world) { if case .attached = $0 { true } else { false } }
        case .ignoresChildren: for digest in world.snapshot.manifests.keys { world.snapshot.manifests[digest]?.children = [] }
        case .ignoresActive: world.snapshot.active = []
        case .ignoresMembers: world.snapshot.active.removeAll { world.snapshot.manifests[$0.digest] == nil }
        case .ignoresHolds: world.snapshot.kept.removeAll { $0.rule == .hold }
        case .takesUnknownAgeForOld, .countsOrAge, .ignoresCounts, .ignoresTagEvents, .trustsEveryBuildDate: blindToAge(&world)
        case .skipsGrace, .forgetsQuarantine, .forgetsPartsOfQuarantine: blindToQuarantine(&world)
        case .ignoresConfiguredPointers: world.snapshot.pointers = []
        case .ignoresOtherTags: drop(&world) { $0 == .other }
        case .ignoresFinalTags: drop(&world) { if case .final = $0 { true } else { false } }
        case .seesOneTagADigest:
            var seen: Set<Digest> = []
            for (tag, digest) in world.snapshot.tags.sorted(by: { $0.key > $1.key }) where !seen.insert(digest).inserted {
                world.snapshot.tags[tag] = nil
            }
        case .readsErrorsAsNo: world.snapshot.obstacles = []
        case .ignoresRegistryClock: world.snapshot.registryTime = nil
        case .ignoresOwnClock: if world.snapshot.lastEntryAt != nil { world.snapshot.lastEntryAt = world.now }
        case .ignoresUnknownTypes:
            for digest in world.snapshot.manifests.keys { world.snapshot.manifests[digest]?.isOpaque = false }
        }
    }

    private func blindToAge(_ world: inout RetentionWorld) {
        switch self {
        case .takesUnknownAgeForOld:
            for digest in world.snapshot.manifests.keys where world.snapshot.sightings.first[digest] == nil {
                world.snapshot.sightings.first[digest] = Timestamp(millisecondsSinceEpoch: 0)
            }
        case .countsOrAge: (world.rules.candidateAge, world.rules.buildAge) = (.zero, .zero)
        case .ignoresCounts: (world.rules.candidateCount, world.rules.buildCount) = (0, 0)
        case .ignoresTagEvents: world.snapshot.sightings.tagged = [:]
        default:
            for (digest, manifest) in world.snapshot.manifests where manifest.created?.millisecondsSinceEpoch == 0 {
                world.snapshot.manifests[digest]?.created = Timestamp(millisecondsSinceEpoch: 1_500_000_000_000)
            }
        }
    }

    private func blindToQuarantine(_ world: inout RetentionWorld) {
        for (digest, quarantine) in world.snapshot.quarantined {
            switch self {
            case .skipsGrace:
                world.snapshot.quarantined[digest] = Quarantine(
                    phase: quarantine.phase, mode: quarantine.mode, tags: quarantine.tags, parts: quarantine.parts,
                    since: quarantine.since, until: quarantine.since, tombstone: quarantine.tombstone)
            case .forgetsQuarantine: world.snapshot.quarantined[digest] = nil
            default:
                world.snapshot.quarantined[digest] = Quarantine(
                    phase: quarantine.phase, mode: quarantine.mode, tags: quarantine.tags,
                    parts: Model.reach(of: digest, in: world.snapshot).sorted(), since: quarantine.since,
                    until: quarantine.until, tombstone: quarantine.tombstone)
            }
        }
    }

    private func drop(_ world: inout RetentionWorld, _ isDropped: (RetentionClass) -> Bool) {
        for tag in world.snapshot.tags.keys where isDropped(world.snapshot.retentionClass(of: tag)) {
            world.snapshot.tags[tag] = nil
        }
    }
}
