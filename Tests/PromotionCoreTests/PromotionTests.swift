import Fixtures
import PromotionCore
import Testing

/// A promotion that is walked by hand: every pending effect is answered as the test says.
struct Walk {
    var promotion: Promotion
    var now = Fixtures.start
    /// The states passed so far, in words.
    var states: [String] { promotion.passage.map(\.state.words) }

    init(_ plan: PromotionPlan) {
        promotion = Promotion(number: PromotionNumber(1), plan: plan, by: Fixtures.alice, reason: nil, at: now)
    }

    mutating func apply(_ event: PromotionEvent) throws(PromotionFault) {
        now = now + Milliseconds(10)
        try promotion.apply(event, at: now)
    }

    static func lease(_ number: Int64 = 1, _ place: Place = PlanTests.prod) -> Lease {
        Lease(
            place: place,
            holder: LeaseHolder(owner: Fixtures.alice, session: "s", promotion: PromotionNumber(1), reason: "promotion 1"),
            fence: Fence(number), since: Fixtures.start, expires: Fixtures.start + .minutes(1))
    }

    static func measured(_ gate: Gate, _ check: CheckName, _ result: Measurement.Result) -> PromotionEvent {
        .measured(gate: gate, check: check, measurement: Measurement(sample: Fixtures.sample(.identity), result: result))
    }

    /// Answers the first pending effect that is no deadline, well.
    mutating func succeedOnce() throws {
        guard let next else { return }
        switch promotion.pending.first {
        case .elapsed(let time): now = max(now, time)
        case .deadline(let time): now = time
        default: break
        }
        try apply(next)
    }

    /// What the first pending effect comes to where all is well.
    var next: PromotionEvent? {
        promotion.pending.first.map { effect in
            switch effect {
            case .conditionsHold: .conditionsEvaluated([], plan: promotion.plan.hash)
            case .elapsed: .achieved(effect: effect, detail: "")
            case .leaseHeld: .leaseTaken(Self.lease())
            case .checkAnswered(let gate, let check, _): Self.measured(gate, check, .pass)
            case .deadline(let time): .deadlinePassed(time)
            case .routingObserved: .routingObserved(Routing(all: promotion.plan.slot))
            case .slotObserved(let slot): .slotObserved(slot: slot, digest: promotion.plan.release.digest)
            case .imageCopied: .imageCopied(CopyReport())
            case .imageReady, .slotRuns, .slotStopped, .pointerNames, .trafficOn, .trafficSplit:
                .achieved(effect: effect, detail: "done")
            }
        }
    }

    /// Succeeds until the promotion is in this state or has ended.
    mutating func reach(_ words: String) throws {
        for _ in 0..<200 where promotion.state.words != words && !promotion.hasEnded {
            if promotion.state == .baking, words != "baking", let deadline = promotion.deadline {
                now = deadline
                try apply(.deadlinePassed(deadline))
            } else {
                try succeedOnce()
            }
        }
    }
}

@Suite struct PromotionTests {
    static func plan(
        switching: EnvironmentPolicy.Switching = .automatic, at environment: EnvironmentName = Fixtures.prod,
        strategy: Strategy = .blueGreen, approval: ApprovalRule? = nil, retry: Milliseconds = .zero
    ) throws -> PromotionPlan {
        var world = try PlanTests.World()
        world.service = Fixtures.service(switching: switching, strategy: strategy, approval: approval, retry: retry)
        if environment != Fixtures.prod {
            try world.addEvidence(in: Fixtures.testing)
            world.observation = Fixtures.observation(
                [.only: PlanTests.serving], live: .only, pointers: [Tag(pointerOf: environment): PlanTests.serving.digest])
        }
        return try #require(world.plan(Place(Fixtures.payments, environment)).plan)
    }

    static func rollbackPlan() throws -> PromotionPlan {
        try #require(PromotionPlan.makeRollback(of: PlanTests.prod, try PlanTests.World().snapshot()).plan)
    }

