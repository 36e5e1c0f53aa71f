internal import Fixtures
package import PromotionCore
internal import Simulation

/// The promises of retention, each over any world and any planner, so that a planner with a mistake in it can be seen to break
/// one.
package struct Laws {
    /// Makes a plan of a world.
    package typealias Planner = @Sendable (RetentionWorld) -> RetentionPlan

    /// The planner that is in use.
    package static let planner: Planner = { RetentionPlan.make($0.snapshot, rules: $0.rules, now: $0.now) }

    /// In one of so many worlds an agent runs, whole.
    private static let agentStride: UInt64 = 64

    let world: RetentionWorld
    let planner: Planner
    let plan: RetentionPlan
    let verdict: Oracle.Verdict
    let oracle: Oracle
    private var random: SeededRandom
    package private(set) var broken: [String] = []

    /// What breaks in the world of a seed, in words; empty where every promise is kept.
    package static func broken(seed: UInt64, planner: @escaping Planner = planner) -> [String] {
        var exercise = Exercise()
        return broken(seed: seed, planner: planner, &exercise)
    }

    /// The same, with what the world was made to go through; every second one is carried out step by step.
    package static func broken(seed: UInt64, planner: @escaping Planner = planner, _ exercise: inout Exercise) -> [String] {
        var laws = Laws(seed: seed, planner: planner)
        laws.check()
        laws.tell(&exercise)
        if seed % agentStride == 1 {
            let journey = AgentJourney(seed: seed)
            journey.go()
            exercise.add(journey.exercised)
            return laws.broken + journey.broken.sorted()
        }
        guard seed % 2 == 0 else { return laws.broken }
        var journey = Journey(laws.world, seed: seed, planner: planner)
        journey.go()
        exercise.add(journey.exercised)
        return laws.broken + journey.broken.sorted()
    }

    /// What a world went through, line by line.
    package static func story(of seed: UInt64) -> [String] {
        var journey = Journey(RetentionWorld(seed: seed), seed: seed, planner: planner)
        journey.diary = []
        journey.go()
        return journey.diary ?? []
    }

    /// What this world has of what decides.
    private func tell(_ exercise: inout Exercise) {
        exercise.count(.plans)
        for refusal in plan.refused { exercise.refusal(of: refusal.kind.rawValue) }
        for reason in plan.keep.flatMap(\.reasons) { exercise.keep(by: reason.rule) }
        for one in oracle.standings() where !one.isOpen {
            if one.place >= one.count, one.age == one.ageLimit { exercise.count(.atAgeLimit) }
            if one.place >= one.count, one.age == one.ageLimit - 1 { exercise.count(.belowAgeLimit) }
            guard let age = one.age, age >= one.ageLimit else { continue }
            if one.place == one.count { exercise.count(.firstOutsideCount) }
            if one.place == one.count - 1 { exercise.count(.lastInsideCount) }
            if one.isOutside, let digest = world.snapshot.tags[one.tag], verdict.protected.contains(digest) {
                exercise.count(.sharedWithKept)
            }
        }
        for known in world.snapshot.quarantined.values where known.phase == .quarantined {
            if known.until == world.now { exercise.count(.graceJustOver) }
            if known.until == world.now + Milliseconds(1) { exercise.count(.graceNotOver) }
        }
    }

    init(seed: UInt64, planner: @escaping Planner) {
        world = RetentionWorld(seed: seed)
        self.planner = planner
        random = SeededRandom(seed: seed ^ 0x5EED)
        plan = planner(world)
        oracle = Oracle(world)
        verdict = oracle.verdict()
    }

    private var items: [RetentionPlan.Item] { plan.quarantine + plan.delete }
    var going: Set<Digest> { Set(items.flatMap(\.digests)) }

    private mutating func check() {
        names()
        protected()
        exact()
        wholeGrace()
        deletedTags()
        freed()
        // Each of these plans again: a world asks for two of them.
        for _ in 0..<2 {
            switch random.below(5) {
            case 0: monotone()
            case 1: idempotent()
            case 2: ordered()
            case 3: guarded()
            default: shrinking()
            }
        }
    }

    mutating func expect(_ holds: Bool, _ law: String) {
        if !holds, !broken.contains(law) { broken.append(law) }
    }

    /// P1, P11: no final, pointer or other tag is in a plan, an attached one only with its subject.
    private mutating func names() {
        for item in items {
            for tag in item.tags {
                let kind = oracle.kinds[tag] ?? .other
                expect([.candidate, .build, .quarantine, .attached].contains(kind), "P1: \(tag) is in a plan")
            }
        }
        for (tag, digest) in world.snapshot.tags where going.contains(digest) {
            guard case .attached = oracle.kinds[tag] else { continue }
            expect(
                Oracle.attachedSubject(tag.text).map(oracle.leaving.union(verdict.doomed).contains) ?? false,
                "P1: \(tag) goes without its subject")
        }
        for tag in world.snapshot.tags.keys {
            let own = world.snapshot.retentionClass(of: tag).word
            expect("\(oracle.kinds[tag] ?? .other)" == own, "P11: \(tag) is taken for \(own)")
        }
    }

    /// P2: nothing protected goes, and what every kept tag reaches stays whole.
    private mutating func protected() {
        let parting = Set(plan.delete.flatMap(\.digests))
        expect(parting.isDisjoint(with: verdict.protected), "P2: a protected digest is in the plan")
        expect(going.isDisjoint(with: verdict.wanted), "P2: a protected digest is in the plan")
        expect(going.subtracting(verdict.begun).isDisjoint(with: verdict.protected), "P2: a protected digest is in the plan")
        let left = oracle.all.subtracting(going.subtracting(verdict.begun))
        for (_, digest) in world.snapshot.tags where !verdict.doomed.contains(digest) {
            expect(left.isSuperset(of: oracle.reach(of: digest)), "P2: what a kept tag reaches has a hole")
        }
    }

    /// The plan is what the oracle says, no less.
    private mutating func exact() {
        guard plan.refused.isEmpty else {
            return expect(plan.refused.allSatisfy { !$0.reason.text.isEmpty }, "a refusal says why")
        }
        let named = items.reduce(0) { $0 + $1.tags.count }
        expect(
            named <= max(10, world.snapshot.tags.count * world.rules.allowRatio / 100),
            "exact: more tags go than the ratio allows")
        let tops = verdict.seeds.intersection(verdict.doomed)
        let world = world
        let isOver: (Digest) -> Bool = { digest in
            guard let known = world.snapshot.quarantined[digest] else { return false }
            return known.phase == .deleting || known.phase == .quarantined && known.until <= world.now
        }
        let begun = Set(world.snapshot.quarantined.filter { $0.value.phase == .deleting }.flatMap { $0.value.parts })
        let chosen = Set(world.snapshot.tags.filter { isTopName($0.key) }.values)
        let fresh = tops.filter { !isOver($0) && (!begun.contains($0) || chosen.contains($0)) }.union(verdict.begun)
        expect(Set(plan.quarantine.map(\.digest)) == fresh, "exact: quarantine is not what may go")
        let reached = Set(fresh.flatMap { oracle.reach(of: $0) }).union(fresh)
        let due = tops.filter { isOver($0) && !reached.contains($0) }
        expect(Set(plan.delete.map(\.digest)).isSuperset(of: due), "exact: something past its grace is left out")
        expect(going.intersection(oracle.all).isSubset(of: verdict.doomed.union(verdict.begun)), "exact: more goes than may")
        expect(Set(plan.rescue.map(\.digest)).isSuperset(of: verdict.rescued), "exact: a wanted digest stays quarantined")
        let lines = plan.keep.map(\.digest) + going.intersection(oracle.all)
        expect(lines.count == oracle.all.count && Set(lines) == oracle.all, "exact: not one line for each digest")
    }

    private func isTopName(_ tag: Tag) -> Bool {
        [.candidate, .build, .quarantine].contains(oracle.kinds[tag] ?? .other)
    }

    /// P3: one more reason to keep something never lets more go.
    private mutating func monotone() {
        var more = world
        more.rules.allowRatio = 100
        more.snapshot.sightings.tags = [:]
        // Of a plan that nothing stands against, neither of the two changes anything.
        let before = plan.refused.isEmpty ? going : Set(planned(more))
        let digests = oracle.all.sorted()
        let digest = digests[random.below(digests.count)]
        switch random.below(6) {
        case 0: more.snapshot.active.append(.init(digest: digest, place: RetentionWorld.places[0], because: "one more"))
        case 1: more.snapshot.kept.append(.init(digest: digest, rule: .hold, because: "one more"))
        case 2:
            // What a tag hangs on is no longer tied by it once it is the name of an environment.
            let tags = more.snapshot.tags.keys.filter { oracle.kinds[$0] != .attached }
            tags.min().map { _ = more.snapshot.pointers.insert($0) }
        case 3: if let tag = try? Tag("one-more") { more.snapshot.tags[tag] = digest }
        case 4:
            guard let kept = verdict.protected.sorted().first, kept != digest else { return }
            more.snapshot.manifests[kept]?.children.append(digest)
        default:
            more.snapshot.sightings.first[digest] = nil
            more.snapshot.manifests[digest]?.created = nil
        }
        expect(Set(planned(more)).isSubset(of: before), "P3: one more reason to keep lets more go")
    }

    private func planned(_ world: RetentionWorld) -> [Digest] {
        let plan = planner(world)
        return (plan.quarantine + plan.delete).flatMap(\.digests)
    }

    /// P4: after a plan was applied, a second one at the same moment is empty. What is rescued becomes young again and may take
    /// the place of another, which may rescue in its turn: then it is the one after those.
    private mutating func idempotent() {
        guard plan.refused.isEmpty else { return }
        var next = Model.applied(plan, to: world)
        var last = plan
        for _ in 0..<3 where !last.rescue.isEmpty {
            last = planner(next)
            next = Model.applied(last, to: next)
        }
        let second = planner(next)
        expect(second.quarantine.isEmpty && second.delete.isEmpty, "P4: a second plan at the same moment is not empty")
    }

    /// P5: order and repetition in lists do not matter.
    private mutating func ordered() {
        var other = world
        for digest in other.snapshot.referrers.keys {
            other.snapshot.referrers[digest] =
                (other.snapshot.referrers[digest] ?? []).reversed() + (other.snapshot.referrers[digest] ?? [])
        }
        other.snapshot.active = world.snapshot.active.reversed() + world.snapshot.active
        other.snapshot.kept = world.snapshot.kept.reversed() + world.snapshot.kept
        expect(planner(other) == plan, "P5: the order of a list matters")
    }

    /// P7, P12: what was not read, and a clock that is wrong, let nothing go.
    private mutating func guarded() {
        var wrong = world
        switch random.below(5) {
        case 0: wrong.snapshot.obstacles = ["a page did not come"]
        case 1: wrong.snapshot.registryTime = world.now + .minutes(random.onceIn(2) ? 6 : -6)
        case 2: wrong.now = (world.snapshot.lastEntryAt ?? world.now) + .minutes(-1)
        case 3: wrong.snapshot.lastEntryAt = nil
        default:
            // Releases were there at the last look, and none is left.
            for tag in wrong.snapshot.tags.keys where Oracle.kind(tag, wrong.snapshot.pointers) == .final {
                wrong.snapshot.tags[tag] = nil
            }
            if let tag = try? Tag("v8.0.0"), let digest = oracle.all.min() { wrong.snapshot.sightings.tags = [tag: digest] }
            wrong.snapshot.schemes = [.standard]
        }
        let plan = planner(wrong)
        expect(!plan.refused.isEmpty && plan.count == 0, "P7, P12: a doubt does not refuse the plan")
        let isDoubtful = !world.snapshot.obstacles.isEmpty || world.snapshot.lastEntryAt.map { $0 > world.now } ?? true
        if isDoubtful { expect(items.isEmpty, "P7: a world in doubt loses something") }
        if world.snapshot.active.contains(where: { oracle.meant(by: $0.digest).isEmpty }) {
            expect(items.isEmpty, "an active digest that is not known here does not refuse the plan")
        }
    }

    /// P15: nothing is deleted that was not quarantined for the whole grace.
    private mutating func wholeGrace() {
        for item in plan.delete {
            let known = world.snapshot.quarantined[item.digest]
            let isOver = known?.phase == .deleting || known?.phase == .quarantined && (known?.until ?? world.now) <= world.now
            expect(isOver, "P15: \(item.digest.short()) is deleted before its grace is over")
            for part in item.parts {
                expect(known?.parts.contains(part) ?? false, "P15: a part is deleted that was not quarantined")
            }
        }
    }

    /// P16: a confirmed plan can only shrink.
    private mutating func shrinking() {
        let other = planner(RetentionWorld(seed: random.next()))
        let common = other.intersection(with: plan)
        expect(
            Set(common.quarantine).isSubset(of: other.quarantine) && Set(common.delete).isSubset(of: other.delete)
                && Set(common.quarantine.flatMap(\.digests) + common.delete.flatMap(\.digests)).isSubset(of: going),
            "P16: what is applied is more than what was confirmed")
        if plan.refused.isEmpty {
            let same = plan.intersection(with: plan)
            expect(same.quarantine == plan.quarantine && same.delete == plan.delete, "P16: a plan is not its own intersection")
        }
    }
}
