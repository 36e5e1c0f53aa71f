import Fixtures
import PromotionCore
import Simulation
import Testing

/// What comes late, twice, or not at all.
@Suite struct LateAnswerTests {
    @Test(arguments: 1...10)
    func `an entry whose commit was uncertain is recorded once`(seed: UInt64) throws {
        let operation = RunnerTests.tested(seed: seed)
        operation.world.with { $0.mishaps.odds[.commitIsUncertain] = 4 }
        let start = operation.promote(Operation.fresh.digest, to: Operation.prod)
        #expect(start == .started(PromotionNumber(1)), "seed \(seed)")
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "succeeded", "seed \(seed)")
        try RunnerTests.expectRightEnd(operation, "seed \(seed)")
    }

    @Test func `a switch that comes late is not taken for one that never came`() throws {
        let operation = RunnerTests.tested()
        operation.world.with { $0.delays[.route] = .seconds(40) }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "succeeded")
        try RunnerTests.expectRightEnd(operation, "a late switch")
    }

    @Test func `a registry that hangs does not keep a rollback waiting`() throws {
        let operation = RunnerTests.tested()
        operation.world.with { state in
            state.sick[Operation.fresh.digest] = .withTraffic
            state.delays[.move] = .seconds(100)
        }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        let promotion = try #require(try operation.projection().promotion(PromotionNumber(1)))
        let began = try #require(promotion.passage.first { $0.state == .rollingBack })
        let confirmed = try #require(promotion.passage.first { $0.state == .verifyingRollback })
        #expect(confirmed.at - began.at < .seconds(5))
        #expect(promotion.state == .ended(.rolledBack))
        #expect(Set(promotion.owed.keys.map(\.text)) == ["prod", "prod-green"], "the tags are owed")
        operation.pass(.minutes(6))
        try RunnerTests.expectRightEnd(operation, "a hanging registry")
    }

    @Test func `a measurement that was let go ends, and no other is begun beside it`() throws {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "baking")
        operation.world.with { state in
            state.delays[.sample] = .seconds(3)
            state.leases[Operation.prod] = nil
        }
        operation.wait(for: PromotionNumber(1))
        operation.pass(.seconds(10))
        let samples = operation.world.with(\.samples)
        operation.pass(.seconds(60))
        #expect(operation.world.with(\.samples) == samples, "something still measures for a promotion that has ended")
    }

    @Test func `a lease that is granted after the end is given back`() throws {
        let operation = RunnerTests.tested()
        operation.world.with { $0.delays[.takeLease] = .seconds(5) }
        #expect(operation.promote(Operation.fresh.digest, to: Operation.prod) == .started(PromotionNumber(1)))
        operation.pass(.seconds(1))
        _ = operation.ask(.abort(PromotionNumber(1), reason: "changed my mind"))
        operation.pass(.seconds(8))
        #expect(try operation.state() == "cancelled")
        #expect(operation.world.with { $0.leases[Operation.prod] } == nil)
    }

    @Test func `work begun under a lease that is lost is begun anew under the next one, and fails nothing`() throws {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "baking")
        let taken = try #require(operation.world.with { $0.leases[Operation.prod] })
        // Nothing of prod answers while the lease is forgotten and taken again: the tries under the old one are used up.
        operation.pass(taken.since + .seconds(9) - operation.world.now)
        operation.world.with { state in
            state.leases[Operation.prod] = nil
            state.outages[Operation.prod] = operation.world.now + .seconds(4)
        }
        _ = operation.rollBack(Operation.prod, to: Operation.serving.digest, reason: "slow")
        operation.wait(for: PromotionNumber(1))
        let promotion = try #require(try operation.projection().promotion(PromotionNumber(1)))
        #expect(promotion.state == .ended(.rolledBack))
        #expect(!promotion.passage.contains { $0.state == .rollbackFailed })
        let fences = operation.world.with { state in state.seenFences[Operation.prod] }
        #expect(fences.map { $0 > taken.fence } ?? false)
    }

    @Test func `an agent that was taken over from moves no pointer when it tries again`() throws {
        let operation = RunnerTests.tested()
        operation.world.with { $0.mishaps.odds[.oldDigestIsRead] = 1 }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "deploying idle")
        operation.pass(Milliseconds(100))
        // The registry could not tell whether the slot's tag was moved, and before the next try the slot is another agent's.
        #expect(operation.world.with { $0.slots[Operation.prod]?[Fixtures.green] } == Operation.fresh)
        operation.takeOver()
        operation.pass(.seconds(2))
        #expect(try operation.state() == "cancelled")
        // The slot has what was warm in it before the promotion was stopped.
        #expect(operation.world.with { $0.slots[Operation.prod]?[Fixtures.green] } == Operation.warm)
        #expect(operation.world.with(\.violations) == [])
    }
}
