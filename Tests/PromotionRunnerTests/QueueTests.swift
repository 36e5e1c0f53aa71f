import Fixtures
import PromotionCore
import Simulation
import Testing

/// What is started to wait: for conditions, behind another promotion, for people.
@Suite struct QueueTests {
    static let next = Fixtures.release("E", tag: "v2.32.0-rc.1")
    static let newer = Fixtures.release("G", tag: "v2.33.0-rc.1")

    /// Starts a promotion to prod as soon as it may.
    static func queue(_ release: Release, _ operation: Operation) throws -> PromotionNumber {
        let request = PromotionRequest(place: Operation.prod, digest: release.digest, whenUnmet: .wait)
        guard case .plan(let answer)? = operation.ask(.view(.plan(request))), let plan = answer.plan ?? answer.waiting,
            case .started(let number)? = operation.ask(.promote(request, planHash: plan.hash))
        else { throw Fault(.broke, "it was not started") }
        return number
    }

    static func vouch(_ release: Release, _ operation: Operation) {
        operation.world.push(release)
        _ = operation.ask(.addEvidence(Operation.staging, digest: release.digest, passed: 6, total: 6, note: nil))
    }

    /// An operation with a promotion of `fresh` in some state, and `next` queued behind it as number 2.
    static func queued(service: Service = RunnerTests.quick, while state: String = "baking") throws -> Operation {
        let operation = RunnerTests.tested(service: service)
        vouch(next, operation)
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: state)
        #expect(try queue(next, operation) == PromotionNumber(2))
        #expect(try operation.state(of: 2) == "blocked")
        return operation
    }

    static func kinds(_ operation: Operation) -> [String] { operation.world.with(\.entries).map(\.draft.kind) }

    @Test func `what waits for evidence begins when it comes, over restarts of the agent`() throws {
        let operation = RunnerTests.tested()
        operation.world.push(Self.next)
        let number = try Self.queue(Self.next, operation)
        operation.pass(.minutes(3))
        operation.startAgent()
        #expect(try operation.state() == "blocked" && operation.live() == Fixtures.blue)
        Self.vouch(Self.next, operation)
        operation.wait(for: number)
        #expect(try operation.state() == "succeeded" && operation.serving() == Self.next)
    }

    @Test func `a newer one takes the turn of what waits, never of what runs`() throws {
        let operation = try Self.queued()
        Self.vouch(Self.newer, operation)
        #expect(try Self.queue(Self.newer, operation) == PromotionNumber(3))
        #expect(try operation.state(of: 2) == "superseded" && operation.state(of: 1) == "baking")
        operation.wait(for: PromotionNumber(3))
        #expect(try operation.state(of: 1) == "succeeded" && operation.state(of: 3) == "succeeded")
        #expect(operation.serving() == Self.newer)
    }

    @Test(arguments: [("verifying idle", 1), ("baking", 0)])
    func `behind a promotion that succeeds the plan is made again where that one moves it, and goes back to what it brought`(
        state: String, times: Int
    ) throws {
        let operation = try Self.queued(while: state)
        operation.wait(for: PromotionNumber(2))
        #expect(try operation.state(of: 1) == "succeeded" && operation.state(of: 2) == "succeeded", "\(state)")
        let plan = try #require(try operation.projection().promotion(PromotionNumber(2))).plan
        #expect(plan.wayBack?.release == Operation.fresh && plan.slot == Fixtures.blue)
        #expect(Self.kinds(operation).count { $0 == "plan.madeAgain" } == times)
        #expect(operation.serving() == Self.next && operation.tag("prod") == Self.next.digest)
        #expect(operation.world.with { $0.violations } == [])
    }

    @Test func `the person who waits is told so, and what becomes of the plan`() throws {
        let operation = try Self.queued()
        let board = try #require(operation.board())
        let promotion = try #require(board.projection.promotion(PromotionNumber(2)))
        let remedies = board.explanations(of: promotion, at: operation.world.now).map(\.remedy.text)
        #expect(remedies.contains { $0.contains("made again when promotion 1 ends") }, "\(remedies)")
    }

    @Test func `behind a promotion that is rolled back nothing goes on, and it says why`() throws {
        let operation = try Self.queued()
        _ = operation.rollBack(Operation.prod, to: Operation.serving.digest, reason: "customers complain")
        operation.wait(for: PromotionNumber(2))
        #expect(try operation.state(of: 1) == "rolled back" && operation.state(of: 2) == "expired")
        let failure = try operation.projection().promotion(PromotionNumber(2))?.failure
        #expect(failure?.reason.text.contains("promotion 1, which it waited behind") == true, "\(failure?.reason ?? "")")
        operation.pass(.minutes(5))
        #expect(operation.serving() == Operation.serving)
    }

    @Test func `behind a promotion that failed before its switch it goes on, for nothing was changed`() throws {
        let operation = try Self.queued(while: "verifying idle")
        _ = operation.ask(.abort(PromotionNumber(1), reason: "wrong release"))
        operation.wait(for: PromotionNumber(2))
        #expect(try operation.state(of: 1) == "cancelled" && operation.state(of: 2) == "succeeded")
        #expect(operation.serving() == Self.next)
    }

    @Test func `who agreed to the plan before is asked about the one that was made again`() throws {
        let rule = ApprovalRule(number: 1, expires: .minutes(10))
        let operation = RunnerTests.tested(service: Fixtures.service(approval: rule, timing: Timing(bake: .seconds(30))))
        Self.vouch(Self.next, operation)
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        try approve(1, operation)
        operation.wait(for: PromotionNumber(1), state: "verifying idle")
        #expect(try Self.queue(Self.next, operation) == PromotionNumber(2))
        try approve(2, operation)
        operation.wait(for: PromotionNumber(1))
        operation.pass(.seconds(20))
        #expect(try operation.state(of: 2) == "awaiting approval", "the approval was of another plan")
        #expect(operation.serving() == Operation.fresh)
        try approve(2, operation)
        operation.wait(for: PromotionNumber(2))
        #expect(try operation.state(of: 2) == "succeeded" && operation.serving() == Self.next)
    }

    private func approve(_ number: Int64, _ operation: Operation) throws {
        let plan = try #require(try operation.projection().promotion(PromotionNumber(number))).plan
        _ = operation.ask(.policy(.approve(PromotionNumber(number), planHash: plan.hash)), by: Fixtures.bob)
        let approvals = try operation.projection().promotion(PromotionNumber(number))?.approvals
        #expect(approvals?.contains { $0.plan == plan.hash } == true)
    }
}
