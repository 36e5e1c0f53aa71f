internal import PromotionCore

/// The steps of the two phases. The agent may die after every one.
extension Journey {
    mutating func step(_ name: String, _ change: (inout RetentionWorld) -> Void) {
        if isDead { return }
        change(&world)
        diary?.append("\(isQuiet ? "quietly " : "")\(name)")
        exercised.count(.steps)
        stepsLeft = stepsLeft.map { $0 - 1 }
        if isDead { exercised.death(after: name); diary?.append("the agent dies") }
        guard diesEverywhere, !isQuiet else { return }
        exercised.death(after: name)
        var next = self
        next.finish()
        broken.formUnion(next.broken)
        if !next.broken.isEmpty, let told = next.diary { diary = told + ["(all this where the agent dies then)"] }
    }

    mutating func quarantine(_ item: RetentionPlan.Item, _ round: inout Round) {
        diary?.append("quarantine \(item.digest.short()) \(item.tags), with \(item.parts.map { $0.short() })")
        let known = world.snapshot.quarantined[item.digest]
        begun.insert(item.digest)
        let since = known?.since ?? world.now
        let mode = known?.mode ?? world.snapshot.capabilities.quarantineMode
        let holding = mode == .tag ? Quarantine.tag(of: item.digest, since: since) : nil
        let until = world.now + world.rules.grace
        let tags = Set((known?.tags ?? []) + item.tags).subtracting([holding].compactMap(\.self)).sorted()
        let parts = round.seen.snapshot.reach(of: item.digest)
        func entry(_ phase: Quarantine.Phase) -> Quarantine {
            Quarantine(
                phase: phase, mode: mode, tags: tags, parts: parts, since: since, until: until, tombstone: item.digest)
        }
        step("the entry that a quarantine begins") { $0.snapshot.quarantined[item.digest] = entry(.quarantining) }
        if let holding {
            round.checks.set(holding, item.digest)
            step("the tag that holds it") { $0.snapshot.tags[holding] = item.digest }
            for tag in item.tags where tag != holding && world.snapshot.tags[tag] == item.digest {
                step("taking a tag away") { $0.snapshot.tags[tag] = nil }
            }
        }
        step("the entry that it is quarantined") { $0.snapshot.quarantined[item.digest] = entry(.quarantined) }
        if !isDead { exercised.count(.quarantined) }
    }

    mutating func delete(_ item: RetentionPlan.Item, _ round: inout Round) {
        diary?.append("delete \(item.digest.short()) \(item.tags), with \(item.parts.map { $0.short() })")
        begun.insert(item.digest)
        if world.snapshot.quarantined[item.digest]?.phase != .deleting {
            step("the entry that a deletion begins") { $0.snapshot.quarantined[item.digest]?.phase = .deleting }
        }
        if let known = world.snapshot.quarantined[item.digest], known.mode == .tag,
            let holding = Quarantine.tag(of: item.digest, since: known.since), item.tags.contains(holding),
            world.snapshot.tags[holding] == item.digest
        {
            step("deleting the tag that holds it") { $0.snapshot.tags[holding] = nil }
        }
        let leaving = round.leaving(item)
        defer { judgeDeletion(of: leaving.filter(removed.contains)) }
        for digest in leaving {
            if isDead { return }
            removed.insert(digest)
            step(digest == item.digest ? "deleting the top" : "deleting a part") { Model.remove(digest, from: &$0.snapshot) }
            round.gone.insert(digest)
            round.checks.forget([digest])
        }
        // An earlier agent may have deleted the rest.
        round.finished.formUnion(world.snapshot.quarantined[item.digest]?.parts ?? [])
        step("the entry that it is deleted") { $0.snapshot.quarantined[item.digest] = nil }
        if !isDead { exercised.count(.deleted) }
    }
}
