import Fixtures
import PromotionCore
import Testing

/// What a promotion does once nobody knows, or nobody was there.
@Suite struct RecoveryTests {
    @Test(arguments: ["rolling back", "verifying rollback"])
    func `a rollback is finished however long the agent was away`(state: String) throws {
        var walk = Walk(try PromotionTests.rollbackPlan())
        try walk.reach(state)
        walk.now = try #require(walk.promotion.deadline) + .minutes(60)
        try walk.apply(.resumed)
        #expect(try #require(walk.promotion.deadline) > walk.now, "its time is over before it could do anything")
        try walk.reach("rolled back")
        #expect(walk.promotion.state == .ended(.rolledBack))
    }

    @Test func `what is in doubt is observed however long the agent was away`() throws {
        var walk = Walk(try PromotionTests.plan())
        try walk.reach("switching")
        try walk.apply(.resumed)
        walk.now = try #require(walk.promotion.deadline) + .minutes(60)
        try walk.apply(.resumed)
        #expect(try #require(walk.promotion.deadline) > walk.now)
    }

    @Test(arguments: [([:], "indeterminate"), (["blue": 50, "green": 50], "indeterminate"), (["blue": 100], "ready to switch")])
    func `mixed traffic settles nothing where nothing served before`(weights: [String: Int], expected: String) throws {
        var world = try PlanTests.World()
        world.chronicle = Chronicle()
        try world.addEvidence(in: Fixtures.staging)
        try world.chronicle.record(.adopted(.init(slots: [:], live: nil, pointers: [:])), at: PlanTests.prod)
        world.observation = Fixtures.observation([:], live: Fixtures.blue)
        var walk = Walk(try #require(world.plan().plan))
        try walk.reach("switching")
        try walk.apply(.failed(effect: .trafficOn(slot: Fixtures.green), fault: Fault(.unknown, "timed out")))
        let slots = try weights.map { (try SlotName($0.key), $0.value) }
        try walk.apply(.routingObserved(Routing(weights: Dictionary(uniqueKeysWithValues: slots))))
        #expect(walk.promotion.state.words == expected)
    }

    @Test func `a rollback that nothing can verify still moves the pointer back`() throws {
        var walk = Walk(try PromotionTests.rollbackPlan())
        try walk.reach("verifying rollback")
        let check = CheckSpecification.runningDigest.name
        try walk.apply(Walk.measured(.rollback, check, .inconclusive("nobody said")))
        // The other checks say yes, and the tags are moved.
        for _ in 0..<20 where !walk.promotion.hasEnded { try walk.succeedOnce() }
        #expect(walk.promotion.state == .ended(.rolledBackUnverified) && walk.promotion.owed.isEmpty)
        #expect(walk.promotion.achieved.isEmpty)
        var other = Walk(try PromotionTests.rollbackPlan())
        try other.reach("verifying rollback")
        try other.apply(Walk.measured(.rollback, check, .inconclusive("nobody said")))
        #expect(other.promotion.pending.contains { if case .pointerNames = $0 { true } else { false } })
    }

    @Test func `a failed rollback without a goal is not tried again`() throws {
        var world = try PlanTests.World()
        world.chronicle = Chronicle()
        try world.addEvidence(in: Fixtures.staging)
        try world.chronicle.record(.adopted(.init(slots: [:], live: nil, pointers: [:])), at: PlanTests.prod)
        world.observation = Fixtures.observation([:], live: Fixtures.blue)
        var walk = Walk(try #require(world.plan().plan))
        try walk.reach("switching")
        try walk.apply(.resumed)
        walk.now = try #require(walk.promotion.deadline)
        try walk.apply(.deadlinePassed(walk.now))
        #expect(walk.promotion.state == .rollbackFailed)
        #expect(throws: PromotionFault.self) { try walk.apply(.goOnRequested(reason: "again")) }
        try walk.apply(.abortRequested(reason: "closed by hand"))
        #expect(walk.promotion.state == .ended(.failed))
    }
}
