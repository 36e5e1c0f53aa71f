import Console
import PromotionCore

extension World {
    static let olds = (3...10).map { release("v2.10.0-rc.\($0)") }
    static let held = release("v2.10.0-rc.2")
    static let waiting = release("v2.10.0-rc.1")

    /// A plan for the repository of the sample, made by the planner: candidates of long ago, one of them quarantined.
    func retentionPlan() throws -> RetentionPlan {
        var snapshot = RetentionSnapshot(
            repository: .sample, capabilities: RegistryCapabilities(tagDeletion: .yes, digestDeletion: .yes, referrersAPI: .yes))
        snapshot.services = [Self.payments]
        snapshot.sequence = 9_214
        snapshot.lastEntryAt = now
        snapshot.registryTime = now
        for release in [Self.a, Self.b, Self.d, Self.held] + Self.olds { try add(release, to: &snapshot) }
        try addWaiting(to: &snapshot)
        for environment in [Self.testing, Self.staging, Self.prod] {
            let pointer = PromotionCore.Tag(pointerOf: environment)
            snapshot.pointers.insert(pointer)
            snapshot.tags[pointer] = environment == Self.prod ? Self.b.digest : Self.a.digest
        }
        for (environment, release) in [(Self.testing, Self.a), (Self.staging, Self.a), (Self.prod, Self.b)] {
            snapshot.active.append(
                ActiveDigest(digest: release.digest, place: place(environment), because: "\(environment) runs it"))
        }
        snapshot.kept.append(
            KeptDigest(digest: Self.held.digest, rule: .hold, because: "held by alice: the auditors look at it"))
        return RetentionPlan.make(snapshot, rules: RetentionRules(), now: now)
    }

    /// A release of one platform, first seen 95 days ago.
    private func add(_ release: Release, to snapshot: inout RetentionSnapshot) throws {
        let blob = StoredManifest.Blob(digest: Digest(of: Array("layer \(release.digest)".utf8)), size: 297_000_000)
        var member = StoredManifest(mediaType: "application/vnd.oci.image.manifest.v1+json")
        member.blobs = [blob]
        var index = StoredManifest(mediaType: "application/vnd.oci.image.index.v1+json")
        index.children = release.digests.members.map(\.manifest)
        snapshot.manifests[release.digest] = index
        for child in index.children { snapshot.manifests[child] = member }
        if let tag = release.tag { snapshot.tags[tag] = release.digest }
        for digest in [release.digest] + index.children {
            snapshot.sightings.first[digest] = now + Milliseconds(-95 * 86_400_000)
            snapshot.sightings.tagged[digest] = now + Milliseconds(-95 * 86_400_000)
        }
    }

    private func addWaiting(to snapshot: inout RetentionSnapshot) throws {
        try add(Self.waiting, to: &snapshot)
        guard let tag = Self.waiting.tag, let held = Quarantine.tag(of: Self.waiting.digest, since: now) else { return }
        snapshot.tags[tag] = nil
        snapshot.tags[held] = Self.waiting.digest
        snapshot.quarantined[Self.waiting.digest] = quarantine(under: tag)
    }

    private func quarantine(under tag: PromotionCore.Tag) -> Quarantine {
        Quarantine(
            phase: .quarantined, mode: .tag, tags: [tag], parts: Self.waiting.digests.members.map(\.manifest), since: now,
            until: now + Milliseconds(6 * 86_400_000), tombstone: Digest(of: Array("tombstone".utf8)))
    }

    /// The sample, with a candidate that was quarantined.
    static func retained() throws -> World {
        var world = try sample()
        guard let tag = waiting.tag else { return world }
        try world.record(.retention(.sample, .quarantining(waiting.digest, world.quarantine(under: tag))))
        _ = world.take()
        return world
    }

    /// The first lines of a plan, as the agent sends them.
    func lines(of plan: RetentionPlan, from: Int = 0, limit: Int = RetentionLines.limit) -> RetentionLines {
        plan.lines(
            from: from, limit: limit, hash: plan.hash, total: 2_673_000_000, size: { _ in 297_000_000 },
            age: { _ in Milliseconds(95 * 86_400_000) })
    }

    func retentionStatus(_ report: RetentionReport? = nil, halted: SafeText? = nil) -> RetentionStatus {
        RetentionStatus(
            repository: .sample, rules: RetentionRules(), schedule: nil,
            ledger: board.projection.retention[.sample] ?? RetentionProjection(), report: report, halted: halted)
    }
}
