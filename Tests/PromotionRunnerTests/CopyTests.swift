import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

/// Promotion into prod's own repository, through the runner in a simulated world.
@Suite struct CopyTests {
    private static let service = Fixtures.service(timing: Timing(bake: .seconds(30)), home: Fixtures.prodHome)

    private static func tested(seed: UInt64 = 1) -> Operation { RunnerTests.tested(seed: seed, service: service) }

    private static func isThere(_ operation: Operation) -> Bool {
        operation.world.with { $0.homes[Fixtures.prodHome.repository]?.contains(Operation.fresh.digest) ?? false }
    }

    private static func copied(_ operation: Operation) -> [CopyReport] {
        operation.world.with { state in
            state.entries.compactMap { entry in
                if case .happened(.imageCopied(let report))? = try? entry.fact() { report } else { nil }
            }
        }
    }

    @Test func `an image is copied first, then promoted, and the ledger says what it took`() throws {
        let operation = Self.tested()
        #expect(!Self.isThere(operation))
        #expect(operation.promote(Operation.fresh.digest, to: Operation.prod) == .started(PromotionNumber(1)))
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "succeeded")
        #expect(Self.isThere(operation) && operation.tag("prod") == Operation.fresh.digest)
        #expect(Self.copied(operation).map(\.streamed) == [3])
        #expect(try operation.projection().promotion(PromotionNumber(1))?.copied?.streamed == 3)
        #expect(operation.world.with { $0.violations } == [])
    }

    @Test func `a tag that prod's own repository refuses is owed there, and moved there`() throws {
        let operation = Self.tested()
        operation.world.with { $0.tagRefusal = Fault(.refused, "status 403: DENIED") }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "succeeded" && operation.serving() == Operation.fresh)
        operation.world.with { $0.tagRefusal = nil }
        operation.pass(.minutes(3))
        let tags = operation.world.with { $0.tags[Fixtures.prodHome.repository] ?? [:] }
        for tag in ["prod", "prod-green", "v2.31.0"] { #expect(tags[try Tag(tag)] == Operation.fresh.digest, "\(tag)") }
        #expect(operation.world.with { $0.violations } == [])
    }

    @Test func `a rollback deletes nothing and copies nothing`() throws {
        let operation = Self.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        let parts = operation.world.with { $0.copies }
        #expect(
            operation.rollBack(Operation.prod, to: Operation.serving.digest, reason: "test")
                == .started(PromotionNumber(2)))
        operation.wait(for: PromotionNumber(2))
        #expect(operation.serving() == Operation.serving && Self.isThere(operation))
        #expect(operation.world.with { $0.copies } == parts)
    }

    @Test func `viewers see how far it is, and nothing once it is over`() throws {
        let operation = Self.tested()
        operation.world.with { $0.delays[.copy] = .seconds(2) }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "preparing")
        operation.pass(.seconds(5))
        let board = try #require(operation.board())
        #expect(board.copies[PromotionNumber(1)]?.allBlobs == 3)
        #expect((1...2).contains(try #require(board.copies[PromotionNumber(1)]?.blobs)))
        operation.wait(for: PromotionNumber(1))
        #expect(try #require(operation.board()).copies.isEmpty)
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `an agent that dies while it copies is followed by one that finishes`(seed: UInt64) throws {
        let operation = Self.tested(seed: seed)
        operation.world.with { $0.delays[.copy] = .seconds(2) }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "preparing")
        operation.pass(Milliseconds(500 * Int64(seed)))
        operation.startAgent()
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "succeeded")
        #expect(Self.isThere(operation) && Self.copied(operation).count == 1)
        #expect(operation.world.with { $0.violations } == [])
    }

    @Test func `an abort cuts a copy off, and nothing changes after it`() throws {
        let operation = Self.tested()
        operation.world.with { $0.delays[.copy] = .seconds(5) }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "preparing")
        operation.pass(.seconds(2))
        #expect(operation.ask(.abort(PromotionNumber(1), reason: "not today")) == .started(PromotionNumber(1)))
        operation.pass(.seconds(60))
        #expect(try operation.state() == "cancelled")
        #expect(!Self.isThere(operation) && operation.serving() == Operation.serving)
    }
}
