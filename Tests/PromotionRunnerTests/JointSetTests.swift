import Fixtures
import PromotionCore
import Simulation
import Testing

/// Joint releases through the runner: two services to prod as one set.
@Suite struct JointSetTests {
    static let refunds = Place(Operation.refunds, Fixtures.prod)
    static let other = Fixtures.release("E", tag: "v2.32.0-rc.1")
    static let number = JointNumber(1)

    /// Both services, each with a tested release: payments first, refunds with one of its own.
    static func operation(seed: UInt64 = 1) throws -> Operation {
        var rules = Script.Rules()
        rules.isJoint = true
        let operation = Operation(seed: seed, services: rules.services, isNew: false)
        operation.world.push(other)
        operation.startAgent()
        for (place, release) in [(Operation.staging, Operation.fresh), (Place(Operation.refunds, Fixtures.staging), other)] {
            #expect(
                operation.ask(.addEvidence(place, digest: release.digest, passed: 6, total: 6, note: nil)) == .accepted)
        }
        return operation
    }

    static let request = JointRequest(
        set: nil,
        members: [
            PromotionRequest(place: Operation.prod, digest: Operation.fresh.digest),
            PromotionRequest(place: refunds, digest: other.digest),
        ])

    /// Plans and starts the set, as the command does.
    static func start(_ operation: Operation) throws {
        guard case .jointPlan(let answer)? = operation.ask(.view(.planJoint(request))) else {
            throw Fault(.broke, "it was not planned")
        }
        let plan = try #require(answer.plan, "\(answer.objections)")
        #expect(operation.ask(.promoteJoint(request, planHash: plan.hash)) == .jointStarted(number))
    }

    static func joint(_ operation: Operation) throws -> JointRelease { try #require(try operation.projection().joint(number)) }

    static func settle(_ operation: Operation) throws {
        for _ in 0..<600 where try joint(operation).isUnderWay { operation.pass(.seconds(1)) }
    }

    static func serving(_ operation: Operation) -> [Digest?] {
        [Operation.prod, refunds].map { place in
            operation.world.with { state in
                state.routing[place]?.live.flatMap { state.slots[place]?[$0] }?.digest
            }
        }
    }

    /// Services in the order in which traffic was moved to a slot.
    static func switches(to slot: SlotName, _ operation: Operation) throws -> [ServiceName] {
        try operation.world.with(\.entries).compactMap { entry in
            guard case .happened(.achieved(.trafficOn(slot), _)) = try entry.fact() else { return nil }
            return entry.draft.place?.service
        }
    }

    @Test func `members are verified beside each other and switch one after the other, in the order of the set`() throws {
        let operation = try Self.operation()
        try Self.start(operation)
        try Self.settle(operation)
        #expect(try Self.joint(operation).state == .succeeded)
        #expect(Self.serving(operation) == [Operation.fresh.digest, Self.other.digest])
        #expect(try Self.switches(to: Fixtures.green, operation) == [Fixtures.payments, Operation.refunds])
        #expect(operation.world.with { $0.violations } == [])
    }

    @Test func `one that fails after its switch takes the others back with it`() throws {
        let operation = try Self.operation()
        operation.world.with { $0.sick[Self.other.digest] = .withTraffic }
        try Self.start(operation)
        try Self.settle(operation)
        #expect(try Self.joint(operation).state == .undone && Self.joint(operation).failure != nil)
        #expect(Self.serving(operation) == [Operation.serving.digest, Operation.serving.digest])
        #expect(operation.world.with { $0.violations } == [])
    }

    @Test func `one that fails before its switch leaves what serves everywhere as it is`() throws {
        let operation = try Self.operation()
        operation.world.with { $0.sick[Self.other.digest] = .always }
        try Self.start(operation)
        try Self.settle(operation)
        #expect(try Self.joint(operation).state == .cancelled)
        #expect(try Self.switches(to: Fixtures.green, operation) == [] && !Self.serving(operation).contains(Self.other.digest))
    }

    @Test func `one whose switch is refused takes the others back, and is not tried again`() throws {
        let operation = try Self.operation()
        try Self.start(operation)
        operation.wait(for: PromotionNumber(2), state: "switching")
        operation.world.with { $0.outages[Self.refunds] = operation.world.now + .seconds(8) }
        try Self.settle(operation)
        #expect(try Self.joint(operation).state == .undone)
        #expect(Self.serving(operation) == [Operation.serving.digest, Operation.serving.digest])
        let tries = try #require(try operation.projection().promotion(PromotionNumber(2))).passage.filter {
            $0.state == .switching
        }
        #expect(tries.count == 1)
        #expect(operation.world.with { $0.violations } == [])
    }

    @Test func `a person takes back the whole set after its success, the last that switched first`() throws {
        let operation = try Self.operation()
        try Self.start(operation)
        try Self.settle(operation)
        #expect(operation.ask(.undoJoint(Self.number, reason: "customers complain")) == .accepted)
        operation.pass(.seconds(1))
        try Self.settle(operation)
        #expect(try Self.joint(operation).state == .undone)
        #expect(Self.serving(operation) == [Operation.serving.digest, Operation.serving.digest])
        #expect(try Self.switches(to: Fixtures.blue, operation) == [Operation.refunds, Fixtures.payments])
    }

    @Test func `nobody promotes into an environment that a set holds, nor lets a member go alone`() throws {
        let operation = try Self.operation()
        try Self.start(operation)
        operation.wait(for: PromotionNumber(1), state: "ready to switch")
        guard case .refused(let objections)? = operation.promote(Operation.fresh.digest, to: Operation.prod) else {
            Issue.record("it was not refused")
            return
        }
        #expect(objections.contains { $0.kind == .busy && $0.reason.text.contains("joint release 1") })
        if case .started? = operation.ask(.goOn(PromotionNumber(1), reason: "hurry")) { Issue.record("it was let go alone") }
        try Self.settle(operation)
        #expect(try Self.joint(operation).state == .succeeded)
    }

    @Test(arguments: UInt64(1)...6) func `an agent that dies anywhere on the way leaves the set whole or as it was`(
        seed: UInt64
    ) throws {
        let operation = try Self.operation(seed: seed)
        try Self.start(operation)
        operation.pass(.seconds(Int64(seed) * 3))
        operation.startAgent()
        try Self.settle(operation)
        let serving = Self.serving(operation)
        let ends = [[Operation.fresh.digest, Self.other.digest], [Operation.serving.digest, Operation.serving.digest]]
        #expect(
            try !Self.joint(operation).isUnderWay && ends.contains { $0 == serving.compactMap(\.self) },
            "seed \(seed): \(serving)")
        #expect(operation.world.with { $0.violations } == [], "seed \(seed)")
    }
}
