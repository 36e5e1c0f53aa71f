import Fixtures
import PromotionCore
import Testing

/// What a command takes for consent, and what a plan says before it is given.
@Suite struct ConsentTests {
    private static let digest = Fixtures.release("A").digest
    private static let prod = Place(Fixtures.payments, Fixtures.prod)

    private func objection(_ digits: String?, yes: Bool, _ named: String?, isGuarded: Bool = true) throws -> ConsentError? {
        let reference = try named.map { try ImageReference(parsing: $0) }
        return Consent(digits: digits, isBlanket: yes, named: reference)
            .objection(to: Self.digest, isGuarded: isGuarded, at: Self.prod)
    }

    @Test(arguments: [nil, "v2.31.0-rc.2", "tag:1842", "1842", "sha256:1842", "shop/payments:v2"])
    func `yes is no consent to prod where the digest was not named`(named: String?) throws {
        let error = try #require(try objection(nil, yes: true, named))
        #expect(
            error.description.contains("--digest \(Self.digest)")
                && error.description.contains("--confirm \(Self.digest.short(4))"))
        #expect(try objection(nil, yes: true, named, isGuarded: false) == nil)
        #expect(try objection(Self.digest.short(4), yes: false, named) == nil, "its first digits are")
    }

    @Test func `a whole digest with yes is consent, in every form that it is written in`() throws {
        for named in ["\(Self.digest)", Self.digest.hex, "shop/payments@\(Self.digest)", "v2@\(Self.digest)"] {
            #expect(try objection(nil, yes: true, named) == nil, "\(named)")
        }
    }

    @Test func `digits that are not the plan's are no consent, whatever else is said`() throws {
        #expect(try objection("0000", yes: true, "\(Self.digest)") == .otherDigits("0000", plan: Self.digest))
        #expect(try objection(Self.digest.short(3), yes: false, nil) != nil)
        #expect(try objection("SHA256:\(Self.digest.short(8).uppercased())\r\n", yes: false, nil) == nil)
        #expect(try objection(nil, yes: false, "\(Self.digest)") == .missing(plan: Self.digest, isGuarded: true))
    }

    @Test func `the end of a path is guarded whatever its name, and what the configuration guards`() throws {
        let service = Fixtures.service()
        #expect(service.path.map { service.isGuarded($0.name) } == [false, false, true])
        let first = try #require(service.path.first)
        let staging = Environment(
            name: Fixtures.staging, strategy: .replace, slots: [.only], platform: Fixtures.linux, policy: first.policy,
            checks: [],
            timing: Timing(), guarded: true)
        let guarded = Service(name: service.name, repository: service.repository, path: [first, staging, service.path[2]])
        #expect(guarded.isGuarded(Fixtures.staging))
        let json = String(decoding: try CanonicalJSON.encode(first), as: UTF8.self)
        #expect(!json.contains("guarded"), "what was not said changes no plan")
    }

    @Test func `a plan says its strategy and every step`() throws {
        var world = try PlanTests.World()
        #expect(
            try #require(world.plan().plan).outline.map(\.name) == [
                "prepare", "deploy idle", "verify idle", "switch", "verify live", "bake",
            ])
        world.service = Fixtures.service(strategy: .canary)
        let plan = try #require(world.plan().plan)
        #expect(plan.strategyWords == "canary: 10 and 50 % of the traffic, then all of it")
        #expect(
            plan.outline.map { "\($0.name): \($0.words)" }[3...5] == [
                "canary 10 %: warm-up 5s, analysis 10s, 20 requests: the commit point",
                "canary 50 %: no warm-up, analysis 10s, 20 requests", "switch: blue to green, the rest of the traffic",
            ])
        #expect(plan.commitStep == 4)
    }
}
