import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

@Suite struct RunnerTests {
    /// A service whose releases do not bake for long: most of a bake is waiting.
    static let quick = Fixtures.service(timing: Timing(bake: .seconds(30)))

    /// An operation whose fresh release has evidence in staging.
    static func tested(seed: UInt64 = 1, service: Service = quick) -> Operation {
        let operation = Operation(seed: seed, service: service)
        operation.startAgent()
        _ = operation.ask(.addEvidence(Operation.staging, digest: Operation.fresh.digest, passed: 6, total: 6, note: nil))
        return operation
    }

    @Test func `a tested digest is promoted along the whole path`() throws {
        let operation = Operation(seed: 1)
        operation.startAgent()
        for (number, place) in [Operation.testing, Operation.staging, Operation.prod].enumerated() {
            #expect(operation.promote(Operation.fresh.digest, to: place) == .started(PromotionNumber(Int64(number + 1))))
            operation.wait(for: PromotionNumber(Int64(number + 1)))
            #expect(try operation.state(of: Int64(number + 1)) == "succeeded")
        }
        #expect(operation.live() == Fixtures.green)
        for tag in ["testing", "staging", "prod", "prod-green", "v2.31.0"] {
            #expect(operation.tag(tag) == Operation.fresh.digest)
        }
        #expect(operation.tag("prod-blue") == Operation.serving.digest)
    }

    @Test func `what was adopted is seen again, so that nobody is shown an unknown slot for long`() throws {
        let operation = Operation(seed: 1)
        operation.startAgent()
        operation.pass(.seconds(3))
        let board = try #require(operation.board())
        for place in [Operation.testing, Operation.staging, Operation.prod] {
            let slots = board.projection.services[place.service]?.environments[place.environment]?.slots ?? [:]
            let adopted = try #require(slots.values.map(\.since).max())
            #expect(try #require(board.observations[place]).at > adopted)
        }
    }

    @Test func `without evidence nothing starts, and the refusal is kept`() throws {
        let operation = Operation(seed: 1)
        operation.startAgent()
        let request = PromotionRequest(place: Operation.prod, digest: Operation.fresh.digest)
        guard case .refused(let objections)? = operation.ask(.promote(request, planHash: Operation.fresh.digest)) else {
            Issue.record("it was not refused")
            return
        }
        #expect(objections.map(\.kind) == [.noEvidence])
        #expect(operation.world.with { $0.entries.last?.draft.kind } == "promotion.refused")
    }

    @Test func `a hash that no longer holds starts nothing`() throws {
        let operation = Self.tested()
        let request = PromotionRequest(place: Operation.prod, digest: Operation.fresh.digest)
        guard case .refused(let objections)? = operation.ask(.promote(request, planHash: Operation.fresh.digest)) else {
            Issue.record("it was not refused")
            return
        }
        #expect(objections.map(\.kind) == [.changed])
    }

    @Test func `two promotions of one environment never run at once`() throws {
        let operation = Self.tested()
        #expect(operation.promote(Operation.fresh.digest, to: Operation.prod) == .started(PromotionNumber(1)))
        guard case .refused(let objections)? = operation.promote(Operation.fresh.digest, to: Operation.prod) else {
            Issue.record("the second one was not refused")
            return
        }
        #expect(objections.first?.kind == .busy && objections.first?.reason.text.contains("promotion 1 by alice") == true)
    }

