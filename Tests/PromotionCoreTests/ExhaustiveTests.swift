import Fixtures
import PromotionCore
import Testing

/// Walks the machine through everything that can happen to a few small plans; what must never be is checked everywhere.
@Suite struct ExhaustiveTests {
    @Test func `blue-green: nothing that can happen breaks a promise`() throws {
        let found = Explorer.explore(try PromotionTests.plan(switching: .manual))
        #expect(found.flaws.isEmpty)
        #expect(found.outcomes == Set(Outcome.allCases))
        #expect(
            found.states.isSuperset(of: [
                "ready to switch", "indeterminate", "rollback failed", "inconclusive", "aborting", "closing",
            ]))
        #expect(found.count > 50)
    }

    @Test func `canary: nothing that can happen breaks a promise`() throws {
        let rule = ApprovalRule(number: 1, expires: .minutes(240))
        let found = Explorer.explore(
            try PromotionTests.plan(switching: .manual, strategy: .canary, approval: rule, retry: .minutes(2)))
        #expect(found.flaws.isEmpty)
        #expect(found.outcomes == Set(Outcome.allCases))
        #expect(found.states.isSuperset(of: ["stepping", "analysing", "paused", "stalled", "awaiting approval", "blocked"]))
    }

    @Test func `replace: nothing that can happen breaks a promise`() throws {
        let found = Explorer.explore(try PromotionTests.plan(at: Fixtures.staging))
        #expect(found.flaws.isEmpty)
        #expect(found.outcomes.isSuperset(of: [.succeeded, .rolledBack, .failed, .cancelled, .expired]))
    }

    @Test func `rollback: nothing that can happen breaks a promise`() throws {
        let found = Explorer.explore(try PromotionTests.rollbackPlan())
        #expect(found.flaws.isEmpty)
        #expect(found.outcomes.isSuperset(of: [.rolledBack, .rolledBackUnverified, .expired]))
        #expect(!found.states.contains("succeeded"))
    }
}
