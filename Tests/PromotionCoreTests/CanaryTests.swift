import Fixtures
import PromotionCore
import Testing

/// A canary, walked by hand.
@Suite struct CanaryTests {
    static func walk(switching: EnvironmentPolicy.Switching = .automatic) throws -> Walk {
        Walk(try PromotionTests.plan(switching: switching, strategy: .canary))
    }

    static let tenth = Routing(10, to: Fixtures.green, rest: Fixtures.blue)
    static let half = Routing(50, to: Fixtures.green, rest: Fixtures.blue)

    @Test func `traffic moves step by step, each analysed, before all of it moves`() throws {
        var walk = try Self.walk()
        try walk.reach("succeeded")
        #expect(
            walk.states == [
                "planned", "queued", "preparing", "deploying idle", "verifying idle", "stepping", "analysing", "stepping",
                "analysing", "switching", "verifying live", "baking", "closing", "succeeded",
            ])
    }

    @Test func `a step first splits traffic, then warms up, then measures as long as it says`() throws {
        var walk = try Self.walk()
        try walk.reach("stepping")
        #expect(walk.promotion.pending.first == .trafficSplit(Self.tenth) && walk.promotion.isCommitted)
        try walk.succeedOnce()
        let entered = walk.promotion.enteredAt
        #expect(walk.promotion.pending.first == .elapsed(entered + .seconds(5)))
        #expect(!walk.promotion.pending.contains { $0.isCheck }, "nothing is measured while it warms up")
        try walk.succeedOnce()
        #expect(walk.promotion.pending.contains(.elapsed(entered + .seconds(15))))
        for _ in 0..<5 {
            for name in [CheckSpecification.runningDigest.name, Fixtures.health.name, Fixtures.errors.name] {
                try walk.apply(Walk.measured(.step, name, .pass))
            }
        }
        #expect(walk.promotion.state == .analysing(0), "the time is not over yet")
        #expect(walk.promotion.pending.contains { $0.isCheck }, "and it is measured on")
        try walk.apply(.achieved(effect: .elapsed(entered + .seconds(15)), detail: ""))
        #expect(walk.promotion.state == .stepping(1))
        #expect(walk.promotion.pending.first == .trafficSplit(Self.half))
    }

    @Test(arguments: [0, 1])
    func `a signal that says no takes all traffic back at once`(step: Int) throws {
        var walk = try Self.walk()
        try walk.reach("analysing")
        if step == 1 {
            try walk.reach("stepping")
            try walk.reach("analysing")
        }
        try walk.apply(Walk.measured(.step, Fixtures.errors.name, .fail("error rate 12.00 %, limit 5.00 %")))
        #expect(walk.promotion.state == .rollingBack && walk.promotion.automaticRollbacks == 1)
        try walk.succeedOnce()
        #expect(walk.promotion.pending.first == .trafficOn(slot: Fixtures.blue))
        try walk.reach("rolled back")
        #expect(walk.promotion.state == .ended(.rolledBack))
        #expect(walk.promotion.failure?.reason.text.contains("error rate") == true)
    }

    @Test func `without traffic nobody can tell: a person is asked, and time rolls back`() throws {
        var walk = try Self.walk()
        try walk.reach("analysing")
        try walk.succeedOnce()
        for name in [CheckSpecification.runningDigest.name, Fixtures.health.name] {
            for _ in 0..<2 { try walk.apply(Walk.measured(.step, name, .pass)) }
        }
        try walk.apply(Walk.measured(.step, Fixtures.errors.name, .skipped("0 of 20 requests so far")))
        try walk.apply(.deadlinePassed(try #require(walk.promotion.deadline)))
        #expect(walk.promotion.state == .inconclusive(.step))
        #expect(walk.promotion.failure?.reason == "no data: errors")
        try walk.apply(.deadlinePassed(try #require(walk.promotion.deadline)))
        #expect(walk.promotion.state == .rollingBack, "traffic is never left split")
    }

    @Test func `a person lets an inconclusive step pass, or has it measured again, three times at most`() throws {
        var walk = try Self.walk()
        try walk.reach("analysing")
        for _ in 0..<Promotion.retryLimit {
            try walk.apply(Walk.measured(.step, Fixtures.errors.name, .inconclusive("?")))
            #expect(walk.promotion.state == .inconclusive(.step))
            try walk.apply(.retryRequested(reason: "again"))
            #expect(walk.promotion.state == .analysing(0))
        }
        try walk.apply(Walk.measured(.step, Fixtures.errors.name, .inconclusive("?")))
        #expect(throws: PromotionFault.self) { try walk.apply(.retryRequested(reason: "again")) }
        try walk.apply(.goOnRequested(reason: "seen by hand"))
        #expect(walk.promotion.state == .stepping(1))
    }

    @Test(arguments: [
        (Routing(all: Fixtures.blue), "ready to switch"), (tenth, "analysing"), (half, "analysing"),
        (Routing(all: Fixtures.green), "verifying live"), (Routing(30, to: Fixtures.green, rest: Fixtures.blue), "rolling back"),
    ])
    func `after a crash in a step the switch is asked, and its word decides`(routing: Routing, expected: String) throws {
        for state in ["stepping", "analysing"] {
            var walk = try Self.walk()
            try walk.reach(state)
            try walk.apply(.resumed)
            #expect(walk.promotion.state == .indeterminate && walk.promotion.pending.first == .leaseHeld)
            try walk.apply(.leaseTaken(Walk.lease(2)))
            try walk.apply(.routingObserved(routing))
            #expect(walk.promotion.state.words == expected, "from \(state)")
        }
    }

    @Test func `a split whose outcome is unknown is settled by asking, never by asking again for it`() throws {
        var walk = try Self.walk()
        try walk.reach("stepping")
        try walk.apply(.failed(effect: .trafficSplit(Self.tenth), fault: Fault(.unknown, "timed out")))
        #expect(walk.promotion.state == .indeterminate && walk.promotion.pending.first == .routingObserved)
    }

    @Test(arguments: ["stepping", "analysing", "paused"])
    func `a person's rollback outranks every part of a canary`(state: String) throws {
        var walk = try Self.walk()
        try walk.reach(state == "paused" ? "analysing" : state)
        if state == "paused" { try walk.apply(.pauseRequested(by: Fixtures.bob, reason: "lunch")) }
        try walk.apply(.rollbackRequested(reason: "customers complain"))
        #expect(walk.promotion.state == .rollingBack && walk.promotion.automaticRollbacks == 0)
        try walk.reach("rolled back")
        #expect(walk.promotion.state == .ended(.rolledBack))
    }

    @Test func `a first release has nothing to be compared with and moves at once`() throws {
        var world = try PlanTests.World()
        world.service = Fixtures.service(strategy: .canary)
        world.chronicle = Chronicle()
        try world.addEvidence(in: Fixtures.staging)
        try world.chronicle.record(.adopted(.init(slots: [:], live: nil, pointers: [:])), at: PlanTests.prod)
        world.observation = Fixtures.observation([:], live: Fixtures.blue)
        #expect(try #require(world.plan().plan).steps.isEmpty)
    }
}

extension Effect {
    /// Whether it is a check's answer.
    fileprivate var isCheck: Bool { if case .checkAnswered = self { true } else { false } }
}
