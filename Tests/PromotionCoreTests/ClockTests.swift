import Fixtures
import PromotionCore
import Testing

/// A wall clock that is set: what moves with it, and what does not.
@Suite struct ClockTests {
    static let steps: [Milliseconds] = [.minutes(60), .minutes(-60), .minutes(24 * 60), .minutes(-24 * 60)]

    static func reading(_ wall: Timestamp, _ elapsed: Milliseconds, boot: String = "first") -> ClockReading {
        ClockReading(wall: wall, boot: BootTime(boot: boot, elapsed: elapsed))
    }

    /// A ledger with a promotion into prod that bakes, and both clocks.
    static func baking() throws -> Chronicle {
        var chronicle = Chronicle()
        try chronicle.adoptFleet(serving: Fixtures.release("B"), warm: Fixtures.release("D"))
        try chronicle.record(.agentStarted(version: "1", clock: reading(chronicle.now + Milliseconds(10), .zero)))
        var walk = Walk(try PromotionTests.plan())
        let number = PromotionNumber(1)
        try chronicle.record(.started(.init(plan: walk.promotion.plan, reason: nil)), at: PlanTests.prod, promotion: number)
        while let promotion = chronicle.projection.promotion(number), promotion.state != .baking {
            walk.promotion = promotion
            let event = try #require(walk.next)
            if case .achieved(.elapsed(let moment), _) = event { chronicle.now = max(chronicle.now, moment) }
            try chronicle.record(.happened(event), at: PlanTests.prod, promotion: number)
        }
        return chronicle
    }

    @Test func `a step is what two readings of one start of the machine differ by, beyond two seconds`() {
        let earlier = Self.reading(Fixtures.start, .seconds(10))
        let later = Fixtures.start + .seconds(50)
        #expect(Self.reading(later, .seconds(60)).step(since: earlier) == nil)
        #expect(Self.reading(later + .seconds(2), .seconds(60)).step(since: earlier) == nil)
        #expect(Self.reading(later + Milliseconds(2_001), .seconds(60)).step(since: earlier) == Milliseconds(2_001))
        #expect(Self.reading(later + .minutes(-60), .seconds(60)).step(since: earlier) == .minutes(-60))
        #expect(Self.reading(later + .minutes(60), .seconds(60), boot: "second").step(since: earlier) == nil)
    }

    @Test(arguments: steps)
    func `while an agent runs, as much of a wait is left after a step as before it`(_ step: Milliseconds) throws {
        var chronicle = try Self.baking()
        let before = try #require(chronicle.projection.promotion(PromotionNumber(1)))
        let deadline = try #require(before.deadline)
        chronicle.now = chronicle.now + step
        let reading = Self.reading(chronicle.now + Milliseconds(10), .seconds(100))
        try chronicle.record(.clockStepped(ClockStep(by: step, reading: reading, wasAway: false)))
        let after = try #require(chronicle.projection.promotion(PromotionNumber(1)))
        #expect(after.deadline == deadline + step)
        #expect(after.enteredAt == before.enteredAt + step)
        #expect(after.pending.contains(.deadline(deadline + step)))
        #expect(after.measuredSince(in: .bake) == before.measuredSince(in: .bake).map { $0 + step })
        try chronicle.record(.happened(.deadlinePassed(deadline + step)), at: PlanTests.prod, promotion: PromotionNumber(1))
        #expect(chronicle.projection.promotion(PromotionNumber(1))?.state == .closing)
    }

    @Test(arguments: steps)
    func `after a restart the rest is the smaller of both readings, and never more than the length`(_ step: Milliseconds) throws {
        var chronicle = try Self.baking()
        let deadline = try #require(chronicle.projection.promotion(PromotionNumber(1))?.deadline)
        chronicle.now = chronicle.now + step
        let reading = Self.reading(chronicle.now + Milliseconds(10), .seconds(100))
        try chronicle.record(.clockStepped(ClockStep(by: step, reading: reading, wasAway: true)))
        try chronicle.record(.agentStarted(version: "1", clock: reading))
        let after = try #require(chronicle.projection.promotion(PromotionNumber(1)))
        #expect(after.deadline == deadline + min(.zero, step))
        // Another start of the machine: no reading tells how long it took, so only the length bounds the rest.
        var other = try Self.baking()
        let length = try #require(other.projection.promotion(PromotionNumber(1))).plan.timing.bake
        other.now = other.now + step
        try other.record(.agentStarted(version: "1", clock: Self.reading(other.now, .seconds(5), boot: "second")))
        let rest = try #require(other.projection.promotion(PromotionNumber(1))?.deadline) - other.now
        #expect(rest <= length)
        #expect(step < .zero ? rest == length : rest < .zero)
    }

