internal import PromotionCore
internal import Simulation

/// Two runs over the repository of a world, carried out step by step as the runner does it, with the planner and the checks that
/// are in use: between any two steps strangers tag, move, push, sign and hold things, the registry answers with what was so a
/// moment ago, and the agent dies.
struct Journey {
    private(set) var world: RetentionWorld
    private(set) var broken: Set<String> = []
    private(set) var exercised = Exercise()
    private let planner: Laws.Planner
    private var random: SeededRandom
    /// Steps until the agent dies; nil where it lives.
    private var stepsLeft: Int?
    /// Whether a copy of everything dies at each step, to see what the next agent makes of it.
    private let diesEverywhere: Bool
    private var isQuiet = false
    /// Digests of which something was written down here.
    private var begun: Set<Digest> = []

    init(_ world: RetentionWorld, seed: UInt64, planner: @escaping Laws.Planner) {
        self.world = world
        self.planner = planner
        random = SeededRandom(seed: seed ^ 0xF00D)
        diesEverywhere = random.onceIn(16)
        // What the world's own trouble would refuse is not what this is about.
        self.world.snapshot.obstacles = []
        self.world.snapshot.lastEntryAt = self.world.now
        self.world.snapshot.registryTime = nil
        self.world.snapshot.active.removeAll { [oracle = Oracle(world)] in oracle.meant(by: $0.digest).isEmpty }
        self.world.snapshot.capabilities = RegistryCapabilities(
            tagDeletion: world.snapshot.capabilities.tagDeletion, digestDeletion: .yes,
            referrersAPI: world.snapshot.capabilities.referrersAPI)
        self.world.snapshot.sightings.tags = [:]
        self.world.rules.allowRatio = 100
    }

    mutating func go() {
        for _ in 0..<2 {
            if !diesEverywhere, random.onceIn(3) { stepsLeft = random.below(12) }
            run()
            if stepsLeft.map({ $0 <= 0 }) ?? false { exercised.deaths += 1 }
            stepsLeft = nil
            world.now = world.now + world.rules.grace
        }
        finish()
    }

    /// An undisturbed agent: what was begun comes to its end.
    private mutating func finish() {
        (isQuiet, stepsLeft) = (true, nil)
        // What is begun below something that is only quarantined now waits for its grace.
        for _ in 0..<4 where isHalfDone {
            run()
            world.now = world.now + world.rules.grace
        }
        if isHalfDone { broken.insert("P8: what was begun is never finished") }
    }

    private var isHalfDone: Bool {
        world.snapshot.quarantined.contains { digest, known in
            begun.contains(digest) && (known.phase == .quarantining || known.phase == .deleting)
        }
    }

    // MARK: one run

    private mutating func run() {
        world.snapshot.lastEntryAt = world.now
        let shown = planner(read())
        stranger()
        let seen = isQuiet ? world : read()
        let plan = isQuiet ? shown : planner(seen)
        exercised.plans += 1
        for rescue in plan.rescue { world.snapshot.quarantined[rescue.digest] = nil }
        let held = Set(world.snapshot.kept.map(\.digest))
        let wanted = plan.intersection(with: shown)
        var checks = RetentionChecks(seen.snapshot, plan)
        let holders = seen.snapshot.holders(of: Set(wanted.delete.flatMap(\.digests)))
        var gone: Set<Digest> = []
        for group in RetentionPlan.abreast(wanted.delete, holders: holders, width: 1 + random.below(4)) {
            stranger()
            guard look(&checks, held) else { return }
            let ready = group.filter { passes($0, checks) && !isHeld($0, holders, gone) }
            for item in ready { delete(item, holders, &gone) }
            if isDead { return }
        }
        for item in wanted.quarantine {
            stranger()
            guard look(&checks, held) else { return }
            guard passes(item, checks) else { continue }
            let since = world.snapshot.quarantined[item.digest]?.since ?? world.now
            Quarantine.tag(of: item.digest, since: since).map { checks.set($0, item.digest) }
            quarantine(item, in: seen.snapshot)
            if isDead { return }
        }
    }

    private var isDead: Bool { stepsLeft.map { $0 <= 0 } ?? false }

    /// A reading that takes a while: some of what it saw was so before the last strangers came.
    private mutating func read() -> RetentionWorld {
        let before = world
        stranger()
        guard !isQuiet, random.onceIn(3) else { return world }
        exercised.late += 1
        var seen = world
        for (tag, digest) in before.snapshot.tags.sorted(by: { $0.key < $1.key })
        where seen.snapshot.tags[tag] != digest && random.onceIn(2) { seen.snapshot.tags[tag] = digest }
        return seen
    }

    /// What is read again before a group; false where everything has to be planned anew.
    private mutating func look(_ checks: inout RetentionChecks, _ held: Set<Digest>) -> Bool {
        let now = world.snapshot.tags
        let touched = Set(world.snapshot.kept.map(\.digest)).subtracting(held)
        checks.see(now)
        for _ in 0..<5 { for digest in checks.unread { checks.see(digest, world.snapshot.manifests[digest]) } }
        do throws(RetentionStop) {
            try checks.checkEntries(naming: touched)
            try checks.checkPointers(now)
            try checks.checkNames()
            return checks.unread.isEmpty
        } catch {
            exercised.replans += 1
            return false
        }
    }

    private mutating func passes(_ item: RetentionPlan.Item, _ checks: RetentionChecks) -> Bool {
        let wanted = Set(checks.tags(of: item))
        let now = world.snapshot.tags.filter { wanted.contains($0.key) }
        do throws(RetentionStop) {
            try checks.checkTags(item, now)
            for digest in checks.askable(of: item) {
                try checks.checkReferrers(of: digest, world.snapshot.referrers[digest] ?? [])
            }
            return true
        } catch {
            exercised.drops += 1
            return false
        }
    }

