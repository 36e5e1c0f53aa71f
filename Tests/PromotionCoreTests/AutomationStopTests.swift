import Fixtures
import PromotionCore
import Testing

/// How the automation of an environment stops: a fact of its own, and a call for a person that says what to do.
@Suite struct AutomationStopTests {
    /// A ledger in which a promotion of prod failed before anything changed.
    static func failed() throws -> Chronicle {
        var world = try PlanTests.World()
        let plan = try #require(world.plan(PlanTests.prod).plan)
        try world.chronicle.record(.started(.init(plan: plan, reason: nil)), at: PlanTests.prod, promotion: PromotionNumber(1))
        try world.chronicle.record(
            .happened(.abortRequested(reason: "the feed is broken")), at: PlanTests.prod, promotion: PromotionNumber(1))
        return world.chronicle
    }

    static func wish(_ chronicle: Chronicle) throws -> Automation.Wish? {
        Automation.wish(of: AutomationTests.prod, on: try AutomationTests.board(.automatic, chronicle))
    }

    @Test func `what failed stops it at once, and the agent owes a fact that says so until there is one`() throws {
        var chronicle = try Self.failed()
        let cause = AutomationHalt.Cause.ended(PromotionNumber(1), .cancelled)
        #expect(try Self.wish(chronicle) == .decided(.stop(cause, reason: "the feed is broken")))
        try chronicle.record(
            .automation(.stopped(cause, reason: "the feed is broken")), at: AutomationTests.prod, by: Fixtures.agent)
        guard case .decided(.wait(nil, let reason)) = try Self.wish(chronicle) else {
            Issue.record("it is stopped again and again")
            return
        }
        #expect(reason == "promotion 1 cancelled: the feed is broken")
        let halt = chronicle.projection.services[Fixtures.payments]?.environments[Fixtures.prod]?.automation.halt
        #expect(halt?.by == "alice", "who ended it is shown, not who wrote it down")
    }

    static let causes: [(AutomationHalt.Cause, Call.Kind?, [String])] = [
        (.byHand, nil, []), (.drift, .policyConflict, ["find out who changed it", "baton auto start payments prod"]),
        (
            .ended(PromotionNumber(7), .rolledBack), .policyConflict,
            ["baton why payments prod", "baton auto start payments prod"]
        ),
        (.alarm(PromotionNumber(7)), .irreversibleRisk, ["baton continue 7", "baton abort 7", "baton auto start payments prod"]),
    ]

    @Test(arguments: causes)
    func `whoever is called is told which and what to do`(
        cause: AutomationHalt.Cause, kind: Call.Kind?, remedies: [String]
    ) {
        let call = Automation.call(because: cause, "status 503", at: AutomationTests.prod)
        #expect(call?.kind == kind)
        for remedy in remedies { #expect(call?.remedy.text.contains(remedy) == true, "\(call?.remedy ?? "")") }
        if case .ended = cause { #expect(call?.reason == "promotion 7 rolled back: status 503") }
    }

    @Test func `who lets it go on has answered the calls`() throws {
        var chronicle = try Self.failed()
        let call = try #require(
            Automation.call(because: .ended(PromotionNumber(1), .cancelled), "the feed is broken", at: AutomationTests.prod))
        try chronicle.record(.automation(.called(call)), at: AutomationTests.prod, by: Fixtures.agent)
        #expect(try AutomationTests.board(.automatic, chronicle).openCalls.map(\.call.call) == [call])
        try chronicle.record(.automation(.letGo(reason: "mended")), at: AutomationTests.prod)
        #expect(try AutomationTests.board(.automatic, chronicle).openCalls.isEmpty)
    }
}
