import PromotionCore
import RetentionWorlds
import Testing

/// What a run does when the leases it works under come to their end.
@Suite struct LeaseTests {
    private func operation() -> RetentionOperation {
        let operation = RetentionOperation(seed: 1)
        operation.fill(12)
        operation.start()
        return operation
    }

    @Test func `nothing more is deleted where the registry answers so late that the leases end`() throws {
        let operation = operation()
        let first = try #require(operation.run())
        operation.pass(.seconds(31))
        operation.store.with { ($0.latencyOfJudging, $0.lists) = (.seconds(50), 0) }
        let report = try #require(operation.run())
        #expect(report.stopped?.text.contains("its leases end") == true)
        #expect(report.deleted < first.quarantined)
        #expect(operation.violations == [])
        operation.store.with { ($0.latencyOfJudging, $0.latency) = (nil, Milliseconds(2)) }
        operation.pass(.minutes(2))
        #expect(try #require(operation.run()).deleted == first.quarantined - report.deleted)
    }

    @Test func `a deletion that a registry asks to wait with is given up before the leases end`() throws {
        let operation = operation()
        let first = try #require(operation.run())
        operation.pass(.seconds(31))
        let mutations = operation.store.with { state in
            state.quiet = .seconds(90)
            return state.mutations
        }
        let report = try #require(operation.run())
        #expect(report.stopped?.text.contains("its leases end, and it was given up") == true)
        #expect(report.deleted == 0 && operation.store.with(\.mutations) == mutations)
        operation.store.with { $0.quiet = nil }
        #expect(try #require(operation.run()).deleted == first.quarantined)
        #expect(operation.violations == [])
    }
}
