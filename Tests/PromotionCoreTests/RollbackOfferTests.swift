import Fixtures
import PromotionCore
import Testing

/// What a rollback offers, and what its hash holds fast.
@Suite struct RollbackOfferTests {
    static let prod = PlanTests.prod

    /// A board of the world of plans, which grows with it.
    struct Scene {
        var world: PlanTests.World
        var health: [SlotName: SlotObservation.Health] = [:]

        init() throws { world = try PlanTests.World() }

        func board() throws -> Board {
            var board = Board(
                services: [world.service], projection: world.chronicle.projection,
                agent: AgentDescription(version: "1", host: "bastion-1", process: 1, since: Fixtures.start))
            if let seen = world.observation {
                var slots = seen.slots
                for (slot, health) in health {
                    slots[slot] = slots[slot]?.map {
                        SlotObservation(at: $0.at, health: health, instances: $0.instances, endpoint: nil)
                    }
                }
                let changed = EnvironmentObservation(at: seen.at, slots: slots, routing: seen.routing, pointers: seen.pointers)
                try board.apply(.observed(RollbackOfferTests.prod, changed))
            }
            return board
        }

        func offers() throws -> [RollbackOffer] { try board().rollbackOffers(of: RollbackOfferTests.prod) }

        /// Starts a promotion of `fresh` and carries it on to a state.
        mutating func promote(_ release: Release = PlanTests.fresh, until words: String) throws {
            world.lookup = .found(release)
            let plan = try #require(PlanTests.World.plan(of: release, world))
            try world.chronicle.record(
                .started(.init(plan: plan, reason: nil)), at: RollbackOfferTests.prod, promotion: PromotionNumber(1))
            while let promotion = world.chronicle.projection.promotion(PromotionNumber(1)), promotion.state.words != words {
                let effect = try #require(promotion.pending.first)
                let event: PromotionEvent =
                    switch effect {
                    case .leaseHeld: .leaseTaken(Walk.lease(1, RollbackOfferTests.prod))
                    case .conditionsHold: .conditionsEvaluated([], plan: promotion.plan.hash)
                    case .checkAnswered(let gate, let check, _): Walk.measured(gate, check, .pass)
                    default: .achieved(effect: effect, detail: "done")
                    }
                try world.chronicle.record(.happened(event), at: RollbackOfferTests.prod, promotion: PromotionNumber(1))
            }
        }
    }

    @Test func `without a promotion what serves goes back, and the release that goes gets a veto`() throws {
        let offer = try #require(try Scene().offers().first)
        #expect(offer.effect == .goBack(to: PlanTests.warm.digest) && offer.readiness.warmSlot == Fixtures.green)
        #expect(offer.serving?.release == PlanTests.serving && offer.rejected == PlanTests.serving && offer.objection == nil)
    }

    @Test(arguments: ["queued", "preparing", "deploying idle", "verifying idle"])
    func `before the commit point the promotion is stopped first of all`(words: String) throws {
        var scene = try Scene()
        try scene.promote(until: words)
        let offers = try scene.offers()
        #expect(offers.map(\.effect) == [.stop(PromotionNumber(1)), .goBack(to: PlanTests.warm.digest)])
        #expect(offers[0].rejected == nil && !offers[0].canSpare)
        // The idle slot is given up as soon as the promotion deploys there, whatever the last look saw.
        let isTouched = words == "deploying idle" || words == "verifying idle"
        #expect(offers[1].readiness.warmSlot == (isTouched ? nil : Fixtures.green))
        scene.health = [Fixtures.blue: .unhealthy("status 503")]
        let unhealthy = try scene.offers()
        #expect(unhealthy.map(\.effect) == offers.reversed().map(\.effect))
        #expect(unhealthy.allSatisfy { $0.complaint == "status 503" })
    }

    @Test(arguments: ["switching", "verifying live", "baking"])
    func `after it the promotion is taken back, and nothing else is offered`(words: String) throws {
        var scene = try Scene()
        try scene.promote(until: words)
        let offers = try scene.offers()
        #expect(offers.map(\.effect) == [.takeBack(PromotionNumber(1), to: PlanTests.serving.digest)])
        #expect(offers[0].rejected == PlanTests.fresh && offers[0].serving?.release == PlanTests.fresh)
    }

    @Test func `a release under promotion is no goal, though it served before`() throws {
        var scene = try Scene()
        let evidence = Evidence(
            digest: PlanTests.warm.digest, environment: Fixtures.staging, source: .ci(Fixtures.alice),
            at: scene.world.chronicle.now,
            passed: 6, total: 6, note: nil)
        try scene.world.chronicle.record(.evidence(evidence), at: Place(Fixtures.payments, Fixtures.staging))
        try scene.promote(PlanTests.warm, until: "preparing")
        let offers = try scene.offers()
        #expect(offers.map(\.effect) == [.stop(PromotionNumber(1))])
        #expect(try scene.board().rollbackOffer(to: PlanTests.warm.digest, at: Self.prod) == nil)
        #expect(try scene.board().rollback(of: Self.prod).release == nil)
    }

