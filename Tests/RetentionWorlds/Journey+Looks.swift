internal import Fixtures
internal import PromotionCore
internal import Simulation

/// What is read for a plan, and what is read again right before a change.
extension Journey {
    /// A reading that takes a while: some of what it saw was so before the last strangers came.
    mutating func read() -> RetentionWorld {
        let before = world.snapshot
        strangers()
        var seen = findable
        defer { found.formUnion(seen.snapshot.manifests.keys) }
        guard !isQuiet, random.onceIn(2) else { return seen }
        exercised.count(.late)
        for (tag, digest) in before.tags.sorted(by: { $0.key < $1.key })
        where seen.snapshot.tags[tag] != digest && random.onceIn(2) { seen.snapshot.tags[tag] = digest }
        for tag in seen.snapshot.tags.keys.sorted() where before.tags[tag] == nil && random.onceIn(2) {
            seen.snapshot.tags[tag] = nil
        }
        if random.onceIn(2) { seen.snapshot.kept = before.kept }
        if random.onceIn(2) { seen.snapshot.referrers = before.referrers }
        forgetUnread(&seen.snapshot)
        return seen
    }

    /// The world without what nobody can find: a document that came without a name is in no list.
    var findable: RetentionWorld {
        var seen = world
        forgetUnread(&seen.snapshot)
        return seen
    }

    /// A document that came meanwhile is only read where something leads to it.
    private func forgetUnread(_ seen: inout RetentionSnapshot) {
        let named = Set(seen.tags.values).union(seen.referrers.values.joined()).union(seen.kept.map(\.digest))
        let fresh = seen.manifests.keys.filter { !found.contains($0) }
        var (led, work): (Set<Digest>, [Digest]) = (named, Array(named))
        while let next = work.popLast() {
            for child in seen.manifests[next]?.children ?? [] where led.insert(child).inserted { work.append(child) }
        }
        for digest in fresh where !led.contains(digest) { seen.manifests[digest] = nil }
    }

    /// Checks (b) to (d), before a group; false where everything has to be planned anew.
    mutating func look(_ round: inout Round) -> Bool {
        let now = world.snapshot.tags
        let touched = Set(world.snapshot.kept.map(\.digest)).subtracting(round.kept)
        round.checks.see(entries: touched)
        round.checks.see(now)
        round.checks.see(list: now.keys)
        for _ in 0..<5 { for digest in round.checks.unread { round.checks.see(digest, world.snapshot.manifests[digest]) } }
        let checks = round.checks
        return holds("the entries of the ledger") { () throws(RetentionStop) in try checks.checkEntries() }
            && holds("the pointer tags") { () throws(RetentionStop) in try checks.checkPointers(now) }
            && holds("the names and new documents") { () throws(RetentionStop) in try checks.checkNames() }
            && checks.unread.isEmpty
    }

    /// Checks (e) and (f), on what is read of the item now.
    mutating func passes(_ item: RetentionPlan.Item, _ checks: RetentionChecks) -> Bool {
        let wanted = Set(checks.tags(of: item))
        let now = world.snapshot.tags.filter { wanted.contains($0.key) }
        let referrers = world.snapshot.referrers
        return holds("its own tags") { () throws(RetentionStop) in try checks.checkTags(item, now) }
            && holds("its referrers") { () throws(RetentionStop) in
                for digest in checks.askable(of: item) { try checks.checkReferrers(of: digest, referrers[digest] ?? []) }
            }
    }

    private mutating func holds(_ look: String, _ check: () throws(RetentionStop) -> Void) -> Bool {
        do throws(RetentionStop) {
            try check()
            return true
        } catch {
            exercised.refusal(by: look)
            if case .replan = error { plansAgain = true }
            diary?.append("refused by \(look): \(error)")
            return false
        }
    }
}