    @Test func `blue-green passes every state in order`() throws {
        var walk = Walk(try Self.plan())
        try walk.reach("succeeded")
        #expect(
            walk.states == [
                "planned", "queued", "preparing", "deploying idle", "verifying idle", "switching", "verifying live", "baking",
                "closing",
                "succeeded",
            ])
    }

    @Test func `replace commits with the deploy`() throws {
        var walk = Walk(try Self.plan(at: Fixtures.staging))
        try walk.reach("succeeded")
        #expect(
            walk.states == ["planned", "queued", "preparing", "switching", "verifying live", "baking", "closing", "succeeded"])
    }

    @Test func `a rollback is the same machine entered at another door`() throws {
        var walk = Walk(try Self.rollbackPlan())
        try walk.reach("rolled back")
        #expect(walk.states == ["planned", "queued", "rolling back", "verifying rollback", "rolled back"])
    }

    @Test func `a rollback into a slot that takes a part of the traffic first sends all of it to what serves`() throws {
        var world = try PlanTests.World()
        let goal = try Self.rollbackPlan()
        let serving = try #require(goal.live?.slot)
        let seen = try #require(world.observation)
        world.observation = EnvironmentObservation(
            at: seen.at, slots: seen.slots, routing: .known(Routing(20, to: goal.slot, rest: serving), at: seen.at),
            pointers: seen.pointers)
        var walk = Walk(try #require(PromotionPlan.makeRollback(of: PlanTests.prod, world.snapshot()).plan))
        try walk.reach("rolling back")
        var wanted: [Effect] = []
        while walk.promotion.state == .rollingBack {
            wanted.append(contentsOf: walk.promotion.pending.prefix(1))
            try walk.succeedOnce()
        }
        #expect(
            wanted == [.trafficOn(slot: serving), .slotRuns(slot: goal.slot, image: goal.image), .trafficOn(slot: goal.slot)])
    }

    @Test func `a manual switch waits for a person, and its checks go on`() throws {
        var walk = Walk(try Self.plan(switching: .manual))
        try walk.reach("ready to switch")
        #expect(walk.promotion.pending.contains { if case .checkAnswered(.ready, _, _) = $0 { true } else { false } })
        try walk.apply(.goOnRequested(reason: "looks good"))
        #expect(walk.promotion.state == .switching)
    }

    @Test func `a failed check before the switch ends with live untouched`() throws {
        var walk = Walk(try Self.plan())
        try walk.reach("verifying idle")
        try walk.apply(Walk.measured(.idle, Fixtures.health.name, .fail("status 503, expected 200")))
        #expect(walk.promotion.state == .ended(.failed) && !walk.promotion.isCommitted)
        #expect(walk.promotion.failure?.reason == "http /health: fail: status 503, expected 200")
    }

    @Test(arguments: ["verifying live", "baking", "closing"])
    func `a failed check after the switch rolls back at once`(state: String) throws {
        var walk = Walk(try Self.plan())
        try walk.reach(state)
        let gate = try #require(walk.promotion.openGate)
        try walk.apply(Walk.measured(gate, Fixtures.health.name, .fail("500")))
        #expect(walk.promotion.state == .rollingBack)
        try walk.reach("rolled back")
        #expect(walk.promotion.state == .ended(.rolledBack))
    }

    @Test func `a rollback brings the slot up before traffic, and the pointer back after it`() throws {
        var walk = Walk(try Self.plan())
        try walk.reach("baking")
        try walk.apply(.rollbackRequested(reason: "customers complain"))
        try walk.apply(.leaseTaken(Walk.lease(2)))
        let image = PinnedImage(repository: Fixtures.repository, digest: PlanTests.serving.digest)
        #expect(walk.promotion.pending.first == .slotRuns(slot: Fixtures.blue, image: image))
        try walk.succeedOnce()
        #expect(walk.promotion.pending.first == .trafficOn(slot: Fixtures.blue))
        try walk.succeedOnce()
        let back = Effect.pointerNames(
            tag: Tag(pointerOf: Fixtures.prod), digest: PlanTests.serving.digest, expected: PlanTests.fresh.digest)
        #expect(walk.promotion.pending.contains(back))
    }

    @Test(arguments: [("blue", "ready to switch"), ("green", "verifying live")])
    func `an unknown switch is settled by asking the switch`(slot: String, expected: String) throws {
        var walk = Walk(try Self.plan())
        try walk.reach("switching")
        try walk.apply(.failed(effect: .trafficOn(slot: Fixtures.green), fault: Fault(.unknown, "timed out")))
        #expect(walk.promotion.state == .indeterminate && walk.promotion.pending.first == .routingObserved)
        try walk.apply(.routingObserved(Routing(weights: [Fixtures.blue: 50, Fixtures.green: 50])))
        #expect(walk.promotion.state == .indeterminate)
        try walk.apply(.routingObserved(Routing(all: try SlotName(slot))))
        #expect(walk.promotion.state.words == expected)
    }

    @Test(arguments: [
        ("queued", "queued"), ("preparing", "cancelled"), ("deploying idle", "aborting"), ("verifying idle", "aborting"),
        ("switching", "indeterminate"), ("verifying live", "verifying live"), ("baking", "baking"), ("closing", "closing"),
    ])
    func `a crash leads back before the commit point and on after it`(state: String, expected: String) throws {
        var walk = Walk(try Self.plan())
        try walk.reach(state)
        let deadline = walk.promotion.deadline
        try walk.apply(.resumed)
        #expect(walk.promotion.state.words == expected)
        guard walk.promotion.state.words == state else { return }
        #expect(walk.promotion.deadline == deadline, "a deadline is not extended by a crash")
        #expect(walk.promotion.pending.first == .leaseHeld, "nothing is changed before the lease is taken anew")
    }

    @Test func `nobody moves a tag that somebody else moved`() throws {
        var walk = Walk(try Self.plan())
        try walk.reach("verifying live")
        let tag = Tag(pointerOf: Fixtures.prod)
        try walk.apply(.pointerConflict(tag: tag, expected: PlanTests.serving.digest, observed: nil))
        #expect(walk.promotion.state == .inconclusive(.live))
        try walk.reach("rolled back")
        #expect(walk.promotion.state == .ended(.rolledBack), "prod rolls back when nobody decides in time")
    }

    @Test func `a rollback overwrites what it finds on the tag, and gives up on one that is fought for`() throws {
        var walk = Walk(try Self.rollbackPlan())
        try walk.reach("verifying rollback")
        let tag = Tag(pointerOf: Fixtures.prod)
        let stranger = Fixtures.release("stranger").digest
        try walk.apply(.pointerConflict(tag: tag, expected: PlanTests.serving.digest, observed: stranger))
        #expect(walk.promotion.pending.contains(.pointerNames(tag: tag, digest: PlanTests.warm.digest, expected: stranger)))
        for _ in 0..<3 { try walk.apply(.pointerConflict(tag: tag, expected: stranger, observed: stranger)) }
        try walk.reach("rolled back")
        #expect(walk.promotion.state == .ended(.rolledBack) && walk.promotion.failure != nil)
    }

    @Test func `a failed rollback is an alarm and can be tried again`() throws {
        var walk = Walk(try Self.rollbackPlan())
        try walk.reach("rolling back")
        let effect = try #require(walk.promotion.pending.first)
        try walk.apply(.failed(effect: effect, fault: Fault(.broke, "no space")))
        #expect(walk.promotion.state == .rollbackFailed && walk.promotion.pending.isEmpty && !walk.promotion.hasEnded)
        try walk.apply(.rollbackRequested(reason: "again"))
        try walk.reach("rolled back")
        #expect(walk.promotion.state == .ended(.rolledBack))
    }

    @Test func `what has ended takes nothing more`() throws {
        var walk = Walk(try Self.plan())
        try walk.reach("succeeded")
        let before = walk.promotion
        #expect(throws: PromotionFault.ended(.succeeded)) { try walk.apply(.rollbackRequested(reason: "late")) }
        #expect(walk.promotion == before)
    }

    @Test func `an end leaves evidence of a success and a veto on what was rolled back`() throws {
        var chronicle = Chronicle()
        try chronicle.adoptFleet(serving: PlanTests.serving, warm: PlanTests.warm)
        try chronicle.record(
            .started(.init(plan: try Self.plan(), reason: nil)), at: PlanTests.prod, promotion: PromotionNumber(1))
        var walk = Walk(try Self.plan())
        try walk.reach("baking")
        try walk.apply(.rollbackRequested(reason: "customers complain"))
        try walk.reach("rolled back")
        try replay(walk, into: &chronicle)
        let service = try #require(chronicle.projection.services[Fixtures.payments])
        let prod = try #require(service.environments[Fixtures.prod])
        #expect(prod.live == Fixtures.blue && prod.veto(on: PlanTests.fresh.digests)?.reason == "customers complain")
        #expect(service.evidence(for: PlanTests.fresh.digests, in: Fixtures.prod).isEmpty)
        #expect(service.rollbackGoals(of: Fixtures.prod).first == PlanTests.warm)
    }

    /// Records what a promotion like this one would have seen.
    private func replay(_ walk: Walk, into chronicle: inout Chronicle) throws {
        var twin = Walk(walk.promotion.plan)
        while twin.promotion.state != .baking {
            try step(&twin, into: &chronicle)
        }
        try chronicle.record(
            .happened(.rollbackRequested(reason: "customers complain")), at: PlanTests.prod, promotion: PromotionNumber(1))
        while chronicle.projection.promotion(PromotionNumber(1))?.hasEnded == false {
            twin.promotion = try #require(chronicle.projection.promotion(PromotionNumber(1)))
            try step(&twin, into: &chronicle)
        }
    }

    private func step(_ twin: inout Walk, into chronicle: inout Chronicle) throws {
        let effect = try #require(twin.promotion.pending.first)
        let event: PromotionEvent =
            switch effect {
            case .conditionsHold: .conditionsEvaluated([], plan: twin.promotion.plan.hash)
            case .leaseHeld: .leaseTaken(Walk.lease())
            case .checkAnswered(let gate, let check, _): Walk.measured(gate, check, .pass)
            case .deadline(let time): .deadlinePassed(time)
            default: .achieved(effect: effect, detail: "done")
            }
        try chronicle.record(.happened(event), at: PlanTests.prod, promotion: PromotionNumber(1))
        twin.promotion = try #require(chronicle.projection.promotion(PromotionNumber(1)))
    }
}
