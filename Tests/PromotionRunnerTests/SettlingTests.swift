import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

/// A balancer that goes on answering with the release from before for some seconds.
@Suite struct SettlingTests {
    private static func service(settle: Milliseconds) -> Service {
        Fixtures.service(timing: Timing(bake: .seconds(60), settle: settle))
    }

    private static func promoted(lag: Milliseconds, settle: Milliseconds) -> Operation {
        let operation = RunnerTests.tested(service: service(settle: settle))
        operation.world.with { $0.lag = lag }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        return operation
    }

    private static func isVetoed(_ operation: Operation) throws -> Bool {
        let prod = try operation.projection().services[Fixtures.payments]?.environments[Fixtures.prod]
        return prod?.veto(on: Operation.fresh.digests) != nil
    }

    @Test(arguments: [5, 12, 25])
    func `lag within the time to settle is no failure`(seconds: Int64) throws {
        let operation = Self.promoted(lag: .seconds(seconds), settle: .seconds(30))
        #expect(try operation.state() == "succeeded" && operation.serving() == Operation.fresh)
        #expect(try !Self.isVetoed(operation))
        let settling = operation.world.with { state in
            state.entries.count { entry in
                guard case .happened(.measured(_, _, let measurement))? = try? entry.fact() else { return false }
                if case .settling = measurement.result { return true } else { return false }
            }
        }
        #expect(settling > 0, "the answers of the release from before were seen")
        #expect(operation.world.with { $0.violations } == [])
    }

    @Test func `lag beyond it is a failure`() throws {
        let operation = RunnerTests.tested(service: Self.service(settle: .seconds(10)))
        operation.world.with { $0.lag = .seconds(55) }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "rolling back")
        // On the way back the balancer is quick, or that would fail too.
        operation.world.with { $0.lag = .zero }
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "rolled back" && operation.serving() == Operation.serving)
        let promotion = try #require(try operation.projection().promotion(PromotionNumber(1)))
        #expect(promotion.failure?.reason.text.contains("after the switch had settled") == true)
    }

    @Test func `the way back settles too`() throws {
        let operation = Self.promoted(lag: .zero, settle: .seconds(30))
        operation.world.with { $0.lag = .seconds(8) }
        _ = operation.rollBack(Operation.prod, to: Operation.serving.digest, reason: "customers complain")
        operation.wait(for: PromotionNumber(2))
        #expect(try operation.state(of: 2) == "rolled back" && operation.serving() == Operation.serving)
    }

    @Test func `a rollback is verified by the live checks of what it brings back`() throws {
        let operation = Self.promoted(lag: .zero, settle: .seconds(30))
        operation.world.with { $0.sick[Operation.serving.digest] = .withTraffic }
        _ = operation.rollBack(Operation.prod, to: Operation.serving.digest, reason: "customers complain")
        let asked = operation.world.now
        operation.wait(for: PromotionNumber(2), state: "rollback failed")
        let rollback = try #require(try operation.projection().promotion(PromotionNumber(2)))
        #expect(rollback.state == .rollbackFailed && rollback.failure?.gate == .rollback)
        #expect(rollback.failure?.check == Fixtures.health.name, "not by the digest: \(rollback.failure?.reason ?? "")")
        #expect(operation.serving() == Operation.serving, "traffic moved first, and no other rollback follows")
        let flipped = try #require(rollback.passage.first { $0.state == .verifyingRollback })
        #expect(flipped.at - asked < .seconds(2), "verification keeps nobody waiting for the flip")
    }
}
