package import PromotionCore

/// What applying a plan without any mishap makes of a repository and its ledger.
package enum Model {
    /// Everything below a digest: children, referrers, and theirs.
    package static func reach(of digest: Digest, in snapshot: RetentionSnapshot) -> Set<Digest> {
        var (found, work): (Set<Digest>, [Digest]) = ([], [digest])
        let all = Set(snapshot.manifests.keys).union(snapshot.tags.values)
        while let next = work.popLast() {
            var below = (snapshot.manifests[next]?.children ?? []) + (snapshot.referrers[next] ?? [])
            below += snapshot.manifests.filter { $0.value.subject == next }.keys
            for (tag, target) in snapshot.tags
            where !snapshot.pointers.contains(tag) && Oracle.attachedSubject(tag.text) == next {
                below += [target] + (snapshot.manifests[target]?.children ?? [])
            }
            for one in below where all.contains(one) && one != digest && found.insert(one).inserted { work.append(one) }
        }
        return found
    }

    /// The repository and the ledger after the plan.
    package static func applied(_ plan: RetentionPlan, to world: RetentionWorld) -> RetentionWorld {
        var next = world
        for rescue in plan.rescue {
            next.snapshot.quarantined[rescue.digest] = nil
            next.snapshot.sightings.tagged[rescue.digest] = world.now
        }
        guard plan.refused.isEmpty else { return next }
        for item in plan.quarantine { quarantine(item, in: &next) }
        for item in plan.delete {
            for digest in item.digests { remove(digest, from: &next.snapshot) }
            next.snapshot.quarantined[item.digest]?.phase = .deleted
        }
        return next
    }

    private static func quarantine(_ item: RetentionPlan.Item, in world: inout RetentionWorld) {
        let mode = world.snapshot.capabilities.quarantineMode
        let known = world.snapshot.quarantined[item.digest].flatMap { $0.phase == .quarantining ? $0 : nil }
        let since = known?.since ?? world.now
        let quarantine = Quarantine(
            phase: .quarantined, mode: mode, tags: (known?.tags ?? item.tags),
            parts: reach(of: item.digest, in: world.snapshot).sorted(), since: since, until: world.now + world.rules.grace,
            tombstone: item.digest)
        world.snapshot.quarantined[item.digest] = quarantine
        guard mode == .tag, let tag = Quarantine.tag(of: item.digest, since: since) else { return }
        for tag in item.tags { world.snapshot.tags[tag] = nil }
        world.snapshot.tags[tag] = item.digest
    }

    static func remove(_ digest: Digest, from snapshot: inout RetentionSnapshot) {
        snapshot.manifests[digest] = nil
        snapshot.referrers[digest] = nil
        for (tag, target) in snapshot.tags where target == digest { snapshot.tags[tag] = nil }
        for subject in snapshot.referrers.keys { snapshot.referrers[subject]?.removeAll { $0 == digest } }
    }
}
