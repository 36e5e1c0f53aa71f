import Fixtures
import PromotionCore
import Simulation
import Testing

/// Rollbacks as people order them, carried out: what was offered is what happens, or nothing does.
@Suite struct RollbackTests {
    private func offers(_ operation: Operation) throws -> [RollbackOffer] {
        try #require(operation.board()).rollbackOffers(of: Operation.prod)
    }

    private func order(_ operation: Operation, _ offer: RollbackOffer, vetoes: Bool = true) throws -> Answer? {
        operation.ask(.rollBack(try #require(RollbackOrder(offer, vetoes: vetoes, reason: "customers complain"))))
    }

    private func vetoes(_ operation: Operation) throws -> [Digest] {
        try operation.projection().services[Fixtures.payments]?.environments[Fixtures.prod]?.vetoes.map(\.digest) ?? []
    }

    @Test func `the stop that was offered leaves what serves, its neighbour's slot aside`() throws {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "verifying idle")
        let offer = try #require(try offers(operation).first)
        #expect(offer.effect == .stop(PromotionNumber(1)))
        #expect(try order(operation, offer) == .started(PromotionNumber(1)))
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "cancelled")
        #expect(operation.serving() == Operation.serving && operation.live() == Fixtures.blue)
        #expect(try vetoes(operation).isEmpty)
    }

    @Test func `a stop that comes after the commit point is refused: it would move traffic`() throws {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "verifying idle")
        let offer = try #require(try offers(operation).first)
        operation.wait(for: PromotionNumber(1), state: "baking")
        guard case .refused(let objections)? = try order(operation, offer) else {
            Issue.record("it was taken")
            return
        }
        #expect(objections.map(\.kind) == [.changed])
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "succeeded")
    }

    @Test func `what serves is rolled back once the promotion is stopped, never onto the release that is stopped`() throws {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "verifying idle")
        let offer = try #require(try offers(operation).last)
        #expect(offer.effect == .goBack(to: Operation.warm.digest))
        #expect(try order(operation, offer) == .started(PromotionNumber(2)))
        operation.wait(for: PromotionNumber(2))
        #expect(operation.serving() == Operation.warm)
        #expect(try vetoes(operation) == [Operation.serving.digest])
    }

    @Test func `an order on an offer that no longer holds is refused, and nothing moves`() throws {
        let operation = RunnerTests.tested()
        let offer = try #require(try offers(operation).first)
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        guard case .refused(let objections)? = try order(operation, offer) else {
            Issue.record("it was taken")
            return
        }
        #expect(objections.map(\.kind) == [.changed] && objections[0].reason.text.contains("no longer holds"))
        #expect(operation.serving() == Operation.fresh)
    }

    /// A release that succeeded, was rolled back by mistake, and whatever follows.
    private func mistake(vetoes: Bool = true) throws -> Operation {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        let offer = try #require(try offers(operation).first)
        #expect(try order(operation, offer, vetoes: vetoes) == .started(PromotionNumber(2)))
        operation.wait(for: PromotionNumber(2))
        #expect(operation.serving() == Operation.serving)
        return operation
    }

    @Test(arguments: [true, false]) func `the person who rolled back by mistake takes it back, and only that veto goes`(
        hasVeto: Bool
    ) throws {
        let operation = try mistake(vetoes: hasVeto)
        #expect(try vetoes(operation) == (hasVeto ? [Operation.fresh.digest] : []))
        #expect(operation.ask(.undoRollback(PromotionNumber(2), reason: nil)) == .started(PromotionNumber(3)))
        operation.wait(for: PromotionNumber(3))
        #expect(try operation.state(of: 3) == "succeeded")
        #expect(operation.serving() == Operation.fresh && operation.tag("prod") == Operation.fresh.digest)
        let board = try #require(operation.board())
        #expect(board.manualRollback(PromotionNumber(2)) == nil, "it is undone: nothing offers that again")
        #expect(try vetoes(operation).isEmpty)
    }

    @Test func `nobody else may undo it, nor anybody after ten minutes, nor one that is not the newest`() throws {
        let operation = try mistake()
        let undo = OperatorRequest.undoRollback(PromotionNumber(2), reason: nil)
        func refusal(_ answer: Answer?) -> String {
            if case .refused(let objections)? = answer {
                objections.first.map { "\($0.reason)" } ?? ""
            } else {
                "\(answer as Any)"
            }
        }
        #expect(refusal(operation.ask(undo, by: Fixtures.bob)).contains("alice"))
        #expect(refusal(operation.ask(.undoRollback(PromotionNumber(1), reason: nil))).contains("not the newest"))
        operation.pass(.minutes(10))
        #expect(refusal(operation.ask(undo)).contains("ended more than"))
        #expect(operation.serving() == Operation.serving)
    }

    @Test func `a newer veto, freeze or promotion stands against an undo`() throws {
        let undo = OperatorRequest.undoRollback(PromotionNumber(2), reason: nil)
        func kinds(_ operation: Operation) -> [Objection.Kind] {
            if case .refused(let objections)? = operation.ask(undo) { objections.map(\.kind) } else { [] }
        }
        let vetoed = try mistake(vetoes: false)
        _ = vetoed.ask(.policy(.veto(Operation.prod, digest: Operation.fresh.digest, reason: "it loses orders")))
        #expect(kinds(vetoed) == [.vetoed])
        let frozen = try mistake()
        _ = frozen.ask(
            .policy(.freeze(FreezeScope(), until: frozen.world.now + .minutes(60), reason: "the shop is on television")))
        #expect(kinds(frozen) == [.frozen])
        let changed = try mistake()
        changed.world.with { $0.slots[Operation.prod]?[Fixtures.green] = nil }
        #expect(kinds(changed).contains(.changed))
    }

    @Test func `an undo whose release fails its gates moves no traffic`() throws {
        let operation = try mistake()
        operation.world.with { $0.sick[Operation.fresh.digest] = .always }
        #expect(operation.ask(.undoRollback(PromotionNumber(2), reason: nil)) == .started(PromotionNumber(3)))
        operation.wait(for: PromotionNumber(3))
        #expect(operation.serving() == Operation.serving)
        #expect(try vetoes(operation) == [Operation.fresh.digest], "the veto stays")
    }
}
