import Fixtures
import PromotionCore
import Testing

/// Tags that cannot be moved: what serves stays, and the tag is tried again after the end.
@Suite struct OwedPointerTests {
    private static let refusal = Fault(.refused, "registry.example/payments:prod: status 412: PRECONDITION")
    private static let prod = Tag(pointerOf: Fixtures.prod)

    /// Fails every move of the promotion's pointer tags until it has ended.
    private static func end(_ walk: inout Walk, refusing fault: Fault = refusal) throws {
        for _ in 0..<200 where !walk.promotion.hasEnded {
            if let effect = walk.promotion.pending.first(where: \.isPointer) {
                try walk.apply(walk.promotion.recorded(.failed(effect: effect, fault: fault)))
            } else if walk.promotion.state == .baking, let deadline = walk.promotion.deadline {
                walk.now = deadline
                try walk.apply(.deadlinePassed(deadline))
            } else {
                try walk.succeedOnce()
            }
        }
    }

    @Test(arguments: [Fault.Kind.refused, .broke, .unknown])
    func `a promotion whose tags are refused succeeds, and owes every one of them`(kind: Fault.Kind) throws {
        var walk = Walk(try PromotionTests.plan())
        try Self.end(&walk, refusing: Fault(kind, "no"))
        #expect(walk.promotion.state == .ended(.succeeded) && walk.promotion.failure == nil)
        #expect(Set(walk.promotion.owed.keys.map(\.text)) == ["prod", "prod-green", "v2.31.0"])
        #expect(walk.promotion.endWords == "succeeded, pointer owed")
        #expect(walk.promotion.owed[Self.prod]?.before == PlanTests.serving.digest)
        #expect(walk.promotion.owed[try Tag("v2.31.0")]?.cause == .waits, "the final tag waits for the others")
        #expect(!walk.promotion.passage.contains { $0.state == .rollingBack || $0.state == .inconclusive(.live) })
    }

    @Test func `a tag that is refused right after the switch is tried once more at the end`() throws {
        var walk = Walk(try PromotionTests.plan())
        try walk.reach("verifying live")
        let effect = try #require(walk.promotion.pending.first { $0.isPointer })
        try walk.apply(walk.promotion.recorded(.failed(effect: effect, fault: Self.refusal)))
        #expect(walk.promotion.state == .verifyingLive && walk.promotion.owed[Self.prod] != nil)
        try walk.reach("succeeded")
        #expect(walk.promotion.owed.isEmpty && walk.promotion.endWords == "succeeded")
    }

    @Test(arguments: ["verifying live", "closing"])
    func `a tag that another tool moved is left to it, and nothing else changes`(state: String) throws {
        var walk = Walk(try PromotionTests.plan())
        try walk.reach(state)
        let stranger = Fixtures.release("stranger").digest
        let event = walk.promotion.recorded(
            .pointerConflict(tag: Self.prod, expected: PlanTests.serving.digest, observed: stranger))
        try walk.apply(event)
        #expect(walk.promotion.owed[Self.prod]?.cause == .moved(observed: stranger))
        #expect(walk.promotion.state.words == state)
        #expect(walk.promotion.owed[Self.prod]?.words.text.contains("another tool moved it") == true)
    }

    @Test func `a rollback whose tag is refused has rolled back, and owes it`() throws {
        var walk = Walk(try PromotionTests.rollbackPlan())
        try walk.reach("verifying rollback")
        try Self.end(&walk)
        #expect(walk.promotion.state == .ended(.rolledBack))
        #expect(walk.promotion.owed[Self.prod]?.digest == PlanTests.warm.digest)
    }

    @Test(arguments: ["verifying live", "closing"])
    func `a deadline that only a tag has missed leads on`(state: String) throws {
        var walk = Walk(try PromotionTests.plan())
        try walk.reach(state)
        for _ in 0..<50 where walk.promotion.pending.contains(where: { if case .checkAnswered = $0 { true } else { false } }) {
            let check = walk.promotion.pending.first { if case .checkAnswered = $0 { true } else { false } }
            guard case .checkAnswered(let gate, let name, _)? = check else { break }
            try walk.apply(Walk.measured(gate, name, .pass))
        }
        let deadline = try #require(walk.promotion.deadline)
        try walk.apply(walk.promotion.recorded(.deadlinePassed(deadline)))
        #expect(walk.promotion.state.words != state || walk.promotion.owed[Self.prod] != nil)
        #expect(!["rolling back", "inconclusive", "failed"].contains(walk.promotion.state.words))
    }

