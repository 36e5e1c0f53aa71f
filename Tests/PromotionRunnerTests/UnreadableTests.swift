import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

/// What an agent makes of looks that fail: nothing is adopted from them, and no way back is lost by them.
@Suite struct UnreadableTests {
    private func prod(_ operation: Operation) throws -> EnvironmentProjection? {
        try operation.projection().services[Fixtures.payments]?.environments[Fixtures.prod]
    }

    private func kinds(_ operation: Operation) -> [String] { operation.world.with { $0.entries.map(\.draft.kind) } }

    @Test(arguments: [World.Look.tags, .target, .routing]) func `nothing is adopted from a look that failed in part`(
        _ look: World.Look
    ) throws {
        let operation = Operation(seed: 1)
        operation.world.with { $0.refusedLooks = [look] }
        operation.startAgent()
        operation.pass(.seconds(30))
        #expect(try prod(operation)?.generation ?? 0 == 0)
        operation.world.with { $0.refusedLooks = [] }
        operation.pass(.seconds(15))
        #expect(try prod(operation)?.live == Fixtures.blue)
        #expect(try prod(operation)?.slots[Fixtures.green]?.release == Operation.warm)
        #expect(operation.world.with(\.violations) == [])
    }

    @Test(arguments: [World.Look.list, .images]) func `what runs is adopted by its digest if the registry cannot say what it is`(
        _ look: World.Look
    ) throws {
        let operation = Operation(seed: 1)
        operation.world.with { $0.refusedLooks = [look] }
        operation.startAgent()
        #expect(try prod(operation)?.slots[Fixtures.blue]?.release.digest == Operation.serving.digest)
        #expect(try prod(operation)?.slots[Fixtures.green]?.release.digest == Operation.warm.digest)
        operation.pass(.seconds(5))
        guard case .warm(Fixtures.green, let goal)? = operation.board()?.rollback(of: Operation.prod) else {
            Issue.record("\(String(describing: operation.board()?.rollback(of: Operation.prod)))")
            return
        }
        #expect(operation.rollBack(Operation.prod, to: goal.release.digest) == .started(PromotionNumber(1)))
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "rolled back")
        #expect(operation.live() == Fixtures.green)
    }

    @Test func `what was adopted by its digest is identified once the registry answers`() throws {
        let operation = Operation(seed: 1)
        operation.world.with { $0.refusedLooks = [.images] }
        operation.startAgent()
        #expect(try prod(operation)?.slots[Fixtures.blue]?.release.isKnownByDigestAlone == true)
        operation.world.with { $0.refusedLooks = [] }
        operation.pass(.seconds(70))
        #expect(try prod(operation)?.slots[Fixtures.blue]?.release == Operation.serving)
        #expect(try prod(operation)?.succeeded == [Operation.warm, Operation.serving])
        #expect(try prod(operation)?.correction == nil)
    }

    @Test func `a slot that runs something unreadable is not adopted as empty`() throws {
        let operation = Operation(seed: 1)
        operation.world.with { $0.mute(Operation.prod) }
        operation.startAgent()
        operation.pass(.seconds(30))
        #expect(try prod(operation)?.generation ?? 0 == 0)
        guard case .refused(let objections)? = operation.promote(Operation.fresh.digest, to: Operation.prod) else {
            Issue.record("something was changed that nobody could see")
            return
        }
        #expect(objections.contains { $0.kind == .unobservable })
    }

    @Test func `an adoption as empty is put right by what is seen, told, and undone by itself from then on`() throws {
        let operation = Operation(seed: 1)
        for place in [Operation.testing, Operation.staging] { try operation.adoptFalsely(place) }
        try operation.adoptFalsely(Operation.prod)
        operation.startAgent()
        #expect(kinds(operation).filter { $0 == "environment.readopted" }.count == 3)
        let known = try #require(try prod(operation))
        #expect(known.live == Fixtures.blue)
        #expect(known.correction?.words.text == "blue runs v2.30.3, which serves; green runs v2.30.1")
        #expect(known.succeeded == [Operation.warm, Operation.serving])
        let service = try #require(try operation.projection().services[Fixtures.payments])
        #expect(service.history.contains { $0.tone == .alarm && $0.result.text.hasPrefix("was adopted as empty by mistake") })
        #expect(service.notices.contains { $0.state.hasPrefix("was adopted as empty") })

        _ = operation.ask(.addEvidence(Operation.staging, digest: Operation.fresh.digest, passed: 6, total: 6, note: nil))
        operation.world.with { $0.sick[Operation.fresh.digest] = .withTraffic }
        #expect(operation.promote(Operation.fresh.digest, to: Operation.prod) == .started(PromotionNumber(1)))
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "rolled back")
        #expect(operation.live() == Fixtures.blue)
    }

    @Test func `a slot that a promotion emptied is not adopted again`() throws {
        let operation = RunnerTests.tested()
        operation.world.with { $0.sick[Operation.fresh.digest] = .always }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "failed")
        operation.world.with { $0.slots[Operation.prod]?[Fixtures.green] = Operation.fresh }
        operation.pass(.seconds(30))
        #expect(!kinds(operation).contains("environment.readopted"))
    }

    @Test(arguments: [World.Look.images, .list, .target, .routing]) func `nobody is called for a way back that could not be seen`(
        _ look: World.Look
    ) throws {
        let operation = RunnerTests.tested()
        operation.pass(.seconds(60))
        operation.world.with { $0.refusedLooks = [look] }
        operation.pass(.seconds(300))
        #expect(!kinds(operation).contains("person.called"))
        let board = try #require(operation.board())
        switch (look, board.rollback(of: Operation.prod)) {
        case (.target, .unknown(_, let cause, let since)):
            #expect(cause.text.contains("403") && operation.world.now - since > .seconds(290))
        case (_, .warm(Fixtures.green, _)) where look != .target: break
        case (_, let other): Issue.record("\(look): \(other)")
        }
    }

    @Test func `a slot that cannot be looked at is neither idle nor the place for a promotion`() throws {
        let operation = RunnerTests.tested()
        operation.world.with { $0.refusedLooks = [.target] }
        operation.pass(.seconds(10))
        let board = try #require(operation.board())
        let rows = board.rows(of: RunnerTests.quick).filter { $0.place == Operation.prod }
        #expect(rows.map { $0.unknowns.map(\.what) } == [["what runs"], ["what runs"]])
        guard case .refused(let objections)? = operation.promote(Operation.fresh.digest, to: Operation.prod) else {
            Issue.record("a promotion went into what nobody could see")
            return
        }
        #expect(objections.contains { $0.kind == .unobservable && $0.reason.text.contains("green") })
    }

    @Test func `a candidate that cannot be read makes no older one the newest`() throws {
        let operation = Operation(seed: 1)
        operation.startAgent()
        operation.pass(.seconds(15))
        let before = try #require(operation.board()?.candidates[Fixtures.payments])
        #expect(before.first == Operation.fresh)
        let newer = Fixtures.release("newer", tag: "v2.32.0-rc.1")
        let newest = Fixtures.release("newest", tag: "v2.33.0-rc.1")
        operation.world.with { $0.refusedLooks = [.images] }
        for release in [newer, newest] { operation.world.push(release) }
        operation.pass(.seconds(30))
        #expect(operation.board()?.candidates[Fixtures.payments] == before)
        operation.world.with { $0.refusedLooks = [] }
        operation.pass(.seconds(30))
        #expect(operation.board()?.candidates[Fixtures.payments]?.first == newest)
    }

    @Test func `a lease that cannot be read is not free`() throws {
        let operation = RunnerTests.tested()
        operation.world.with { $0.refusedLooks = [.leases] }
        guard case .refused(let objections)? = operation.promote(Operation.fresh.digest, to: Operation.prod) else {
            Issue.record("nobody knew whether somebody else held it")
            return
        }
        #expect(objections.map(\.kind) == [.unobservable])
    }
}
