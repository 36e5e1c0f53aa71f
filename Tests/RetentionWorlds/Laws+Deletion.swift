internal import PromotionCore

/// What is promised of what is deleted.
extension Laws {
    /// P13: no tag that stays names a digest that goes, and nothing above it stays while it is deleted.
    mutating func deletedTags() {
        let deleted = Set(plan.delete.flatMap(\.digests))
        let outside = oracle.outside()
        for (tag, digest) in world.snapshot.tags where deleted.contains(digest) {
            let isOwn = plan.delete.contains { $0.digest == digest && $0.tags.contains(tag) }
            // A signature may have a build's name as well: that goes with it where it may go by itself.
            let isOutside = outside.contains(tag)
            let hangs = Oracle.attachedSubject(tag.text).map(deleted.union(oracle.leaving).contains) ?? false
            // One that an interrupted quarantine has set keeps nothing yet.
            let known = world.snapshot.quarantined[digest].flatMap { $0.phase == .quarantining ? $0 : nil }
            let isBegun = known.map { Quarantine.tag(of: digest, since: $0.since) == tag } ?? false
            expect(isOwn || isOutside || hangs || isBegun, "P13: \(tag) loses its digest")
        }
        for digest in oracle.all.subtracting(deleted) {
            let below = (oracle.children[digest] ?? []).union(oracle.referrers[digest] ?? [])
            expect(below.isDisjoint(with: deleted), "P2: a digest that stays, perhaps in quarantine, gets a hole")
        }
    }

    /// Bytes are counted once, and only where nothing else names them.
    mutating func freed() {
        let kept = world.snapshot.manifests.filter { !going.contains($0.key) }.flatMap { $0.value.blobs.map(\.digest) }
        let gone = world.snapshot.manifests.filter { going.contains($0.key) }.flatMap(\.value.blobs)
        let free = Set(gone).filter { !kept.contains($0.digest) }.reduce(0) { $0 + $1.size }
        guard plan.refused.isEmpty else { return }
        expect(plan.frees == free, "frees: \(plan.frees) bytes are promised, \(free) would be freed")
    }
}
