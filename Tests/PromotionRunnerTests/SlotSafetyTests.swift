import Fixtures
import PromotionCore
import Simulation
import Testing

/// What a slot runs, what the ledger says that it runs, and what never happens to it.
@Suite struct SlotSafetyTests {
    @Test func `a slot that runs something else than it was told takes no traffic`() throws {
        let operation = RunnerTests.tested()
        operation.world.with { state in
            state.sick[Operation.fresh.digest] = .withTraffic
            state.mixedUp[Operation.serving.digest] = Fixtures.release("stranger")
        }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "rollback failed")
        #expect(try operation.state() == "rollback failed")
        #expect(operation.serving() == Operation.fresh, "nobody is sent to what nobody asked for")
    }

    @Test(arguments: [("preparing", "expired"), ("deploying idle", "failed")])
    func `nothing is deployed into a slot that takes traffic by now`(state: String, end: String) throws {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: state)
        operation.world.with { $0.routing[Operation.prod] = Routing(all: Fixtures.green) }
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == end)
        #expect(operation.serving() == Operation.warm)
    }

    @Test(arguments: 1...5)
    func `a deploy that was cut off and found done is in the ledger`(seed: UInt64) throws {
        let operation = Operation(seed: seed)
        operation.startAgent()
        _ = operation.promote(Operation.fresh.digest, to: Operation.testing)
        operation.wait(for: PromotionNumber(1), state: "switching")
        operation.world.with { $0.slots[Operation.testing]?[.only] = Operation.fresh }
        operation.startAgent()
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "succeeded")
        let testing = try operation.projection().services[Fixtures.payments]?.environments[Fixtures.testing]
        #expect(testing?.serving?.release == Operation.fresh)
    }

    @Test func `an environment that could not be seen is adopted once it can`() throws {
        let operation = Operation(seed: 1)
        operation.world.with { $0.mishaps.odds[.callBreaks] = 1 }
        operation.startAgent()
        operation.world.with { $0.mishaps.odds[.callBreaks] = nil }
        _ = operation.ask(.addEvidence(Operation.staging, digest: Operation.fresh.digest, passed: 6, total: 6, note: nil))
        operation.pass(.seconds(10))
        let request = PromotionRequest(place: Operation.prod, digest: Operation.fresh.digest)
        guard case .plan(let answer)? = operation.ask(.view(.plan(request))) else {
            Issue.record("there was no plan")
            return
        }
        #expect(answer.plan?.wayBack == Occupant(slot: Fixtures.blue, release: Operation.serving))
    }

    @Test func `a rollback that is asked for during an abort is carried out after it`() throws {
        let operation = RunnerTests.tested()
        operation.world.with { $0.delays[.stop] = .seconds(5) }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "verifying idle")
        _ = operation.ask(.abort(PromotionNumber(1), reason: "changed my mind"))
        #expect(
            operation.rollBack(Operation.prod, to: Operation.warm.digest, reason: nil) == .started(PromotionNumber(2)))
        operation.wait(for: PromotionNumber(2))
        #expect(try operation.state(of: 2) == "rolled back")
        #expect(operation.serving() == Operation.warm)
    }
}
