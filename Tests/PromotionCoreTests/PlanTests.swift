import Fixtures
import PromotionCore
import Testing

@Suite struct PlanTests {
    static let serving = Fixtures.release("B", tag: "v2.30.3")
    static let warm = Fixtures.release("D", tag: "v2.30.1")
    static let fresh = Fixtures.release("A", tag: "v2.31.0-rc.2")
    static let prod = Place(Fixtures.payments, Fixtures.prod)

    /// A world in which nothing stands against promoting `fresh` to prod, to be spoilt by each test.
    struct World {
        var chronicle = Chronicle()
        var service = Fixtures.service()
        var lookup = PlanningSnapshot.Lookup.found(fresh)
        var observation: EnvironmentObservation? = Fixtures.observation(
            [Fixtures.blue: serving, Fixtures.green: warm], live: Fixtures.blue,
            pointers: [Tag(pointerOf: Fixtures.prod): serving.digest])
        var lease: Lease?
        var part: ImagePart?

        init() throws {
            try chronicle.adoptFleet(serving: serving, warm: warm)
            try addEvidence(in: Fixtures.staging)
        }

        mutating func addEvidence(in environment: EnvironmentName, passed: Int = 6) throws {
            let evidence = Evidence(
                digest: fresh.digest, environment: environment, source: .ci(Fixtures.alice), at: chronicle.now, passed: passed,
                total: 6,
                note: nil)
            try chronicle.record(.evidence(evidence), at: Place(Fixtures.payments, environment))
        }

        /// Lets a promotion of a release go through an environment of one slot, and be rolled back after its switch.
        mutating func rollBack(_ release: Release, at place: Place) throws {
            var asked = self
            asked.observation = Fixtures.observation(
                [.only: serving], live: .only, pointers: [Tag(pointerOf: place.environment): serving.digest])
            try asked.addEvidence(in: Fixtures.testing)
            let number = PromotionNumber(1)
            let plan = try #require(asked.plan(place).plan)
            try chronicle.record(.started(.init(plan: plan, reason: nil)), at: place, promotion: number)
            while let promotion = chronicle.projection.promotion(number), !promotion.hasEnded {
                let effect = try #require(promotion.pending.first)
                let event: PromotionEvent =
                    switch effect {
                    case .leaseHeld: .leaseTaken(Walk.lease(1, place))
                    case .checkAnswered(let gate, let check, _):
                        Walk.measured(gate, check, promotion.state == .verifyingLive ? .fail("no") : .pass)
                    default: .achieved(effect: effect, detail: "done")
                    }
                try chronicle.record(.happened(event), at: place, promotion: number)
            }
        }

        func snapshot(for asker: PromotionNumber? = nil) -> PlanningSnapshot {
            PlanningSnapshot(
                takenAt: chronicle.now, service: service,
                projection: chronicle.projection.services[Fixtures.payments] ?? ServiceProjection(), lookup: lookup,
                observation: observation, lease: .known(lease, at: chronicle.now), freezes: chronicle.projection.freezes,
                asker: asker, part: part)
        }

        func plan(_ place: Place = prod) -> PlanAnswer {
            PromotionPlan.make(PromotionRequest(place: place, digest: fresh.digest), snapshot())
        }
        func plan(_ digest: Digest) -> PlanAnswer {
            PromotionPlan.make(PromotionRequest(place: PlanTests.prod, digest: digest), snapshot())
        }
    }

    @Test func `a tested release gets a plan for the idle slot, with the way back`() throws {
        let plan = try #require(try World().plan().plan)
        #expect(plan.slot == Fixtures.green && plan.live == Occupant(slot: Fixtures.blue, release: Self.serving))
        #expect(plan.replaced == Self.warm && plan.wayBack?.release == Self.serving)
        #expect(plan.pointers.map(\.tag.text) == ["prod-green", "prod"] && plan.finalTag?.text == "v2.31.0")
        #expect(plan.checks.contains { $0.kind == .runningDigest })
    }

    @Test func `the hash follows what was decided and not what was measured`() throws {
        let world = try World()
        let first = try #require(world.plan().plan)
        var later = world
        later.chronicle.now = world.chronicle.now + .minutes(5)
        #expect(later.plan().plan?.hash == first.hash)
        var moved = world
        moved.observation = Fixtures.observation(
            [Fixtures.blue: Self.serving, Fixtures.green: Self.warm], live: Fixtures.green,
            pointers: [Tag(pointerOf: Fixtures.prod): Self.serving.digest])
        #expect(moved.plan().plan?.hash != first.hash)
        var stricter = world
        stricter.service = Fixtures.service(checks: [])
        #expect(stricter.plan().plan?.hash != first.hash)
    }

    @Test func `every reason is given at once`() throws {
        var world = try World()
        world.service = Fixtures.service(soak: .minutes(10))
        world.chronicle = Chronicle()
        try world.chronicle.adoptFleet(serving: Self.serving, warm: Self.warm)
        world.observation = Fixtures.observation([Fixtures.blue: Self.serving], live: nil, pointers: [:])
        let kinds = Set(world.plan().objections.map(\.kind))
        #expect(kinds == [.noEvidence, .soaking, .routingUnclear, .pointerDrift])
        #expect(world.plan().plan == nil)
    }

