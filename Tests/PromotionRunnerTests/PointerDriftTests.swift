import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

/// Pointer tags that somebody moves with another tool.
@Suite struct PointerDriftTests {
    private func drifted(_ operation: Operation) -> [PointerDrift] {
        operation.world.with { state in
            state.entries.compactMap { entry in
                if case .pointerDrifted(let drift)? = try? entry.fact() { drift } else { nil }
            }
        }
    }

    private func move(_ tag: String, to digest: Digest?, in operation: Operation) throws {
        let tag = try Tag(tag)
        operation.world.with { $0.tags[Fixtures.repository, default: [:]][tag] = digest }
    }

    @Test func `a tag that was moved is told once, and once when it is back`() throws {
        let operation = Operation(seed: 1)
        operation.startAgent()
        operation.pass(.seconds(5))
        try move("prod", to: Operation.warm.digest, in: operation)
        operation.pass(.seconds(90))
        let prod = try Tag("prod")
        let drift = PointerDrift(tag: prod, expected: Operation.serving.digest, observed: Operation.warm.digest)
        #expect(drifted(operation) == [drift])
        #expect(operation.tag("prod") == Operation.warm.digest, "nothing is put back")
        try move("prod", to: Operation.serving.digest, in: operation)
        operation.pass(.seconds(90))
        #expect(drifted(operation).count == 2)
        #expect(drifted(operation).last?.isOver == true)
        #expect(try operation.projection().services[Fixtures.payments]?.environments[Fixtures.prod]?.drifts.isEmpty == true)
    }

    @Test func `a tag that is gone is a drift too`() throws {
        let operation = Operation(seed: 2)
        operation.startAgent()
        operation.pass(.seconds(5))
        try move("prod-green", to: nil, in: operation)
        operation.pass(.seconds(90))
        #expect(drifted(operation).map(\.observed) == [nil])
    }

    @Test func `what a promotion does is never a drift`() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let operation = RunnerTests.tested(seed: seed)
            _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
            operation.wait(for: PromotionNumber(1))
            operation.pass(.seconds(20))
            #expect(drifted(operation).isEmpty, "seed \(seed)")
        }
    }

    @Test func `a drift stops promotions until a person adopts it, with a reason that is kept`() throws {
        let operation = RunnerTests.tested()
        operation.pass(.seconds(5))
        try move("prod", to: Operation.warm.digest, in: operation)
        operation.pass(.seconds(30))
        guard case .refused(let objections)? = operation.promote(Operation.fresh.digest, to: Operation.prod) else {
            Issue.record("it was not refused")
            return
        }
        #expect(objections.map(\.kind) == [.pointerDrift])
        let prod = try Tag("prod")
        let answer = operation.ask(.adoptPointer(Operation.prod, tag: prod, reason: "moved by hand during the outage"))
        #expect(answer == .accepted)
        let environment = try operation.projection().services[Fixtures.payments]?.environments[Fixtures.prod]
        #expect(environment?.pointers[prod] == Operation.warm.digest && environment?.drifts.isEmpty == true)
        #expect(operation.promote(Operation.fresh.digest, to: Operation.prod) == .started(PromotionNumber(1)))
        operation.wait(for: PromotionNumber(1))
        #expect(operation.tag("prod") == Operation.fresh.digest)
    }

    @Test func `only pointer tags of the place are adopted`() throws {
        let operation = Operation(seed: 3)
        operation.startAgent()
        let answer = operation.ask(.adoptPointer(Operation.prod, tag: try Tag("v2.30.3"), reason: "no reason that is good"))
        guard case .refused(let objections)? = answer else {
            Issue.record("it was not refused")
            return
        }
        #expect(objections.first?.remedy.text.contains("prod, prod-blue, prod-green") == true, "\(objections)")
    }
}
