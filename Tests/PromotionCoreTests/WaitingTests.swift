import Fixtures
import PromotionCore
import Testing

/// Waits before anything has begun, and holds by a person.
@Suite struct WaitingTests {
    static let rule = ApprovalRule(number: 2, expires: .minutes(240))

    static func walk(_ objections: [Objection] = [], approval: ApprovalRule? = nil) throws -> Walk {
        let plan = try PromotionTests.plan(switching: .manual, approval: approval)
        var walk = Walk(plan)
        walk.promotion = Promotion(
            number: PromotionNumber(1), start: .init(plan: plan, reason: nil, objections: objections), by: Fixtures.alice,
            at: walk.now)
        return walk
    }

    static func approval(
        _ name: SafeText, _ role: Role = .approver, plan: Digest, at: Timestamp = Fixtures.start
    ) -> PromotionEvent {
        .approved(
            Approval(
                by: Account(name: name, proof: .socket(userID: UInt32(name.text.utf8.reduce(0) { $0 + UInt32($1) })), host: "h"),
                role: role, at: at, plan: plan))
    }

    @Test func `what is started to wait waits without a lease, for the whole of its time and no longer`() throws {
        var walk = try Self.walk([Fixtures.soaking])
        #expect(walk.promotion.state == .blocked && walk.promotion.objections == [Fixtures.soaking])
        let deadline = Fixtures.start + walk.promotion.plan.timing.blocked
        #expect(walk.promotion.pending == [.conditionsHold, .deadline(deadline)])
        try walk.apply(.resumed)
        #expect(walk.promotion.pending == [.conditionsHold, .deadline(deadline)], "a crash makes it no longer")
        try walk.apply(.deadlinePassed(deadline))
        #expect(walk.promotion.state == .ended(.expired))
    }

    @Test func `conditions that have come to hold let it go on, if the plan is still the one that was agreed to`() throws {
        var walk = try Self.walk([Fixtures.soaking])
        var moved = walk
        try moved.apply(.conditionsEvaluated([], plan: Digest(of: "another plan".utf8)))
        #expect(moved.promotion.state == .ended(.expired) && moved.promotion.failure != nil)
        try walk.apply(.conditionsEvaluated([], plan: walk.promotion.plan.hash))
        #expect(walk.promotion.state == .queued && walk.promotion.objections.isEmpty)
    }

    @Test func `what neither time nor a person can turn ends the wait`() throws {
        var walk = try Self.walk([Fixtures.soaking])
        try walk.apply(.conditionsEvaluated([.init(.alreadyRuns, "it serves already", remedy: "nothing")], plan: nil))
        #expect(walk.promotion.state == .ended(.expired))
    }

    @Test func `a condition that is false again at the start sends it back to wait, its lease given up`() throws {
        var walk = try Self.walk()
        try walk.reach("preparing")
        #expect(walk.promotion.pending.first == .conditionsHold)
        try walk.apply(.conditionsEvaluated([Fixtures.soaking], plan: walk.promotion.plan.hash))
        #expect(walk.promotion.state == .blocked && walk.promotion.lease == nil)
        try walk.reach("ready to switch")
        #expect(walk.promotion.state == .readyToSwitch)
    }

    @Test func `as many different people as the rule says, and never the starter`() throws {
        var walk = try Self.walk(approval: Self.rule)
        let hash = walk.promotion.plan.hash
        #expect(walk.promotion.state == .awaitingApproval)
        #expect(throws: PromotionFault.self) { try walk.apply(Self.approval("alice", plan: hash)) }
        #expect(throws: PromotionFault.self) { try walk.apply(Self.approval("carol", .operator, plan: hash)) }
        #expect(throws: PromotionFault.self) { try walk.apply(Self.approval("bob", plan: Digest(of: "other".utf8))) }
        try walk.apply(Self.approval("bob", plan: hash))
        #expect(throws: PromotionFault.self) { try walk.apply(Self.approval("bob", plan: hash)) }
        #expect(walk.promotion.state == .awaitingApproval, "one person counts once")
        try walk.apply(Self.approval("carol", plan: hash))
        #expect(walk.promotion.state == .queued)
    }

    @Test func `approvals given while it is blocked count once it is not`() throws {
        var walk = try Self.walk([Fixtures.soaking], approval: Self.rule)
        for name: SafeText in ["bob", "carol"] { try walk.apply(Self.approval(name, plan: walk.promotion.plan.hash)) }
        try walk.apply(.conditionsEvaluated([], plan: walk.promotion.plan.hash))
        #expect(walk.promotion.state == .queued)
    }

