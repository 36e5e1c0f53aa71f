import Fixtures
import PromotionCore
import Testing

/// The set over its members' promotions, folded as the ledger folds it.
@Suite struct JointReleaseTests {
    static let first = Place(.literal("catalog"), Fixtures.prod)
    static let second = Place(Fixtures.payments, Fixtures.prod)

    /// The plan of a member that has a way back.
    static func plan(_ place: Place) throws -> PromotionPlan {
        var chronicle = Chronicle()
        let serving = Fixtures.release("B", tag: "v2.30.3")
        let fresh = Fixtures.release("A", tag: "v2.31.0-rc.2")
        try chronicle.adoptFleet(serving: serving, warm: Fixtures.release("D", tag: "v2.30.1"))
        try chronicle.record(
            .evidence(
                Evidence(
                    digest: fresh.digest, environment: Fixtures.staging, source: .ci(Fixtures.alice), at: Fixtures.start,
                    passed: 1, total: 1, note: nil)), at: Place(Fixtures.payments, Fixtures.staging))
        let ledger = try #require(chronicle.projection.services[Fixtures.payments])
        let service = Fixtures.service()
        let snapshot = PlanningSnapshot(
            takenAt: chronicle.now,
            service: Service(name: place.service, repository: service.repository, path: service.path), projection: ledger,
            lookup: .found(fresh),
            observation: Fixtures.observation(
                [Fixtures.blue: serving, Fixtures.green: Fixtures.release("D", tag: "v2.30.1")], live: Fixtures.blue,
                pointers: [Tag(pointerOf: Fixtures.prod): serving.digest]), lease: .known(nil, at: Fixtures.start))
        let answer = PromotionPlan.make(PromotionRequest(place: place, digest: fresh.digest), snapshot)
        return try #require(answer.plan, "\(answer.objections)").heldAtSwitch
    }

    /// A ledger with a joint release of two members under way.
    struct Set {
        var chronicle = Chronicle()
        let number = JointNumber(1)

        init() throws {
            let answers = try [first, second].map { try PlanAnswer(plan: plan($0), conditions: []) }
            let request = JointRequest(set: .literal("shop"), members: [first, second].map { .init(place: $0, digest: nil) })
            let answer = JointPlan.make(request, answers, chronicle.projection)
            let joint = try #require(answer.plan)
            try chronicle.record(.joint(number, .started(joint)))
        }

        var joint: JointRelease { chronicle.projection.joints[0] }

        mutating func start(_ member: Int) throws {
            try chronicle.record(
                .started(.init(plan: joint.members[member].plan, reason: nil, joint: number)),
                at: joint.members[member].place, promotion: PromotionNumber(Int64(member + 1)))
        }

        mutating func tell(_ member: Int, _ event: PromotionEvent) throws {
            try chronicle.record(
                .happened(event), at: joint.members[member].place, promotion: PromotionNumber(Int64(member + 1)))
        }
    }

    @Test func `members prepare beside each other, and neither switches before both are ready`() throws {
        var set = try Set()
        #expect(set.joint.pending == [.memberStarted(Self.first.service), .memberStarted(Self.second.service)])
        try set.start(0)
        #expect(set.joint.pending == [.memberStarted(Self.second.service)])
        try set.start(1)
        #expect(set.joint.state == .preparing && set.joint.pending == [])
    }

    @Test func `the environments of a set are its own`() throws {
        let set = try Set()
        #expect(set.chronicle.projection.joint(holding: Self.first)?.number == set.number)
        #expect(set.chronicle.projection.joint(holding: Self.second)?.number == set.number)
        #expect(set.chronicle.projection.joint(holding: Place(Fixtures.payments, Fixtures.staging)) == nil)
    }

    @Test func `one that is given up before the switch stops the other, and nothing was moved`() throws {
        var set = try Set()
        try set.start(0)
        try set.start(1)
        try set.tell(0, .abortRequested(reason: "no"))
        #expect(set.joint.state == .undoing && set.joint.pending == [.memberStopped(PromotionNumber(2))])
        try set.tell(1, .abortRequested(reason: "the set"))
        #expect(set.joint.state == .cancelled && !set.joint.isUnderWay)
    }

    @Test func `a member that cannot be started ends the set where nothing was moved`() throws {
        var set = try Set()
        try set.start(0)
        try set.chronicle.record(.joint(set.number, .memberRefused(Self.second.service, reason: "busy")))
        #expect(set.joint.state == .undoing && set.joint.pending == [.memberStopped(PromotionNumber(1))])
        try set.tell(0, .abortRequested(reason: "the set"))
        #expect(set.joint.state == .cancelled)
    }

    @Test func `a person's undo stops what runs, and a second one is refused`() throws {
        var set = try Set()
        try set.start(0)
        try set.chronicle.record(.joint(set.number, .undoRequested(reason: "the feed is late")))
        #expect(set.joint.state == .undoing && set.joint.pending == [.memberStopped(PromotionNumber(1))])
        #expect(throws: PromotionFault.self) {
            try set.chronicle.record(.joint(set.number, .undoRequested(reason: "again")))
        }
    }

    @Test func `a set needs two different services of one environment, and a way back for each`() throws {
        let plan = try Self.plan(Self.first)
        let alone = JointPlan.make(
            JointRequest(set: nil, members: [.init(place: Self.first, digest: nil)]), [PlanAnswer(plan: plan, conditions: [])],
            Projection())
        #expect(alone.plan == nil && alone.objections.map(\.kind) == [.unknownPlace])
        let twice = JointPlan.make(
            JointRequest(set: nil, members: [.init(place: Self.first, digest: nil), .init(place: Self.first, digest: nil)]),
            [PlanAnswer(plan: plan, conditions: []), PlanAnswer(plan: plan, conditions: [])], Projection())
        #expect(twice.plan == nil)
    }

    @Test func `the hash of the set changes with the order and with any member`() throws {
        let plans = try [Self.first, Self.second].map { try PlanAnswer(plan: Self.plan($0), conditions: []) }
        func hash(_ places: [Place], _ answers: [PlanAnswer]) -> Digest? {
            JointPlan.make(
                JointRequest(set: nil, members: places.map { .init(place: $0, digest: nil) }), answers, Projection()
            ).plan?.hash
        }
        let forward = hash([Self.first, Self.second], plans)
        let backward = hash([Self.second, Self.first], plans.reversed())
        #expect(forward != nil && backward != nil && forward != backward)
    }
}