    @Test func `the wait for approvals goes by the wall clock`() throws {
        var chronicle = Chronicle()
        try chronicle.adoptFleet(serving: Fixtures.release("B"), warm: Fixtures.release("D"))
        let plan = try PromotionTests.plan(switching: .manual, approval: WaitingTests.rule)
        try chronicle.record(.started(.init(plan: plan, reason: nil)), at: PlanTests.prod, promotion: PromotionNumber(1))
        let deadline = try #require(chronicle.projection.promotion(PromotionNumber(1))?.deadline)
        let reading = Self.reading(chronicle.now + .minutes(60), .seconds(100))
        try chronicle.record(.clockStepped(ClockStep(by: .minutes(60), reading: reading, wasAway: false)))
        let after = try #require(chronicle.projection.promotion(PromotionNumber(1)))
        #expect(after.state == .awaitingApproval && after.deadline == deadline)
    }

    @Test func `a promotion that is blocked at a restart waits no longer for approvals than they last`() throws {
        var chronicle = Chronicle()
        try chronicle.adoptFleet(serving: Fixtures.release("B"), warm: Fixtures.release("D"))
        let (plan, number) = (try PromotionTests.plan(switching: .manual, approval: WaitingTests.rule), PromotionNumber(1))
        try chronicle.record(.started(.init(plan: plan, reason: nil)), at: PlanTests.prod, promotion: number)
        func evaluate(_ objections: [Objection]) throws -> Promotion {
            try chronicle.record(
                .happened(.conditionsEvaluated(objections, plan: plan.hash)), at: PlanTests.prod, promotion: number)
            return try #require(chronicle.projection.promotion(number))
        }
        #expect(try evaluate([Objection(.soaking, "it soaks", remedy: "wait")]).state == .blocked)
        // The clock was a day ahead, and is set back while the condition does not hold.
        chronicle.now = chronicle.now + .minutes(-24 * 60)
        let reading = Self.reading(chronicle.now, .seconds(100))
        try chronicle.record(.clockStepped(ClockStep(by: .minutes(-24 * 60), reading: reading, wasAway: true)))
        try chronicle.record(.agentStarted(version: "1", clock: reading))
        let after = try evaluate([])
        let rest = try #require(after.deadline) - chronicle.now
        #expect(after.state == .awaitingApproval && rest <= WaitingTests.rule.expires)
    }

    @Test func `what is so did not begin in the time to come, and a freeze that was put stays in force`() throws {
        var chronicle = Chronicle()
        try chronicle.adoptFleet(serving: Fixtures.release("B"), warm: Fixtures.release("D"))
        try chronicle.record(.policy(.frozen(FreezeScope(), until: chronicle.now + .minutes(30), reason: "the audit runs")))
        chronicle.now = chronicle.now + .minutes(-60)
        let reading = Self.reading(chronicle.now, .seconds(100))
        try chronicle.record(.clockStepped(ClockStep(by: .minutes(-60), reading: reading, wasAway: false)))
        let prod = try #require(chronicle.projection.services[Fixtures.payments]?.environments[Fixtures.prod])
        #expect(prod.slots.values.allSatisfy { $0.since <= chronicle.now })
        #expect(try #require(prod.occupiedSince) <= chronicle.now)
        let freezes = Freezes(rules: [], byHand: chronicle.projection.freezes)
        #expect(freezes.inForce(at: chronicle.now).count == 1)
    }

