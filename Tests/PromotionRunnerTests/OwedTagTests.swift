import Fixtures
import PromotionCore
import PromotionRunner
import Simulation
import Testing

/// A registry that will not move a tag: what serves stays, and the tag is moved once it lets it.
@Suite struct OwedTagTests {
    private static let refusal = Fault(.refused, "registry/payments:prod: status 412: PRECONDITION · configured as immutable")

    private static func prod(_ operation: Operation) throws -> EnvironmentProjection {
        try #require(try operation.projection().services[Fixtures.payments]?.environments[Fixtures.prod])
    }

    @Test(arguments: [Fault.Kind.refused, .broke, .unknown])
    func `a promotion succeeds without its tags, a person is called, and nothing is vetoed`(kind: Fault.Kind) throws {
        let operation = RunnerTests.tested()
        operation.world.with { $0.tagRefusal = Fault(kind, Self.refusal.reason) }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        let began = operation.world.now
        operation.wait(for: PromotionNumber(1))
        #expect(operation.world.now - began < .seconds(90), "no tag keeps it from its end")
        let promotion = try #require(try operation.projection().promotion(PromotionNumber(1)))
        #expect(promotion.state == .ended(.succeeded) && promotion.owed.count == 3)
        #expect(operation.serving() == Operation.fresh && operation.tag("prod") == Operation.serving.digest)
        operation.pass(.seconds(5))
        let prod = try Self.prod(operation)
        #expect(prod.vetoes.isEmpty && Set(prod.owed.keys.map(\.text)) == ["prod", "prod-green", "v2.31.0"])
        #expect(prod.automation.call(.pointer)?.call.reason.text.contains("configured as immutable") == true)
        #expect(operation.world.with { $0.violations } == [])
    }

    @Test(arguments: [false, true])
    func `what is owed is moved once the registry lets it, also by the next agent`(isRestarted: Bool) throws {
        let operation = RunnerTests.tested()
        operation.world.with { $0.tagRefusal = Self.refusal }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        operation.pass(.minutes(10))
        #expect(operation.tag("prod") == Operation.serving.digest && operation.tag("v2.31.0") == nil)
        let entries = operation.world.with { $0.entries.count { $0.draft.kind == "pointer.owed" } }
        #expect(entries <= 6, "tries that come to the same are not recorded again: \(entries)")
        if isRestarted { operation.startAgent() }
        operation.world.with { $0.tagRefusal = nil }
        operation.pass(.minutes(3))
        for tag in ["prod", "prod-green", "v2.31.0"] { #expect(operation.tag(tag) == Operation.fresh.digest, "\(tag)") }
        let prod = try Self.prod(operation)
        #expect(prod.owed.isEmpty && prod.drifts.isEmpty && prod.automation.call(.pointer) == nil)
        #expect(operation.world.with { $0.leases[Operation.prod] } == nil)
        #expect(operation.world.with { $0.violations } == [])
    }

    @Test func `a tag that another tool moved is never fought for, and is settled once it is put back`() throws {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1), state: "switching")
        let (tag, stranger) = (try Tag("prod"), Operation.warm.digest)
        operation.world.with { $0.tags[Fixtures.repository, default: [:]][tag] = stranger }
        operation.wait(for: PromotionNumber(1))
        #expect(try operation.state() == "succeeded" && operation.serving() == Operation.fresh)
        operation.pass(.minutes(5))
        #expect(operation.tag("prod") == stranger, "nothing is put back")
        #expect(try Self.prod(operation).owed[tag]?.cause == .moved(observed: stranger))
        operation.world.with { $0.tags[Fixtures.repository, default: [:]][tag] = Operation.serving.digest }
        operation.pass(.minutes(3))
        #expect(operation.tag("prod") == Operation.fresh.digest && operation.tag("v2.31.0") == Operation.fresh.digest)
    }

    @Test func `a rollback by hand is done without its tag`() throws {
        let operation = RunnerTests.tested()
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        operation.world.with { $0.tagRefusal = Self.refusal }
        _ = operation.rollBack(Operation.prod, to: Operation.serving.digest, reason: nil)
        operation.wait(for: PromotionNumber(2))
        #expect(try operation.state(of: 2) == "rolled back" && operation.serving() == Operation.serving)
        #expect(operation.tag("prod") == Operation.fresh.digest)
        operation.world.with { $0.tagRefusal = nil }
        operation.pass(.minutes(3))
        #expect(operation.tag("prod") == Operation.serving.digest)
        #expect(operation.world.with { $0.violations } == [])
    }

    @Test func `the next promotion takes what was owed over`() throws {
        let operation = RunnerTests.tested()
        operation.world.with { $0.tagRefusal = Self.refusal }
        _ = operation.promote(Operation.fresh.digest, to: Operation.prod)
        operation.wait(for: PromotionNumber(1))
        let next = Fixtures.release("E", tag: "v2.32.0-rc.1")
        operation.world.push(next)
        operation.world.with { $0.tagRefusal = nil }
        _ = operation.ask(.addEvidence(Operation.staging, digest: next.digest, passed: 6, total: 6, note: nil))
        #expect(operation.promote(next.digest, to: Operation.prod) == .started(PromotionNumber(2)))
        operation.wait(for: PromotionNumber(2))
        operation.pass(.minutes(1))
        #expect(operation.tag("prod") == next.digest && operation.tag("v2.32.0") == next.digest)
        #expect(operation.tag("v2.31.0") == Operation.fresh.digest, "its release has passed everything")
        #expect(try Self.prod(operation).owed.isEmpty)
        #expect(operation.world.with { $0.violations } == [])
    }
}
