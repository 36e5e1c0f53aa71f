internal import Fixtures
internal import PromotionCore
internal import Simulation

/// Runs over the repository of a world, carried out step by step as the runner does it, with the planner and the checks that are
/// in use: between reading and change strangers tag, move, push, sign and hold things, the registry answers with what was so a
/// moment ago, and the agent dies.
struct Journey {
    var world: RetentionWorld
    var broken: Set<String> = []
    var exercised = Exercise()
    /// What happened, for a reader; nil where nobody reads it.
    var diary: [String]?
    let planner: Laws.Planner
    var random: SeededRandom
    /// Steps until the agent dies; nil where it lives.
    var stepsLeft: Int?
    /// Whether a copy of everything dies at each step, to see what the next agent makes of it.
    let diesEverywhere: Bool
    var isQuiet = false
    /// Whether something was found, right before a change, by which the plan has to be made again.
    var plansAgain = false
    /// Digests of which something was written down here.
    var begun: Set<Digest> = []
    /// What the tags named at the last reading of a run.
    private var lastTags: [Tag: Digest]
    /// Documents that a reading has found; without a name nobody finds one that came later.
    var found: Set<Digest>
    /// Digests that are deleted.
    var removed: Set<Digest> = []
    /// Those of them that were gone already when somebody began to want what they hang together with.
    var excused: Set<Digest> = []
    /// Digests that the last plan lets go: strangers like to touch these.
    var targets: [Digest] = []

    init(_ world: RetentionWorld, seed: UInt64, planner: @escaping Laws.Planner) {
        self.world = world
        self.planner = planner
        random = SeededRandom(seed: seed ^ 0xF00D)
        lastTags = world.snapshot.tags
        found = Set(world.snapshot.manifests.keys)
        diesEverywhere = random.onceIn(12)
        // What the world's own trouble would refuse is not what this is about.
        self.world.snapshot.obstacles = []
        self.world.snapshot.lastEntryAt = self.world.now
        self.world.snapshot.registryTime = nil
        self.world.snapshot.active.removeAll { [oracle = Oracle(world)] in oracle.meant(by: $0.digest).isEmpty }
        self.world.snapshot.capabilities = RegistryCapabilities(
            tagDeletion: world.snapshot.capabilities.tagDeletion, digestDeletion: .yes,
            referrersAPI: world.snapshot.capabilities.referrersAPI)
        self.world.snapshot.sightings.tags = [:]
        self.world.snapshot.quarantined = world.snapshot.quarantined.filter { $0.value.phase != .deleted }
        self.world.rules.allowRatio = 100
    }

    mutating func go() {
        for _ in 0..<2 {
            if !diesEverywhere, random.onceIn(3) { stepsLeft = 1 + random.below(14) }
            run(isConfirmed: random.onceIn(2))
            stepsLeft = nil
            world.now = world.now + world.rules.grace
            excuse()
        }
        finish()
        expectWhole()
    }

    /// An undisturbed agent: what was begun comes to its end with its next run. Only a deletion that would take what something
    /// under quarantine still holds on to, and could be had back with, waits until that goes too.
    mutating func finish() {
        (isQuiet, stepsLeft) = (true, nil)
        run(isConfirmed: false)
        for digest in halfDone where !waits(digest) {
            broken.insert("P8: what was begun is not finished by the next run")
            diary?.append("\(digest.short()) was begun and is not finished")
        }
        world.now = world.now + world.rules.grace
        excuse()
        run(isConfirmed: false)
        if !halfDone.isEmpty { broken.insert("P8: what was begun is never finished") }
    }

    private var halfDone: [Digest] {
        world.snapshot.quarantined.filter { digest, known in
            begun.contains(digest) && (known.phase == .quarantining || known.phase == .deleting)
        }.map(\.key)
    }

    private func waits(_ digest: Digest) -> Bool {
        guard world.snapshot.quarantined[digest]?.phase == .deleting else { return false }
        return Oracle(findable).isBelow(digest) { holder in
            world.snapshot.quarantined[holder].map { $0.phase == .quarantined && $0.until > world.now } ?? false
        }
    }

    // MARK: one run

    /// Batch after batch until nothing is left to do, something stands in the way, or the agent dies.
    private mutating func run(isConfirmed: Bool) {
        let shown = isConfirmed ? plan(read()) : nil
        if shown != nil { strangers() }
        var left: Set<Digest> = []
        for _ in 0..<4 where !isDead {
            exercised.count(.batches)
            guard batch(shown, &left) else { return }
        }
    }