    @Test func `approvals are refused, and grow old`() throws {
        var walk = try Self.walk(approval: Self.rule)
        for name: SafeText in ["bob", "carol"] { try walk.apply(Self.approval(name, plan: walk.promotion.plan.hash)) }
        var rejected = walk
        try rejected.apply(.rejected(by: Fixtures.bob, reason: "not today"))
        #expect(rejected.promotion.state == .ended(.rejected))
        #expect(!walk.promotion.isApproved(at: Fixtures.start + .minutes(240)), "a yes counts as long as the rule says")
        try walk.reach("preparing")
        walk.now = Fixtures.start + .minutes(240)
        try walk.apply(.conditionsEvaluated([], plan: walk.promotion.plan.hash))
        #expect(walk.promotion.state == .awaitingApproval && walk.promotion.lease == nil)
        let deadline = try #require(walk.promotion.deadline)
        #expect(deadline == Fixtures.start + .minutes(240), "going to and fro makes the wait no longer")
    }

    @Test func `a newer promotion takes the turn of one that waits, never of one that has begun`() throws {
        var waiting = try Self.walk([Fixtures.soaking])
        try waiting.apply(.superseded(by: PromotionNumber(2)))
        #expect(waiting.promotion.state == .ended(.superseded))
        var begun = try Self.walk()
        try begun.reach("preparing")
        #expect(throws: PromotionFault.self) { try begun.apply(.superseded(by: PromotionNumber(2))) }
        var rollback = Walk(try PromotionTests.rollbackPlan())
        #expect(throws: PromotionFault.self) { try rollback.apply(.superseded(by: PromotionNumber(2))) }
    }

    @Test func `the start of a newer one is the end of the older, in one fact`() throws {
        var chronicle = Chronicle()
        try chronicle.adoptFleet(serving: PlanTests.serving, warm: PlanTests.warm)
        let plan = try PromotionTests.plan()
        for number in [Int64(1), 2] {
            try chronicle.record(
                .started(.init(plan: plan, reason: nil, objections: [Fixtures.soaking])), at: PlanTests.prod,
                promotion: PromotionNumber(number))
        }
        let service = try #require(chronicle.projection.services[Fixtures.payments])
        #expect(service.promotion(PromotionNumber(1))?.state == .ended(.superseded))
        #expect(service.waiting(in: Fixtures.prod)?.number == PromotionNumber(2))
        #expect(service.running(in: Fixtures.prod) == nil)
    }

    @Test func `a hold keeps the checks on, ends by a person, and is over in time`() throws {
        var walk = try Self.walk()
        try walk.reach("ready to switch")
        for _ in 0..<Promotion.pauseLimit {
            try walk.apply(.pauseRequested(by: Fixtures.bob, reason: "lunch"))
            #expect(walk.promotion.pause?.by == Fixtures.bob && walk.promotion.openGate == .ready)
            try walk.apply(.resumeRequested(reason: "back"))
            #expect(walk.promotion.state == .readyToSwitch && walk.promotion.pause == nil)
        }
        #expect(throws: PromotionFault.self) { try walk.apply(.pauseRequested(by: Fixtures.bob, reason: "more")) }
        #expect(throws: PromotionFault.self) { try walk.apply(.resumeRequested(reason: "back")) }
    }

    @Test func `a hold that nobody ends is ended by the rules`() throws {
        var before = try Self.walk()
        try before.reach("ready to switch")
        try before.apply(.pauseRequested(by: Fixtures.bob, reason: "lunch"))
        try before.apply(.deadlinePassed(try #require(before.promotion.deadline)))
        #expect(before.promotion.state == .aborting(.failed))
        var after = try Self.walk()
        try after.reach("ready to switch")
        try after.apply(.goOnRequested(reason: "go"))
        try after.reach("baking")
        try after.apply(.pauseRequested(by: Fixtures.bob, reason: "lunch"))
        var sick = after
        try sick.apply(Walk.measured(.bake, Fixtures.health.name, .fail("503")))
        #expect(sick.promotion.state == .rollingBack, "a hold does not hold back a failed check")
        try after.apply(.deadlinePassed(try #require(after.promotion.deadline)))
        #expect(after.promotion.state == .rollingBack)
    }

    @Test(arguments: [(Fault.Kind.broke, "stalled"), (.unknown, "stalled"), (.refused, "failed")])
    func `a deploy that broke may be tried again, one that was refused may not`(kind: Fault.Kind, expected: String) throws {
        var walk = Walk(try PromotionTests.plan(retry: .minutes(2)))
        try walk.reach("deploying idle")
        let effect = try #require(walk.promotion.pending.first)
        try walk.apply(.failed(effect: effect, fault: Fault(kind, "no space")))
        #expect(walk.promotion.state.words == expected)
        guard expected == "stalled" else { return }
        try walk.apply(.retryRequested(reason: "space was made"))
        #expect(walk.promotion.state == .deployingIdle && walk.promotion.failure == nil)
        try walk.reach("succeeded")
        #expect(walk.promotion.state == .ended(.succeeded))
    }
}