    private func isHeld(_ item: RetentionPlan.Item, _ holders: [Digest: [Digest]], _ gone: Set<Digest>) -> Bool {
        (holders[item.digest] ?? []).contains { !item.digests.contains($0) && !gone.contains($0) }
    }

    // MARK: steps

    private mutating func step(_ change: (inout RetentionWorld) -> Void) {
        if isDead { return }
        stepsLeft = stepsLeft.map { $0 - 1 }
        change(&world)
        exercised.steps += 1
        guard diesEverywhere, !isQuiet else { return }
        exercised.deaths += 1
        var next = self
        next.finish()
        broken.formUnion(next.broken)
    }

    private mutating func quarantine(_ item: RetentionPlan.Item, in seen: RetentionSnapshot) {
        let known = world.snapshot.quarantined[item.digest]
        begun.insert(item.digest)
        let since = known?.since ?? world.now
        let mode = known?.mode ?? world.snapshot.capabilities.quarantineMode
        let until = world.now + world.rules.grace
        let tags = Set((known?.tags ?? []) + item.tags).sorted()
        func entry(_ phase: Quarantine.Phase) -> Quarantine {
            Quarantine(
                phase: phase, mode: mode, tags: tags, parts: seen.reach(of: item.digest), since: since, until: until,
                tombstone: item.digest)
        }
        step { $0.snapshot.quarantined[item.digest] = entry(.quarantining) }
        if mode == .tag, let holding = Quarantine.tag(of: item.digest, since: since) {
            step { $0.snapshot.tags[holding] = item.digest }
            for tag in item.tags where tag != holding {
                guard world.snapshot.tags[tag] == item.digest else { continue }
                step { $0.snapshot.tags[tag] = nil }
            }
        }
        step { $0.snapshot.quarantined[item.digest] = entry(.quarantined) }
        if !isDead { exercised.quarantined += 1 }
    }

    private mutating func delete(_ item: RetentionPlan.Item, _ holders: [Digest: [Digest]], _ gone: inout Set<Digest>) {
        judge(item, gone)
        begun.insert(item.digest)
        step { $0.snapshot.quarantined[item.digest]?.phase = .deleting }
        for digest in item.digests {
            let above = (holders[digest] ?? []).filter { !gone.contains($0) }
            guard digest == item.digest || above.isEmpty else { continue }
            step { Model.remove(digest, from: &$0.snapshot) }
            if isDead { return }
            gone.insert(digest)
        }
        step { $0.snapshot.quarantined[item.digest]?.phase = .deleted }
        exercised.deleted += 1
    }

    /// Right before anything of an item is deleted: nothing of it is protected as things really are.
    private mutating func judge(_ item: RetentionPlan.Item, _ gone: Set<Digest>) {
        let oracle = Oracle(world)
        let verdict = oracle.verdict()
        let lost = verdict.protected.intersection(item.digests)
        if !lost.isEmpty { broken.insert("P6: \(lost.sorted()[0].short()) is deleted although it is protected by now") }
        let known = world.snapshot.quarantined[item.digest]
        let isOver = known?.phase == .deleting || known?.phase == .quarantined && (known?.until ?? world.now) <= world.now
        if !isOver { broken.insert("P15: something is deleted before its grace is over") }
        for (tag, digest) in world.snapshot.tags where item.digests.contains(digest) {
            let kind = Oracle.kind(tag, world.snapshot.pointers)
            if [.final, .pointer, .other].contains(kind) { broken.insert("P1: \(tag) loses its digest") }
        }
    }

    // MARK: others

    /// Now and then, somebody else does something.
    private mutating func stranger() {
        guard !isQuiet, random.onceIn(4) else { return }
        let digests = world.snapshot.manifests.keys.sorted()
        guard !digests.isEmpty else { return }
        let digest = digests[random.below(digests.count)]
        exercised.strangers += 1
        switch random.below(7) {
        case 0: name("wanted-\(random.below(3))", digest)
        case 1: name("v1.0.0-rc.\(random.below(13))", digest)
        case 2: world.snapshot.pointers.sorted().first.map { world.snapshot.tags[$0] = digest }
        case 3: push("index \(random.below(1_000))", over: digest, as: "sha-\(random.below(9_000_000) + 1_000_000)")
        case 4: sign(digest)
        case 5:
            let member = random.onceIn(3) ? world.snapshot.manifests[digest]?.configuration ?? digest : digest
            world.snapshot.kept.append(.init(digest: member, rule: .hold, because: "somebody wants it"))
        default:
            let other = world.snapshot.tags.keys.sorted().first { Oracle.kind($0, world.snapshot.pointers) == .other }
            other.map { world.snapshot.tags[$0] = digest }
        }
    }

    private mutating func name(_ text: String, _ digest: Digest) {
        do { world.snapshot.tags[try Tag(text)] = digest } catch { preconditionFailure("\(error)") }
    }

    private mutating func push(_ name: String, over child: Digest, as tag: String) {
        var manifest = StoredManifest(mediaType: "index")
        manifest.children = [child]
        let digest = Digest(of: name.utf8)
        world.snapshot.manifests[digest] = manifest
        self.name(tag, digest)
    }

    private mutating func sign(_ subject: Digest) {
        var manifest = StoredManifest(mediaType: "manifest")
        let digest = Digest(of: "signature of \(subject)".utf8)
        if world.snapshot.capabilities.referrersAPI == .yes {
            manifest.subject = subject
            let list = world.snapshot.referrers[subject] ?? []
            if !list.contains(digest) { world.snapshot.referrers[subject] = list + [digest] }
        } else {
            name("sha256-\(subject.hex).sig", digest)
        }
        world.snapshot.manifests[digest] = manifest
    }
}