    @Test func `events of earlier ledgers keep their meaning`() throws {
        var walk = Walk(try PromotionTests.plan())
        try walk.reach("verifying live")
        let effect = try #require(walk.promotion.pending.first { $0.isPointer })
        try walk.apply(.failed(effect: effect, fault: Self.refusal))
        #expect(walk.promotion.state == .inconclusive(.live))
    }

    @Test func `the next plan says what is owed and what to do, and is not refused for it`() throws {
        var world = try PlanTests.World()
        let owed = OwedPointer(
            tag: Self.prod, digest: PlanTests.fresh.digest, before: PlanTests.serving.digest, cause: .refused("status 412"),
            since: Fixtures.start, promotion: PromotionNumber(7), isFinal: false)
        try world.chronicle.record(.owed(.pointerOwed(owed)), at: PlanTests.prod)
        let answer = world.plan()
        #expect(answer.plan != nil && answer.objections.isEmpty)
        let said = try #require(answer.conditions.first { $0.name == "pointers" })
        guard case .met(let words) = said.state else {
            Issue.record("the plan is refused")
            return
        }
        #expect(words.text.contains("owed by promotion 7") && words.text.contains("status 412"))
        #expect(words.text.contains("exclude prod, prod-blue, prod-green from the registry's rule"))
        // Somebody may have put it right by hand meanwhile: it names what it should.
        world.observation = Fixtures.observation(
            [Fixtures.blue: PlanTests.serving, Fixtures.green: PlanTests.warm], live: Fixtures.blue,
            pointers: [Self.prod: PlanTests.fresh.digest])
        #expect(world.plan().objections.isEmpty)
        try world.chronicle.record(.owed(.pointerMoved(Self.prod, PlanTests.fresh.digest)), at: PlanTests.prod)
        let prod = world.chronicle.projection.services[Fixtures.payments]?.environments[Fixtures.prod]
        #expect(prod?.owed.isEmpty == true && prod?.pointers[Self.prod] == PlanTests.fresh.digest)
    }

    @Test func `what was never set is not what the tag names, and nobody else moved it`() throws {
        var world = try PlanTests.World()
        let (named, refused, back) = (PlanTests.serving.digest, PlanTests.fresh.digest, PlanTests.warm.digest)
        func owe(_ digest: Digest, before: Digest, _ cause: OwedPointer.Cause, _ number: Int64) throws {
            let owed = OwedPointer(
                tag: Self.prod, digest: digest, before: before, cause: cause, since: Fixtures.start,
                promotion: PromotionNumber(number), isFinal: false)
            try world.chronicle.record(.owed(.pointerOwed(owed)), at: PlanTests.prod)
        }
        var owed: OwedPointer? {
            world.chronicle.projection.services[Fixtures.payments]?.environments[Fixtures.prod]?.owed[Self.prod]
        }
        try owe(refused, before: named, .refused("status 412"), 7)
        try owe(back, before: refused, .moved(observed: named), 8)
        #expect(owed?.before == named && owed?.cause == .refused("status 412"), "\(String(describing: owed))")
        let stranger = Digest(of: [1])
        try owe(refused, before: back, .moved(observed: stranger), 9)
        #expect(owed?.before == named && owed?.cause == .moved(observed: stranger))
    }

    @Test func `more tags are never owed than the limit, and pointer tags stay`() throws {
        var chronicle = Chronicle()
        try chronicle.adoptFleet(serving: PlanTests.serving, warm: PlanTests.warm)
        for number in 0...(OwedPointer.limit + 5) {
            let tag = number == 0 ? Self.prod : try Tag("v1.\(number).0")
            let owed = OwedPointer(
                tag: tag, digest: PlanTests.fresh.digest, before: nil, cause: .waits, since: chronicle.now,
                promotion: PromotionNumber(1), isFinal: number > 0)
            try chronicle.record(.owed(.pointerOwed(owed)), at: PlanTests.prod)
        }
        let owed = chronicle.projection.services[Fixtures.payments]?.environments[Fixtures.prod]?.owed ?? [:]
        #expect(owed.count == OwedPointer.limit && owed[Self.prod] != nil)
    }
}
