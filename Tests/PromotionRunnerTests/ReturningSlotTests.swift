import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

/// What a stopped promotion took out of the idle slot comes back after its end.
@Suite struct ReturningSlotTests {
    /// An operation in which a promotion is stopped while the idle slot is verified.
    private static func stopped(_ prepare: (inout World.State) -> Void = { _ in }) -> Operation {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "verifying idle")
        operation.world.with(prepare)
        _ = operation.ask(.abort(PromotionNumber(1), reason: "not today"))
        operation.wait(for: PromotionNumber(1))
        return operation
    }

    private static func idle(_ operation: Operation) -> Release? {
        operation.world.with { $0.slots[Operation.prod]?[Fixtures.green] }
    }

    @Test(arguments: [false, true])
    func `an aborted try gives the idle slot back its warm release`(isRestarted: Bool) throws {
        let operation = Self.stopped { $0.delays[.run] = .seconds(10) }
        #expect(try operation.state() == "cancelled" && Self.idle(operation) == nil)
        operation.pass(.seconds(1))
        let board = try #require(operation.board())
        guard case .cold(let goal) = board.rollback(of: Operation.prod), goal.returning == Fixtures.green else {
            Issue.record("\(board.rollback(of: Operation.prod))")
            return
        }
        #expect(goal.release == Operation.warm && goal.estimate != nil, "about how long it takes is said")
        if isRestarted { operation.startAgent() }
        operation.pass(.seconds(60))
        #expect(Self.idle(operation) == Operation.warm && operation.tag("prod-green") == Operation.warm.digest)
        guard case .warm(Fixtures.green, _) = try #require(operation.board()).rollback(of: Operation.prod) else {
            Issue.record("it is not warm again")
            return
        }
        #expect(operation.world.with { $0.leases[Operation.prod] } == nil)
        #expect(operation.world.with { $0.violations } == [])
    }

    @Test func `a rollback does not wait for its own goal to be brought back by something else`() throws {
        let operation = Self.stopped { $0.delays[.run] = .seconds(10) }
        operation.pass(.seconds(1))
        _ = operation.rollBack(Operation.prod, to: Operation.warm.digest, reason: "alarm")
        operation.wait(for: PromotionNumber(2))
        #expect(try operation.state(of: 2) == "rolled back" && operation.serving() == Operation.warm)
        operation.pass(.minutes(1))
        #expect(operation.world.with { $0.violations } == [])
    }

    @Test func `a target that refuses is told once, and tried again`() throws {
        let operation = Self.stopped()
        operation.world.with { $0.outages[Operation.prod] = operation.world.now + .minutes(3) }
        operation.pass(.minutes(2))
        let told = operation.world.with { $0.entries.count { $0.draft.kind == "slot.owed" } }
        #expect(told <= 1)
        operation.pass(.minutes(4))
        #expect(Self.idle(operation) == Operation.warm)
    }

    @Test func `the next promotion takes the slot, and nothing is brought back into it`() throws {
        let operation = Self.stopped()
        #expect(operation.promote(Operation.fresh.digest, to: Operation.prod) == .started(PromotionNumber(2)))
        operation.wait(for: PromotionNumber(2))
        operation.pass(.minutes(1))
        #expect(operation.serving() == Operation.fresh && Self.idle(operation) == Operation.fresh)
        #expect(operation.world.with { $0.violations } == [])
    }
}