    private mutating func plan(_ seen: RetentionWorld) -> RetentionPlan {
        exercised.count(.plans)
        let plan = planner(seen)
        targets = (plan.quarantine + plan.delete).flatMap(\.digests)
        diary?.append(
            "planned: quarantine \(plan.quarantine.map { $0.digest.short() }), delete \(plan.delete.map { $0.digest.short() })")
        return plan
    }

    /// - Returns: whether another one may follow.
    private mutating func batch(_ shown: RetentionPlan?, _ left: inout Set<Digest>) -> Bool {
        world.snapshot.lastEntryAt = world.now
        let seen = looked(at: read())
        lastTags = seen.snapshot.tags
        world.snapshot.sightings = seen.snapshot.sightings
        let plan = plan(seen)
        for rescue in plan.rescue { step("an entry that a quarantine ends") { Self.rescue(rescue.digest, &$0) } }
        if !plan.rescue.isEmpty { excuse() }
        exercised.count(.rescued, plan.rescue.count)
        var wanted = (quarantine: plan.quarantine, delete: plan.delete)
        if let shown { wanted = plan.intersection(with: shown) }
        wanted.delete.removeAll { left.contains($0.digest) }
        wanted.quarantine.removeAll { left.contains($0.digest) }
        var round = Round(seen, plan)
        let width = 1 + random.below(4)
        let groups =
            RetentionPlan.abreast(wanted.delete, holders: round.holders, width: width).map { ($0, true) }
            + RetentionPlan.abreast(wanted.quarantine, holders: [:], width: width).map { ($0, false) }
        plansAgain = false
        for (group, deletes) in groups where !isDead && !plansAgain {
            strangers()
            guard look(&round) else {
                left.insert(group[0].digest)
                exercised.count(.saved)
                return true
            }
            left.formUnion(group.map(\.digest))
            carryOut(group, deletes: deletes, &round)
        }
        return !groups.isEmpty
    }

    /// A reading, with when what in it was first seen.
    func looked(at reading: RetentionWorld) -> RetentionWorld {
        var seen = reading
        seen.snapshot.sightings.tags = lastTags
        seen.snapshot.sightings.look(seen.snapshot.tags, manifests: seen.snapshot.manifests.keys, at: world.now)
        // Whether a tag is missing is not what this is about.
        seen.snapshot.sightings.tags = [:]
        return seen
    }

    private static func rescue(_ digest: Digest, _ world: inout RetentionWorld) {
        world.snapshot.quarantined[digest] = nil
        world.snapshot.sightings.tagged[digest] = world.now
    }

    private mutating func carryOut(_ group: [RetentionPlan.Item], deletes: Bool, _ round: inout Round) {
        let ready = group.filter { item in
            guard !deletes || !round.isHeld(item) else {
                exercised.refusal(by: "what holds on to it is still there")
                return false
            }
            return passes(item, round.checks)
        }
        exercised.count(.saved, group.count - ready.count)
        // What was done to one of them may keep another too.
        if ready.isEmpty || plansAgain { return }
        judge(ready, deletes: deletes, round)
        for item in ready where !isDead {
            if deletes { delete(item, &round) } else { quarantine(item, &round) }
        }
    }

    var isDead: Bool { stepsLeft.map { $0 <= 0 } ?? false }
}

/// One batch on its way.
struct Round {
    let seen: RetentionWorld
    var checks: RetentionChecks
    /// What holds on to the digests that are to be deleted.
    let holders: [Digest: [Digest]]
    /// What the ledger kept when it was read.
    let kept: Set<Digest>
    var gone: Set<Digest> = []
    /// Parts of deletions that came to their end in this batch.
    var finished: Set<Digest> = []

    init(_ seen: RetentionWorld, _ plan: RetentionPlan) {
        self.seen = seen
        checks = RetentionChecks(seen.snapshot, plan)
        holders = seen.snapshot.holders(of: Set(plan.delete.flatMap(\.digests)))
        kept = Set(seen.snapshot.kept.map(\.digest))
    }

    /// What goes of an item, in its order: parts that something else still holds on to stay.
    func leaving(_ item: RetentionPlan.Item) -> [Digest] {
        var leaving: [Digest] = []
        for digest in item.digests {
            let isHeld = (holders[digest] ?? []).contains { !gone.contains($0) && !leaving.contains($0) }
            if digest == item.digest || !isHeld { leaving.append(digest) }
        }
        return leaving
    }

    func isHeld(_ item: RetentionPlan.Item) -> Bool {
        (holders[item.digest] ?? []).contains { !item.digests.contains($0) && !gone.contains($0) }
    }
}
