import Fixtures
import FoundationEssentials
import PromotionCore
import Testing

/// What the answers of another release mean after a switch, and plans from before that was known.
@Suite struct SettlingJudgementTests {
    private static let new = PlanTests.fresh
    private static let old = PlanTests.serving
    private static let third = Fixtures.release("stranger")
    private static let http = CheckSpecification(
        name: .literal("health"), kind: .http(path: "/", status: 200, maximumLatency: nil, bodyContains: nil))

    private static func result(
        _ check: CheckSpecification, _ answer: Sample.Answer, _ identities: [Digest], after seconds: Int64
    ) -> Measurement.Result {
        let settling = Settling(before: old.digests, until: Fixtures.start + .seconds(30))
        let sample = Fixtures.sample(answer, identities, at: Fixtures.start + .seconds(seconds))
        return check.judge(sample, expecting: new.digests, after: settling).result
    }

    @Test(arguments: [true, false])
    func `the release from before counts for nothing until the switch has settled, then it fails`(isHTTP: Bool) {
        let check = isHTTP ? Self.http : .runningDigest
        let answer: Sample.Answer = isHTTP ? .status(200, bodyMatched: true) : .identity
        func words(_ identities: [Digest], _ seconds: Int64) -> String {
            Self.result(check, answer, identities, after: seconds).words.text
        }
        #expect(words([Self.old.digest], 1).hasPrefix("settling") && words([Self.old.digest], 29).hasPrefix("settling"))
        #expect(words([Self.old.digest], 30).hasPrefix("fail") && words([Self.old.digest], 90).hasPrefix("fail"))
        #expect(words([Self.third.digest], 1).hasPrefix("fail"), "a third release fails at once")
        #expect(words([Self.old.digest, Self.third.digest], 1).hasPrefix("fail"))
        #expect(words([Self.new.digest], 1) == "pass")
    }

    @Test func `before traffic moves another release is void for every check but that of the digest`() {
        let sample = Fixtures.sample(.status(200, bodyMatched: true), [Self.third.digest])
        #expect(Self.http.judge(sample, expecting: Self.new.digests).result.words.text.hasPrefix("void"))
    }

    @Test func `what passed before the old release answered once more counts no longer`() {
        func measured(_ result: Measurement.Result) -> Measurement {
            Measurement(sample: Fixtures.sample(.identity), result: result)
        }
        var progress = CheckProgress()
        for result in [.pass, .settling("old")] as [Measurement.Result] { progress.add(measured(result)) }
        for _ in 0..<40 { progress.add(measured(.settling("old"))) }
        #expect(progress.verdict(of: .runningDigest, count: 2) == nil, "it may go on so for long")
        progress.add(measured(.pass))
        #expect(progress.verdict(of: .runningDigest, count: 2) == nil)
        progress.add(measured(.pass))
        #expect(progress.verdict(of: .runningDigest, count: 2) == .pass)
    }

    @Test(arguments: [Gate.live, .bake, .closing, .rollback, .idle, .ready, .step, .baseline])
    func `only gates after a switch know what served before`(gate: Gate) throws {
        var walk = Walk(try PromotionTests.plan())
        try walk.reach(gate == .rollback ? "baking" : "closing")
        if gate == .rollback {
            try walk.apply(.rollbackRequested(reason: "r"))
            try walk.reach("verifying rollback")
        }
        let settling = walk.promotion.settling(in: gate)
        switch gate {
        case .live, .bake, .closing: #expect(settling?.before == Self.old.digests)
        case .rollback: #expect(settling?.before == Self.new.digests)
        case .idle, .ready, .step, .baseline: #expect(settling == nil)
        }
    }

    @Test func `a plan from before says neither, and is made again as it was agreed to`() throws {
        let first = Fixtures.service(timing: Timing(settle: nil))
        var world = try PlanTests.World()
        world.service = first
        let made = try #require(world.plan().plan)
        let json = try #require(String(bytes: try CanonicalJSON.encode(made), encoding: .utf8))
        #expect(!json.contains("settle"))
        // As it was written before: without either, and with the environment's version of then.
        let old = PromotionPlan.written(made)
        #expect(old.form == .first)
        world.service = Fixtures.service()
        try world.chronicle.record(
            .started(.init(plan: old, reason: nil, objections: [Fixtures.soaking])), at: PlanTests.prod,
            promotion: PromotionNumber(1))
        let again = PromotionPlan.make(
            PromotionRequest(place: PlanTests.prod, digest: PlanTests.fresh.digest), world.snapshot(for: PromotionNumber(1)))
        #expect(again.plan?.form == .first && again.plan?.checks == old.checks)
        #expect(again.plan?.policyVersion == old.policyVersion)
        #expect(world.plan().plan?.form == .current)
        #expect(world.plan().plan?.checks(in: .rollback).map(\.name).contains(Fixtures.health.name) == true)
        #expect(old.checks(in: .rollback).map(\.kind) == [.runningDigest])
    }
}

extension PromotionPlan {
    /// The plan as the first form has it.
    fileprivate static func written(_ plan: PromotionPlan) -> PromotionPlan {
        let bytes = (try? CanonicalJSON.encode(plan)) ?? []
        let text = String(decoding: bytes, as: UTF8.self).replacing(
            #""idle","live","rollback""#, with: #""idle","live""#)
        return (try? CanonicalJSON.decode(PromotionPlan.self, from: Array(text.utf8))) ?? plan
    }
}
