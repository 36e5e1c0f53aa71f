import Fixtures
import PromotionCore
import RetentionWorlds
import Simulation
import Testing

/// What time does to a repository: it ages without a schedule, and a clock that jumps is not believed.
@Suite struct ClockTests {
    private static let day = Milliseconds.minutes(24 * 60)

    private func operation() -> RetentionOperation {
        let operation = RetentionOperation(seed: 1)
        operation.fill(12)
        return operation
    }

    @Test func `what only people clean grows old all the same`() throws {
        let operation = operation()
        (operation.rules.candidateAge, operation.rules.buildAge) = (.minutes(60), .minutes(60))
        operation.start()
        let first = try #require(operation.plan())
        #expect(first.count == 0, "everything is new")
        operation.pass(.minutes(65))
        let later = try #require(operation.plan())
        #expect(later.count > 0 && operation.ledger?.quarantined.isEmpty == true, "it was looked at, and nothing was done")
        let report = try #require(operation.run())
        #expect(report.quarantined == later.count)
    }

    @Test func `a look that comes to nothing is not made again at once`() throws {
        let operation = operation()
        operation.start()
        operation.store.with { $0.breaks = 1 }
        operation.pass(.minutes(2))
        let first = operation.store.with(\.requests)
        operation.pass(.minutes(10))
        #expect(operation.ledger == nil && first > 0)
        #expect(operation.store.with(\.requests) == first, "it waits for a quarter of an hour")
        operation.store.with { $0.breaks = 0 }
        operation.pass(.minutes(20))
        #expect(operation.ledger?.lastRunAt != nil)
    }

    @Test(arguments: [Milliseconds.minutes(30 * 24 * 60), .minutes(-24 * 60)])
    func `a wall clock that was set by days stops retention until a person has looked`(_ step: Milliseconds) throws {
        let operation = operation()
        operation.start()
        _ = try #require(operation.run())
        operation.world.setClock(by: step)
        operation.pass(.seconds(10))
        #expect(operation.halted?.text.hasPrefix("the clock was set") == true)
        #expect(operation.run() == nil)
        #expect(operation.ask(.retention(.resume(Fixtures.payments, reason: "the clock is right"))) == .accepted)
        #expect(operation.halted == nil)
        operation.world.setClock(by: .minutes(60))
        operation.pass(.seconds(10))
        #expect(operation.halted == nil, "an hour is nothing to what ages by days")
    }

    @Test func `after a long silence nothing goes before a person has looked, whatever an agent writes`() throws {
        let operation = operation()
        operation.schedule = Self.day
        operation.start()
        let first = try #require(operation.run())
        #expect(first.quarantined > 0)
        operation.jump(Milliseconds(Self.day.count * 100))
        for _ in 0..<2 {
            operation.start()
            operation.pass(.minutes(5))
            #expect(operation.halted?.text.contains("the ledger's last entry is of") == true)
            #expect(operation.ledger?.deleted == 0 && operation.run() == nil)
        }
        #expect(operation.ask(.retention(.resume(Fixtures.payments, reason: "the clock is right"))) == .accepted)
        #expect(try #require(operation.run()).deleted == first.quarantined)
        #expect(operation.violations == [])
    }
}