    @Test(arguments: 1...8) func `what a rollback changed is seen within a second of its end`(seed: UInt64) throws {
        let operation = Self.tested(seed: seed)
        operation.world.with { $0.sick[Operation.fresh.digest] = .withTraffic }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "rolled back")
        let ended = operation.world.now
        guard let runner = operation.runner else {
            Issue.record("there is no agent")
            return
        }
        operation.await {
            let subscription = await runner.subscribe()
            var board = subscription.board
            var changes = subscription.changes.makeAsyncIterator()
            while board.seen(at: Operation.prod).live(else: nil) != Fixtures.blue, let change = await changes.next() {
                try board.apply(change)
            }
        }
        #expect(operation.world.now - ended < .seconds(1))
    }

    @Test func `a promotion that is cancelled by a restart leaves no lease behind`() throws {
        let operation = Self.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "preparing")
        operation.startAgent()
        #expect(try operation.state() == "cancelled")
        let before = operation.world.now
        #expect(operation.promote(Operation.fresh.digest, to: Operation.prod) == .started(PromotionNumber(2)))
        operation.wait(for: PromotionNumber(2), state: "preparing")
        #expect(try operation.state(of: 2) == "preparing")
        #expect(operation.world.now - before < .seconds(10))
    }

    @Test func `a release that fails before the switch leaves live untouched`() throws {
        let operation = Self.tested()
        operation.world.with { $0.sick[Operation.fresh.digest] = .always }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "failed")
        #expect(operation.live() == Fixtures.blue && operation.tag("prod") == Operation.serving.digest)
    }

    @Test func `a release that fails after the switch is rolled back by itself, and vetoed`() throws {
        let operation = Self.tested()
        operation.world.with { $0.sick[Operation.fresh.digest] = .withTraffic }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "rolled back")
        #expect(operation.live() == Fixtures.blue && operation.tag("prod") == Operation.serving.digest)
        guard case .refused(let objections)? = operation.promote(Operation.fresh.digest, to: Operation.prod) else {
            Issue.record("a vetoed release was taken")
            return
        }
        #expect(objections.map(\.kind) == [.vetoed])
        #expect(
            operation.ask(.liftVeto(Operation.prod, digest: Operation.fresh.digest, reason: "the feed was at fault")) == .accepted
        )
        #expect(operation.promote(Operation.fresh.digest, to: Operation.prod) == .started(PromotionNumber(2)))
    }

    @Test func `rollback after a success takes the warm slot`() throws {
        let operation = Self.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        #expect(
            operation.rollBack(Operation.prod, to: Operation.serving.digest, reason: nil) == .started(PromotionNumber(2)))
        operation.wait(for: PromotionNumber(2))
        #expect(try operation.state(of: 2) == "rolled back")
        #expect(operation.live() == Fixtures.blue && operation.tag("prod") == Operation.serving.digest)
        #expect(operation.tag("prod-green") == Operation.fresh.digest, "the slot's pointer stays on what the slot runs")
    }

    @Test(arguments: ["verifying live", "baking"])
    func `rollback outranks a running promotion`(state: String) throws {
        let operation = Self.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: state)
        #expect(
            operation.rollBack(Operation.prod, to: Operation.serving.digest, reason: "alarm")
                == .started(PromotionNumber(1)))
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "rolled back")
        #expect(operation.live() == Fixtures.blue)
    }

    @Test func `rollback before the switch stops the promotion and goes to the release before`() throws {
        let operation = Self.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "verifying idle")
        #expect(
            operation.rollBack(Operation.prod, to: Operation.warm.digest, reason: nil) == .started(PromotionNumber(2)))
        operation.wait(for: PromotionNumber(2))
        #expect(try operation.state(of: 1) == "cancelled")
        #expect(try operation.state(of: 2) == "rolled back")
        #expect(operation.serving() == Operation.warm)
    }

    @Test(arguments: [
        "queued", "preparing", "deploying idle", "verifying idle", "switching", "verifying live", "baking", "closing",
        "rolling back",
        "verifying rollback",
    ])
    func `an agent killed in any state ends the promotion right when it starts again`(state: String) throws {
        for seed in UInt64(1)...4 {
            let operation = Self.tested(seed: seed)
            if state.contains("roll") { operation.world.with { $0.sick[Operation.fresh.digest] = .withTraffic } }
            #expect(operation.promote(Operation.fresh.digest, to: Operation.prod) == .started(PromotionNumber(1)), "seed \(seed)")
            operation.wait(for: PromotionNumber(1), state: state)
            operation.startAgent()
            operation.wait(for: PromotionNumber(1))
            try Self.expectRightEnd(operation, "killed while \(state), seed \(seed)")
        }
    }

    /// The promotion has ended, the ledger holds, and tags, traffic and ledger agree.
    static func expectRightEnd(_ operation: Operation, _ comment: Comment) throws {
        let promotion = try #require(try operation.projection().promotion(PromotionNumber(1)), comment)
        #expect(promotion.hasEnded, comment)
        let expected = promotion.state.outcome == .succeeded ? Operation.fresh : Operation.serving
        #expect(operation.serving() == expected, comment)
        #expect(operation.tag("prod") == expected.digest, comment)
        #expect(operation.world.with { $0.violations } == [], comment)
        #expect(
            try operation.projection().services[Fixtures.payments]?.environments[Fixtures.prod]?.live == operation.live(), comment
        )
    }

    @Test(arguments: 0..<36)
    func `faults of every kind never break a promise`(seed: Int) throws {
        let operation = Self.tested(seed: UInt64(seed))
        operation.world.with { state in
            if seed % 3 == 0 { state.sick[Operation.fresh.digest] = seed % 2 == 0 ? .always : .withTraffic }
        }
        // Faults begin with the promotion: a plan that meets one is refused, and then nothing would be shown.
        guard case .started? = operation.promote(Operation.fresh.digest, to: Operation.prod) else {
            Issue.record("seed \(seed) was not started")
            return
        }
        operation.world.with { state in
            state.mishaps.odds[.callBreaks] = 7
            state.mishaps.odds[.answerIsLost] = 9
            state.mishaps.odds[.diskIsFull] = 11
        }
        if seed % 4 == 1 {
            operation.wait(for: PromotionNumber(1), state: ["deploying idle", "switching", "baking", "closing"][seed / 4 % 4])
            operation.startAgent()
            if operation.runner == nil {
                operation.world.with { $0.mishaps.odds = [:] }
                operation.startAgent()
            }
        }
        operation.wait(for: PromotionNumber(1))
        let promotion = try #require(try operation.projection().promotion(PromotionNumber(1)))
        #expect(promotion.hasEnded || promotion.state == .rollbackFailed, "seed \(seed): \(promotion.state.words)")
        #expect(operation.world.with { $0.violations } == [], "seed \(seed)")
    }
}
