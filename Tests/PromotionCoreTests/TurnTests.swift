import Fixtures
import PromotionCore
import Testing

/// What waits behind a promotion of the same place, and what becomes of it when that one has ended.
@Suite struct TurnTests {
    static let busy = Objection(.busy, "promotion 1 by alice is baking in prod", remedy: "wait for its end, or abort it")
    static let first = PromotionNumber(1)

    /// A promotion that waits behind number 1.
    static func waiting(_ plan: PromotionPlan, behind: PromotionNumber? = first) -> Walk {
        var walk = Walk(plan)
        walk.promotion = Promotion(
            number: PromotionNumber(2), start: .init(plan: plan, reason: nil, objections: [busy], behind: behind),
            by: Fixtures.alice, at: walk.now)
        return walk
    }

    /// The plan of the same release with blue and green changed about, as after a promotion.
    static func turned(
        strategy: Strategy = .blueGreen, approval: ApprovalRule? = nil, _ spoil: (inout PlanTests.World) -> Void = { _ in }
    ) throws -> PromotionPlan {
        var world = try PlanTests.World()
        world.service = Fixtures.service(strategy: strategy, approval: approval)
        world.observation = Fixtures.observation(
            [Fixtures.blue: PlanTests.serving, Fixtures.green: PlanTests.warm], live: Fixtures.green,
            pointers: [Tag(pointerOf: Fixtures.prod): PlanTests.serving.digest])
        spoil(&world)
        return try #require(world.plan(PlanTests.prod).proposed)
    }

    @Test func `the same promise over another slot goes on, with the new plan whole in its place`() throws {
        var walk = Self.waiting(try PromotionTests.plan())
        let again = try Self.turned()
        #expect(again.slot == Fixtures.blue && again.hash != walk.promotion.plan.hash && walk.promotion.takes(again))
        try walk.apply(.planMadeAgain(again))
        #expect(walk.promotion.state == .queued && walk.promotion.plan == again)
        try walk.reach("succeeded")
        #expect(walk.promotion.state == .ended(.succeeded))
    }

    @Test func `who waits behind nobody keeps the plan that was agreed to`() throws {
        var walk = Self.waiting(try PromotionTests.plan(), behind: nil)
        let before = walk.promotion
        let again = try Self.turned()
        #expect(throws: PromotionFault.self) { try walk.apply(.planMadeAgain(again)) }
        #expect(walk.promotion == before)
    }

    @Test func `a plan that says anything else is not taken`() throws {
        let others: [(String, PromotionPlan)] = [
            ("another way of releasing", try Self.turned(strategy: .canary)),
            ("another rule of approval", try Self.turned(approval: ApprovalRule(number: 1, expires: .minutes(5)))),
            ("other checks", try Self.turned { $0.service = Fixtures.service(checks: []) }),
            ("other times", try Self.turned { $0.service = Fixtures.service(timing: Timing(bake: .seconds(1))) }),
            ("another rule about silence", try Self.turned { $0.service = Fixtures.service(onInconclusive: .fail) }),
            ("another image", try Self.turned { $0.lookup = .found(Fixtures.release("F", tag: "v2.32.0-rc.1")) }),
        ]
        for (what, plan) in others {
            var walk = Self.waiting(try PromotionTests.plan())
            #expect(!walk.promotion.takes(plan), "\(what)")
            #expect(throws: PromotionFault.self, "\(what)") { try walk.apply(.planMadeAgain(plan)) }
        }
    }

    @Test func `approvals were of the plan before: people are asked again, with the whole time for it`() throws {
        let rule = ApprovalRule(number: 1, expires: .minutes(5))
        var walk = Self.waiting(try PromotionTests.plan(approval: rule))
        try walk.apply(WaitingTests.approval("bob", plan: walk.promotion.plan.hash, at: walk.now))
        let again = try Self.turned(approval: rule)
        try walk.apply(.planMadeAgain(again))
        let deadline = walk.now + .minutes(5)
        #expect(walk.promotion.state == .awaitingApproval && walk.promotion.deadline == deadline)
        try walk.apply(.planMadeAgain(again))
        #expect(walk.promotion.deadline == deadline, "the same plan gives no more time")
        try walk.apply(WaitingTests.approval("bob", plan: again.hash, at: walk.now))
        #expect(walk.promotion.state == .queued)
    }

    /// A ledger in which promotion 1 is walked on in some way while promotion 2 waits behind it.
    struct Pair {
        var world: PlanTests.World
        var one: Promotion? { world.chronicle.projection.promotion(first) }

        init() throws {
            world = try PlanTests.World()
            let plan = try #require(world.plan(PlanTests.prod).plan)
            try world.chronicle.record(.started(.init(plan: plan, reason: nil)), at: PlanTests.prod, promotion: first)
            try reach("preparing")
            let start = Fact.Start(plan: plan, reason: nil, objections: [busy], behind: first)
            try world.chronicle.record(.started(start), at: PlanTests.prod, promotion: PromotionNumber(2))
        }

        mutating func happen(_ event: PromotionEvent) throws {
            try world.chronicle.record(.happened(event), at: PlanTests.prod, promotion: first)
        }

        /// Lets promotion 1 succeed at everything until it is in this state or has ended.
        mutating func reach(_ words: String) throws {
            for _ in 0..<200 {
                guard let one, !one.hasEnded, one.state.words != words else { return }
                if one.state == .baking, let deadline = one.deadline {
                    world.chronicle.now = max(world.chronicle.now, deadline)
                    try happen(.deadlinePassed(deadline))
                } else {
                    var walk = Walk(one.plan)
                    walk.promotion = one
                    try happen(try #require(walk.next))
                }
            }
        }

        /// What promotion 2 is told about its turn where this serves.
        func turn(serving live: Release, in slot: SlotName) -> Condition? {
            var world = world
            world.observation = Fixtures.observation(
                [slot: live], live: slot, pointers: [Tag(pointerOf: Fixtures.prod): live.digest])
            let request = PromotionRequest(place: PlanTests.prod, digest: PlanTests.fresh.digest)
            return PromotionPlan.make(request, world.snapshot(for: PromotionNumber(2))).conditions.first { $0.name == "turn" }
        }
    }

    @Test func `while the one before runs its turn is not spoken of, after its success it has come`() throws {
        var pair = try Pair()
        #expect(pair.turn(serving: PlanTests.serving, in: Fixtures.blue) == nil)
        try pair.reach("succeeded")
        #expect(pair.turn(serving: PlanTests.fresh, in: Fixtures.green)?.state == .met("promotion 1 ended: succeeded"))
    }

    @Test func `after one that never touched what serves its turn has come`() throws {
        var pair = try Pair()
        try pair.happen(.abortRequested(reason: "no"))
        #expect(pair.turn(serving: PlanTests.serving, in: Fixtures.blue)?.state == .met("promotion 1 ended: cancelled"))
    }

    @Test func `after one that was undone nobody goes on`() throws {
        var pair = try Pair()
        try pair.reach("baking")
        try pair.happen(.rollbackRequested(reason: "customers complain"))
        try pair.reach("rolled back")
        let objection = pair.turn(serving: PlanTests.serving, in: Fixtures.blue)?.objection
        #expect(objection?.kind == .changed && objection?.kind.canTurn == false)
        #expect(objection?.reason.text.contains("rolled back") == true)
    }

    @Test func `where something else serves than was left nobody goes on`() throws {
        var pair = try Pair()
        try pair.reach("succeeded")
        let objection = pair.turn(serving: PlanTests.serving, in: Fixtures.blue)?.objection
        #expect(objection?.reason.text.contains("not what promotion 1 left") == true)
    }
}
