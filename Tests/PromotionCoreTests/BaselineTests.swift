import Fixtures
import PromotionCore
import Testing

/// The gate before a change, where what serves has nothing to say.
@Suite struct BaselineTests {
    /// A canary that prepares, every check of its first gate answered but the signal, which has no traffic to read.
    static func quiet() throws -> Walk {
        var walk = Walk(try PromotionTests.plan(strategy: .canary))
        try walk.reach("preparing")
        try walk.succeedOnce()
        try walk.succeedOnce()
        for name in [CheckSpecification.runningDigest.name, Fixtures.health.name] {
            try walk.apply(Walk.measured(.baseline, name, .pass))
        }
        try walk.apply(Walk.measured(.baseline, Fixtures.errors.name, .skipped("0 of 10 requests so far")))
        return walk
    }

    /// The same once the time to prepare is over.
    static func asking() throws -> Walk {
        var walk = try quiet()
        try walk.apply(.deadlinePassed(try #require(walk.promotion.deadline)))
        return walk
    }

    @Test func `data is waited for as long as preparing may take; then a person is asked, and nothing was changed`() throws {
        var waiting = try Self.quiet()
        #expect(waiting.promotion.state == .preparing && waiting.promotion.pending.count > 1, "it is measured on")
        try waiting.apply(Walk.measured(.baseline, Fixtures.errors.name, .pass))
        #expect(waiting.promotion.state == .deployingIdle)
        let asking = try Self.asking()
        #expect(asking.promotion.state == .inconclusive(.baseline) && !asking.promotion.isCommitted)
        #expect(asking.promotion.failure?.reason == "nothing was changed; of what serves there is no data: errors")
    }

    @Test func `who goes on in spite of it gets the whole promotion, the deploy included`() throws {
        var walk = try Self.asking()
        try walk.apply(.goOnRequested(reason: "it is Sunday"))
        #expect(walk.promotion.state == .deployingIdle && walk.promotion.failure == nil)
        try walk.reach("succeeded")
        #expect(walk.promotion.state == .ended(.succeeded))
    }

    @Test func `who has it tried again has everything looked at again`() throws {
        var walk = try Self.asking()
        try walk.apply(.retryRequested(reason: "the load test runs"))
        #expect(walk.promotion.state == .preparing && walk.promotion.pending.first == .conditionsHold)
    }

    static let ends: [(String, PromotionEvent)] = [
        ("an abort", .abortRequested(reason: "later")), ("a restart", .resumed), ("a lost lease", .leaseLost(reason: "gone")),
    ]

    @Test(arguments: ends)
    func `whatever ends it there leaves the idle slot as it is`(name: String, event: PromotionEvent) throws {
        var walk = try Self.asking()
        try walk.apply(event)
        #expect(walk.promotion.state == .ended(.cancelled), "\(name)")
        #expect(!walk.states.contains("aborting"), "a slot that nothing was put into is not emptied")
    }

    @Test func `nobody's answer is an end too`() throws {
        var walk = try Self.asking()
        try walk.apply(.deadlinePassed(try #require(walk.promotion.deadline)))
        #expect(walk.promotion.state == .ended(.failed) && !walk.states.contains("aborting"))
    }
}