    @Test func `the hash holds what was decided, and lets go what is measured`() throws {
        var scene = try Scene()
        let hash = try #require(try scene.offers().first).hash
        scene.world.observation = Fixtures.observation(
            [Fixtures.blue: PlanTests.serving, Fixtures.green: PlanTests.warm], live: Fixtures.blue,
            pointers: [Tag(pointerOf: Fixtures.prod): PlanTests.serving.digest], at: Fixtures.start + .minutes(5))
        #expect(try scene.offers().first?.hash == hash, "when it was last seen is measured")
        scene.health = [Fixtures.blue: .unhealthy("status 503")]
        #expect(try scene.offers().first?.hash == hash, "how what serves feels is measured")
        scene.health = [Fixtures.green: .unhealthy("status 503")]
        #expect(try scene.offers().first?.hash != hash, "a deploy first is another deed than a change of traffic")
        scene.health = [:]
        try scene.promote(until: "queued")
        #expect(try scene.offers().last?.hash != hash, "a promotion that is stopped first is another deed")
        let waiting = try #require(try scene.offers().first).hash
        try Self.carry(&scene, until: "preparing")
        #expect(try scene.offers().first?.hash == waiting, "how far it has come before the commit point is measured")
    }

    private static func carry(_ scene: inout Scene, until words: String) throws {
        try scene.world.chronicle.record(
            .happened(.leaseTaken(Walk.lease(1, prod))), at: prod, promotion: PromotionNumber(1))
        #expect(scene.world.chronicle.projection.promotion(PromotionNumber(1))?.state.words == words)
    }

    @Test func `rollbacks of earlier versions are read, with a veto, and write nothing new`() throws {
        let old = #"{"rollbackRequested":{"reason":"customers complain"}}"#
        let event = try CanonicalJSON.decode(PromotionEvent.self, from: old.utf8)
        #expect(event == .rollbackRequested(reason: "customers complain"))
        #expect(String(decoding: try CanonicalJSON.encode(event), as: UTF8.self) == old)
        let plan = try #require(PromotionPlan.makeRollback(of: Self.prod, try PlanTests.World().snapshot()).plan)
        let text = String(decoding: try CanonicalJSON.encode(Fact.started(.init(plan: plan, reason: nil))), as: UTF8.self)
        #expect(!text.contains("undoes") && !text.contains("\"rollback\":{"))
    }

    @Test(arguments: [true, false]) func `a veto is set unless the person said no, and the automation halts either way`(
        vetoes: Bool
    ) throws {
        var scene = try Scene()
        let plan = try #require(PromotionPlan.makeRollback(of: Self.prod, scene.world.snapshot()).plan)
        let start = Fact.Start(plan: plan, reason: nil, rollback: RollbackTerms(by: Fixtures.alice, vetoes: vetoes))
        try scene.world.chronicle.record(.started(start), at: Self.prod, promotion: PromotionNumber(1))
        try scene.finish()
        let environment = try #require(scene.world.chronicle.projection.services[Fixtures.payments]?.environments[Fixtures.prod])
        #expect(environment.vetoes.map(\.digest) == (vetoes ? [PlanTests.serving.digest] : []))
        #expect(environment.automation.halt != nil)
        #expect(environment.manualRollback?.left == Occupant(slot: Fixtures.blue, release: PlanTests.serving))
    }

    @Test func `if nothing else is left, the release of the newest manual rollback stays offered, marked`() throws {
        var scene = try Scene()
        let plan = try #require(PromotionPlan.makeRollback(of: Self.prod, scene.world.snapshot()).plan)
        let start = Fact.Start(plan: plan, reason: nil, rollback: RollbackTerms(by: Fixtures.alice, vetoes: true))
        try scene.world.chronicle.record(.started(start), at: Self.prod, promotion: PromotionNumber(1))
        try scene.finish()
        scene.world.observation = Fixtures.observation(
            [Fixtures.blue: PlanTests.serving, Fixtures.green: PlanTests.warm], live: Fixtures.green)
        let offer = try #require(try scene.offers().first)
        #expect(offer.effect == .goBack(to: PlanTests.serving.digest) && offer.lastResort?.number == PromotionNumber(1))
        let snapshot = scene.world.snapshot()
        #expect(PromotionPlan.makeRollback(of: Self.prod, snapshot).plan == nil, "nothing that goes by itself takes it")
        #expect(PromotionPlan.makeRollback(of: Self.prod, to: PlanTests.serving.digest, snapshot).plan != nil)
        try scene.world.chronicle.record(
            .policy(.vetoed(digest: PlanTests.serving.digest, reason: "it loses orders")), at: Self.prod)
        #expect(try scene.offers().first?.effect == nil, "a person has vetoed it since")
    }
}

extension RollbackOfferTests.Scene {
    /// Carries the rollback under way to its end.
    mutating func finish() throws {
        let number = PromotionNumber(1)
        while let promotion = world.chronicle.projection.promotion(number), !promotion.hasEnded {
            let effect = try #require(promotion.pending.first)
            let event: PromotionEvent =
                switch effect {
                case .leaseHeld: .leaseTaken(Walk.lease(1, RollbackOfferTests.prod))
                case .conditionsHold: .conditionsEvaluated([], plan: promotion.plan.hash)
                case .checkAnswered(let gate, let check, _): Walk.measured(gate, check, .pass)
                default: .achieved(effect: effect, detail: "done")
                }
            try world.chronicle.record(.happened(event), at: RollbackOfferTests.prod, promotion: number)
        }
    }
}

extension PlanTests.World {
    /// The plan of a release into prod, as the world stands.
    static func plan(of release: Release, _ world: PlanTests.World) -> PromotionPlan? {
        PromotionPlan.make(PromotionRequest(place: PlanTests.prod, digest: release.digest), world.snapshot()).plan
    }
}
