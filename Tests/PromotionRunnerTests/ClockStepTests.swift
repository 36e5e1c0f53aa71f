import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

/// An agent whose wall clock is set while it waits: lengths of time are counted on the boot clock.
@Suite struct ClockStepTests {
    static let steps: [Milliseconds] = [.minutes(60), .minutes(-60), .minutes(24 * 60), .minutes(-24 * 60)]

    /// Seconds from now until a promotion has ended, as the world counts them.
    static func secondsToEnd(of number: Int64, in operation: Operation) -> Int64 {
        let began = operation.world.executor.now
        operation.wait(for: PromotionNumber(number))
        return (operation.world.executor.now - began).components.seconds
    }

    private func isCounted(_ operation: Operation) -> Bool {
        operation.world.with { $0.entries.contains { $0.draft.kind == "clock.stepped" } }
    }

    @Test(arguments: steps)
    func `a bake lasts as long as it was planned to, and is measured to its end`(_ step: Milliseconds) throws {
        let operation = RunnerTests.tested()
        #expect(operation.promote(Operation.fresh.digest, to: Operation.prod) == .started(PromotionNumber(1)))
        operation.wait(for: PromotionNumber(1), state: "baking")
        operation.pass(.seconds(5))
        operation.world.setClock(by: step)
        let before = operation.world.with(\.samples)
        operation.pass(.seconds(15))
        let measured = operation.world.with(\.samples) - before
        #expect(measured > 2, "checks go on: \(measured)")
        let seconds = Self.secondsToEnd(of: 1, in: operation)
        #expect(try operation.state() == "succeeded")
        #expect((8...15).contains(seconds), "the bake of 30 s, and the last look, ended after \(20 + seconds) s")
        #expect(isCounted(operation))
    }

    @Test(arguments: steps) func `a release that turns bad in its bake is rolled back, whatever the clock says`(
        _ step: Milliseconds
    ) throws {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "baking")
        operation.world.setClock(by: step)
        operation.pass(.seconds(3))
        operation.world.setClock(by: Milliseconds(-step.count))
        operation.world.with { $0.sick[Operation.fresh.digest] = .always }
        let seconds = Self.secondsToEnd(of: 1, in: operation)
        #expect(try operation.state() == "rolled back")
        #expect(seconds < 60, "\(seconds) s")
    }

    @Test(arguments: steps) func `a wait for the switch, and a hold, end when their time is over`(_ step: Milliseconds) throws {
        let timing = Timing(ready: .minutes(5), bake: .seconds(30), paused: .minutes(4))
        let service = Fixtures.service(switching: .manual, timing: timing)
        let waiting = RunnerTests.tested(service: service)
        _ = waiting.promote(Operation.fresh.digest, to: Operation.prod)
        waiting.wait(for: PromotionNumber(1), state: "ready to switch")
        waiting.world.setClock(by: step)
        let wait = Self.secondsToEnd(of: 1, in: waiting)
        #expect(try waiting.state() == "expired")
        #expect((298...302).contains(wait), "\(wait) s")
        let held = RunnerTests.tested(service: service)
        _ = held.promote(Operation.fresh.digest, to: Operation.prod)
        held.wait(for: PromotionNumber(1), state: "ready to switch")
        #expect(held.ask(.pause(PromotionNumber(1), reason: "looking at it first")) == .started(PromotionNumber(1)))
        held.world.setClock(by: step)
        let hold = Self.secondsToEnd(of: 1, in: held)
        #expect((238...245).contains(hold), "\(hold) s")
    }

    @Test(arguments: steps) func `after a restart the rest of a bake is the smaller of what both clocks say`(
        _ step: Milliseconds
    ) throws {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "baking")
        let bake = try #require(operation.projection().promotion(PromotionNumber(1))).plan.timing.bake.count / 1_000
        operation.pass(.seconds(5))
        operation.world.setClock(by: step)
        operation.startAgent()
        let seconds = Self.secondsToEnd(of: 1, in: operation)
        let wanted = step < .zero ? bake - 6...bake + 10 : 0...15
        #expect(wanted.contains(seconds), "\(seconds) s of \(bake) s")
        #expect(try operation.state() == "succeeded")
    }

    @Test func `what is under two seconds is drift, and no fact`() throws {
        let operation = RunnerTests.tested()
        operation.world.setClock(by: Milliseconds(1_900))
        operation.pass(.seconds(10))
        #expect(!isCounted(operation))
        operation.world.setClock(by: Milliseconds(200))
        operation.pass(.seconds(10))
        #expect(isCounted(operation))
    }
}
