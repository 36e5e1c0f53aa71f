import Fixtures
import PromotionCore
import Testing

/// Promotion into an environment whose images are in a repository of its own.
@Suite struct CopyTests {
    private static let home = Fixtures.prodHome

    private static func plan(_ strategy: Strategy = .blueGreen, home: ImageHome? = home) throws -> PromotionPlan {
        var world = try PlanTests.World()
        world.service = Fixtures.service(strategy: strategy, home: home)
        return try #require(world.plan().plan)
    }

    @Test func `the plan names source and destination, and its hash holds for them alone`() throws {
        let plan = try Self.plan()
        #expect(plan.source == ImageHome(registry: nil, repository: Fixtures.repository))
        #expect(plan.home == Self.home && plan.image.repository == Self.home.repository)
        #expect("\(plan.home)" == "registry.prod.example/prod/payments")
        let elsewhere = ImageHome(registry: "other.example", repository: Self.home.repository)
        let hashes = try [Self.home, elsewhere, nil].map { try Self.plan(home: $0).hash }
        #expect(Set(hashes).count == 3)
        #expect(try Self.plan(home: nil).source == nil)
    }

    @Test func `the plan says that it copies, beside its other conditions`() throws {
        var world = try PlanTests.World()
        world.service = Fixtures.service(home: Self.home)
        let copy = try #require(world.plan().conditions.first { $0.name == "copy" })
        guard case .met(let words) = copy.state else {
            Issue.record("it is not met")
            return
        }
        #expect(words == "from shop/payments to registry.prod.example/prod/payments before anything changes, the digest the same")
    }

    @Test func `an image is copied before anybody asks for it at its destination`() throws {
        var walk = Walk(try Self.plan())
        try walk.reach("preparing")
        try walk.succeedOnce()
        let copy = Effect.imageCopied(walk.promotion.plan.image, from: try #require(walk.promotion.plan.source))
        #expect(walk.promotion.pending.first == copy && walk.promotion.isCopying)
        #expect(!walk.promotion.pending.contains { if case .imageReady = $0 { true } else { false } })
        var report = CopyReport()
        report.mounted = 3
        try walk.apply(.imageCopied(report))
        #expect(walk.promotion.copied == report && !walk.promotion.isCopying && walk.promotion.state == .preparing)
        #expect(walk.promotion.pending.first == .imageReady(walk.promotion.plan.image))
        try walk.reach("succeeded")
    }

    @Test func `a copy that is not wanted is refused`() throws {
        var walk = Walk(try Self.plan(home: nil))
        try walk.reach("preparing")
        #expect(throws: PromotionFault.self) { try walk.apply(.imageCopied(CopyReport())) }
    }

    @Test func `an agent that dies while it copies goes on, within the time that there was`() throws {
        var walk = Walk(try Self.plan())
        try walk.reach("preparing")
        try walk.succeedOnce()
        let deadline = walk.promotion.deadline
        try walk.apply(.resumed)
        #expect(walk.promotion.state == .preparing && walk.promotion.deadline == deadline)
        #expect(walk.promotion.pending.first == .leaseHeld && !walk.promotion.isCopying)
        try walk.reach("succeeded")
    }

    @Test func `a copy has time of its own`() throws {
        func time(_ plan: PromotionPlan) throws -> Milliseconds {
            var walk = Walk(plan)
            try walk.reach("preparing")
            return try #require(walk.promotion.deadline) - walk.promotion.enteredAt
        }
        let timing = Timing()
        #expect(try time(Self.plan()) == timing.prepare + timing.copy)
        #expect(try time(Self.plan(home: nil)) == timing.prepare)
    }

    @Test func `a copy that fails ends the promotion with nothing changed`() throws {
        var walk = Walk(try Self.plan())
        try walk.reach("preparing")
        try walk.succeedOnce()
        let copy = try #require(walk.promotion.pending.first)
        try walk.apply(.failed(effect: copy, fault: Fault(.refused, "forbidden")))
        #expect(walk.promotion.state == .ended(.failed) && !walk.promotion.isCommitted)
    }

    @Test func `a rollback runs from the destination and copies nothing`() throws {
        var world = try PlanTests.World()
        world.service = Fixtures.service(home: Self.home)
        let plan = try #require(PromotionPlan.makeRollback(of: PlanTests.prod, world.snapshot()).plan)
        #expect(plan.source == nil && plan.image.repository == Self.home.repository)
    }

    @Test func `a source is the home of the environment before, where it was tested`() throws {
        let plain = Fixtures.service(home: Self.home)
        let path = plain.path.map { environment in
            environment.name == Fixtures.testing
                ? environment
                : Environment(
                    name: environment.name, strategy: environment.strategy, slots: environment.slots,
                    platform: environment.platform, policy: environment.policy, checks: environment.checks,
                    timing: environment.timing, home: Self.home)
        }
        let service = Service(name: plain.name, repository: plain.repository, path: path)
        #expect(service.copies(into: Fixtures.staging) && !service.copies(into: Fixtures.prod))
        #expect(service.source(of: Fixtures.prod) == Self.home && service.source(of: Fixtures.testing) == service.home)
    }

    @Test(arguments: [Strategy.blueGreen, .canary])
    func `nothing that can happen to a promotion that copies breaks a promise`(strategy: Strategy) throws {
        let found = Explorer.explore(try Self.plan(strategy))
        #expect(found.flaws.isEmpty)
        #expect(found.outcomes.isSuperset(of: [.succeeded, .rolledBack, .failed, .cancelled, .expired]))
    }

    @Test func `a board shows how far a copy is until it is over`() throws {
        var chronicle = Chronicle()
        var board = Board(
            services: [Fixtures.service(home: Self.home)], projection: Projection(),
            agent: AgentDescription(version: "test", host: "bastion-1", process: 1, since: Fixtures.start))
        let number = PromotionNumber(1)
        func record(_ fact: Fact) throws {
            try chronicle.record(fact, at: PlanTests.prod, promotion: number)
            try board.apply(.entry(try #require(chronicle.entries.last)))
        }
        let plan = try Self.plan()
        try record(.started(.init(plan: plan, reason: nil)))
        var progress = CopyProgress()
        (progress.allBlobs, progress.blobs, progress.allBytes, progress.bytes) = (12, 3, 120_400_000, 41_250_000)
        try board.apply(.copying(number, progress))
        #expect(board.copies.isEmpty, "it has not begun")
        try record(.happened(.leaseTaken(Walk.lease(1, PlanTests.prod))))
        try record(.happened(.conditionsEvaluated([], plan: plan.hash)))
        try board.apply(.copying(number, progress))
        #expect(board.copies[number]?.words == "3 of 12 blobs, 41.2 MB of 120 MB")
        try record(.happened(.imageCopied(CopyReport())))
        #expect(board.copies.isEmpty)
        try board.apply(.copying(number, progress))
        #expect(board.copies.isEmpty, "a late word shows nothing that is over")
    }

    @Test func `a report says what was done and what was left`() {
        var report = CopyReport()
        (report.documents, report.referrers, report.mounted, report.streamed, report.bytes) = (3, 2, 9, 1, 3_400_000)
        report.leave("referrer 0123: its blob is missing")
        #expect(
            report.words
                == "3 documents, 2 that refer to it; blobs: 9 mounted, 1 streamed (3.4 MB); left behind: referrer 0123: its blob is missing"
        )
    }
}