    @Test func `evidence that is not whole does not count`() throws {
        var world = try World()
        world.chronicle = Chronicle()
        try world.chronicle.adoptFleet(serving: Self.serving, warm: Self.warm)
        try world.addEvidence(in: Fixtures.staging, passed: 5)
        try world.addEvidence(in: Fixtures.testing)
        #expect(world.plan().objections.map(\.kind) == [.noEvidence])
    }

    @Test func `what cannot be seen is not changed`() throws {
        var world = try World()
        world.observation = nil
        #expect(world.plan().objections.contains { $0.kind == .unobservable })
    }

    @Test func `a sick live slot is refused before the change`() throws {
        var world = try World()
        let sick = SlotObservation(at: Fixtures.start, health: .unknown("no answer"), instances: [], endpoint: nil)
        world.observation = Fixtures.seen(
            [Fixtures.blue: sick, Fixtures.green: Fixtures.running(Self.warm)], routing: Routing(all: Fixtures.blue),
            pointers: [Tag(pointerOf: Fixtures.prod): Self.serving.digest])
        #expect(world.plan().objections.map(\.kind) == [.unhealthy])
    }

    @Test func `a lease of somebody else is named with owner and reason`() throws {
        var world = try World()
        let holder = LeaseHolder(owner: Fixtures.alice, session: "s", promotion: nil, reason: "database move")
        world.lease = Lease(
            place: Self.prod, holder: holder, fence: Fence(3), since: world.chronicle.now,
            expires: world.chronicle.now + .minutes(1))
        let objection = try #require(world.plan().objections.first)
        #expect(objection.kind == .busy && objection.reason == "alice holds prod: database move" && objection.earliest != nil)
        world.chronicle.now = world.chronicle.now + .minutes(2)
        #expect(world.plan().objections.isEmpty)
    }

    @Test func `a lease that an ended promotion is giving back stands against nothing`() throws {
        var world = try World()
        try world.rollBack(Self.fresh, at: Place(Fixtures.payments, Fixtures.staging))
        world.lease = Walk.lease()
        #expect(!world.plan().objections.contains { $0.kind == .busy })
    }

    @Test func `the first environment takes candidates straight from the registry`() throws {
        var world = try World()
        let place = Place(Fixtures.payments, Fixtures.testing)
        world.observation = Fixtures.observation(
            [.only: Self.serving], live: .only, pointers: [Tag(pointerOf: Fixtures.testing): Self.serving.digest])
        let plan = try #require(world.plan(place).plan)
        #expect(plan.from == nil && plan.strategy == .replace && plan.finalTag == nil)
        world.lookup = .found(Release(digests: Self.fresh.digests, tag: "sha-9c1e0af".asTag, revision: nil))
        #expect(world.plan(place).objections.map(\.kind) == [.notACandidate])
    }

    @Test func `a rollback plan takes the warm slot`() throws {
        let plan = try #require(PromotionPlan.makeRollback(of: Self.prod, try World().snapshot()).plan)
        #expect(plan.kind == .rollback && plan.slot == Fixtures.green && plan.release == Self.warm)
        #expect(plan.rejected == Self.serving && plan.wayBack == nil)
    }

    @Test func `an unknown image and an unreadable one are different facts`() throws {
        var world = try World()
        world.lookup = .absent
        #expect(world.plan().objections.map(\.kind) == [.unknownImage])
        world.lookup = .unreadable(Fault(.refused, "the bytes do not match"))
        #expect(world.plan().objections.map(\.kind) == [.unreadableImage])
    }

    @Test func `a later result that says otherwise takes evidence back`() throws {
        var world = try World()
        try world.addEvidence(in: Fixtures.staging, passed: 5)
        #expect(world.plan().objections.map(\.kind) == [.noEvidence])
        try world.addEvidence(in: Fixtures.staging)
        #expect(world.plan().objections.isEmpty)
    }

    @Test func `a release that was rolled back upstream has no evidence there any more`() throws {
        var world = try World()
        let place = Place(Fixtures.payments, Fixtures.staging)
        try world.rollBack(Self.fresh, at: place)
        #expect(world.plan().objections.map(\.kind) == [.noEvidence])
    }

    @Test func `an environment that was never adopted is not changed`() throws {
        var world = try World()
        world.chronicle = Chronicle()
        try world.addEvidence(in: Fixtures.staging)
        #expect(world.plan().objections.map(\.kind) == [.unobservable])
    }

    @Test func `a live slot that runs something else than the ledger says is not the way back`() throws {
        var world = try World()
        world.observation = Fixtures.observation(
            [Fixtures.blue: Self.warm, Fixtures.green: Self.warm], live: Fixtures.blue,
            pointers: [Tag(pointerOf: Fixtures.prod): Self.serving.digest])
        #expect(world.plan().objections.map(\.kind) == [.drifted])
    }

    @Test func `where traffic was moved by hand, a rollback leaves what serves`() throws {
        var world = try World()
        world.observation = Fixtures.observation(
            [Fixtures.blue: Self.serving, Fixtures.green: Self.warm], live: Fixtures.green)
        let plan = try #require(PromotionPlan.makeRollback(of: Self.prod, world.snapshot()).plan)
        #expect(plan.release == Self.serving && plan.slot == Fixtures.blue)
    }
}