    @Test(arguments: steps)
    func `a step gives no more time to undo a rollback, and no less`(_ step: Milliseconds) throws {
        var chronicle = try Self.baking()
        let number = PromotionNumber(1)
        let terms = RollbackTerms(by: Fixtures.alice, vetoes: true)
        try chronicle.record(
            .happened(.rollbackRequested(reason: "it is slow", terms: terms)), at: PlanTests.prod, promotion: number)
        var walk = Walk(try #require(chronicle.projection.promotion(number)).plan)
        while let promotion = chronicle.projection.promotion(number), !promotion.hasEnded {
            walk.promotion = promotion
            try chronicle.record(.happened(try #require(walk.next)), at: PlanTests.prod, promotion: number)
        }
        func rollback() throws -> EnvironmentProjection.ManualRollback {
            try #require(chronicle.projection.services[Fixtures.payments]?.environments[Fixtures.prod]?.manualRollback)
        }
        let before = try rollback()
        chronicle.now = chronicle.now + step
        let reading = Self.reading(chronicle.now, .seconds(100))
        try chronicle.record(.clockStepped(ClockStep(by: step, reading: reading, wasAway: false)))
        #expect(try rollback().undoEnd == before.undoEnd + step)
        #expect(try rollback().endedAt <= chronicle.now)
    }

    @Test(arguments: steps, [false, true])
    func `no step makes a notice older, or younger, than it is`(_ step: Milliseconds, _ wasAway: Bool) throws {
        var chronicle = try Self.baking()
        func record(_ fact: Fact) throws { try chronicle.record(fact, at: PlanTests.prod, promotion: PromotionNumber(1)) }
        try record(.happened(.pauseRequested(by: Fixtures.alice, reason: "a look first")))
        let first = try #require(chronicle.projection.services[Fixtures.payments]?.notices.last)
        let missed = Told.Delivery(receiver: "team", tries: 5, fault: "connection refused", isKept: true)
        try record(.told(Told(occasion: .waiting, sequence: first.sequence, deliveries: [missed])))
        try record(.happened(.resumeRequested(reason: "seen")))
        try record(.happened(.pauseRequested(by: Fixtures.alice, reason: "another look")))
        let before = try #require(chronicle.projection.services[Fixtures.payments])
        let reading = Self.reading(chronicle.now + step, .seconds(100))
        try chronicle.record(.clockStepped(ClockStep(by: step, reading: reading, wasAway: wasAway)))
        let after = try #require(chronicle.projection.services[Fixtures.payments])
        #expect(!before.notices.isEmpty && before.undelivered.count == 1)
        #expect(after.notices.map(\.at) == before.notices.map { $0.at + step })
        #expect(after.undelivered.map(\.notice.at) == before.undelivered.map { $0.notice.at + step })
        #expect(after.undelivered.map(\.since) == before.undelivered.map { $0.since + step })
    }

    @Test func `a step is shown for a day, and stands in the history of every service`() throws {
        var chronicle = Chronicle()
        try chronicle.adoptFleet(serving: Fixtures.release("B"), warm: Fixtures.release("D"))
        let reading = Self.reading(chronicle.now, .seconds(100))
        try chronicle.record(.clockStepped(ClockStep(by: .minutes(-60), reading: reading, wasAway: true)))
        let board = Board(
            services: [], projection: chronicle.projection,
            agent: AgentDescription(version: "1", host: "here", process: 1, since: chronicle.now))
        #expect(board.clockStep(at: chronicle.now)?.words == "the clock was set back by 1h while no agent ran")
        #expect(board.clockStep(at: chronicle.now + .minutes(25 * 60)) == nil)
        #expect(chronicle.projection.services[Fixtures.payments]?.history.last?.what == "clock")
    }

    @Test func `an agent of before kept no clocks, and what it wrote is read as it was`() throws {
        let old = Array(#"{"agentStarted":{"version":"1.0.0"}}"#.utf8)
        let fact = try CanonicalJSON.decode(Fact.self, from: old)
        #expect(fact == .agentStarted(version: "1.0.0"))
        #expect(try CanonicalJSON.encode(fact) == old)
    }
}
