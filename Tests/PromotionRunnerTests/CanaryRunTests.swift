import Fixtures
import PromotionCore
import Simulation
import Testing

/// Canaries through the runner, in a simulated place whose switch splits traffic and whose users can be counted.
@Suite struct CanaryRunTests {
    static let service = Fixtures.service(
        strategy: .canary, timing: Timing(bake: .seconds(10), inconclusive: .minutes(2)))

    static func started(seed: UInt64 = 1, _ spoil: (inout World.State) -> Void = { _ in }) -> Operation {
        let operation = RunnerTests.tested(seed: seed, service: service)
        operation.world.with { spoil(&$0) }
        #expect(operation.promote(Operation.fresh.digest, to: Operation.prod) == .started(PromotionNumber(1)))
        return operation
    }

    /// What went to green, in per cent, each time that traffic was moved and read back.
    static func weights(_ operation: Operation) throws -> [Int] {
        try operation.world.with(\.entries).compactMap { entry in
            guard case .happened(.achieved(let effect, _)) = try entry.fact() else { return nil }
            switch effect {
            case .trafficSplit(let routing): return routing.weights[Fixtures.green] ?? 0
            case .trafficOn(let slot): return slot == Fixtures.green ? 100 : 0
            default: return nil
            }
        }
    }

    @Test func `a good one takes every step, and each is measured as long as it says`() throws {
        let operation = Self.started()
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "succeeded" && Self.weights(operation) == [10, 50, 100])
        let passage = try #require(try operation.projection().promotion(PromotionNumber(1))).passage
        let analyses = zip(passage, passage.dropFirst()).filter { $0.0.state.words == "analysing" }.map { $1.at - $0.at }
        #expect(analyses.count == 2 && analyses[0] >= .seconds(15) && analyses[1] >= .seconds(10), "warm-up and analysis")
        try RunnerTests.expectRightEnd(operation, "a good canary")
    }

    @Test func `one that only its users notice never gets past the first step`() throws {
        let operation = Self.started { $0.sick[Operation.fresh.digest] = .withTraffic }
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "rolled back" && Self.weights(operation) == [10, 0])
        try RunnerTests.expectRightEnd(operation, "a sick canary")
    }

    @Test func `without users a person is asked before anything changes, and again at the step; nobody's word takes it back`()
        throws
    {
        let operation = Self.started { $0.isQuiet = true }
        operation.wait(for: PromotionNumber(1), state: "inconclusive")
        #expect(try operation.projection().promotion(PromotionNumber(1))?.state == .inconclusive(.baseline))
        #expect(operation.serving() == Operation.serving && operation.tag("prod-green") == Operation.warm.digest)
        #expect(operation.ask(.goOn(PromotionNumber(1), reason: "it is Sunday")) == .started(PromotionNumber(1)))
        operation.wait(for: PromotionNumber(1), state: "inconclusive")
        #expect(try operation.projection().promotion(PromotionNumber(1))?.state == .inconclusive(.step))
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "rolled back" && Self.weights(operation) == [10, 0])
        try RunnerTests.expectRightEnd(operation, "a canary nobody uses")
    }

    @Test(arguments: ["stepping", "analysing"], [UInt64(1), 2, 3])
    func `an agent killed in a step asks the switch and ends right`(state: String, seed: UInt64) throws {
        let operation = Self.started(seed: seed)
        operation.wait(for: PromotionNumber(1), state: state)
        operation.startAgent()
        operation.wait(for: PromotionNumber(1))
        let promotion = try #require(try operation.projection().promotion(PromotionNumber(1)))
        #expect(promotion.passage.contains { $0.state == .indeterminate })
        try RunnerTests.expectRightEnd(operation, "killed while \(state), seed \(seed)")
    }

    @Test func `one that is held keeps its share of the traffic and its checks, and goes on where it was`() throws {
        let operation = Self.started()
        operation.wait(for: PromotionNumber(1), state: "analysing")
        #expect(operation.ask(.pause(PromotionNumber(1), reason: "a look")) == .started(PromotionNumber(1)))
        operation.pass(.minutes(2))
        #expect(try operation.state() == "paused" && Self.weights(operation) == [10])
        #expect(operation.ask(.resume(PromotionNumber(1), reason: "seen")) == .started(PromotionNumber(1)))
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "succeeded" && Self.weights(operation) == [10, 50, 100])
    }

    @Test func `one that turns sick while it is held goes back at once`() throws {
        let operation = Self.started()
        operation.wait(for: PromotionNumber(1), state: "analysing")
        _ = operation.ask(.pause(PromotionNumber(1), reason: "a look"))
        operation.world.with { $0.sick[Operation.fresh.digest] = .withTraffic }
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "rolled back")
    }
}
