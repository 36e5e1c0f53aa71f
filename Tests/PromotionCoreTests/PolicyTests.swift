import Fixtures
import PromotionCore
import Testing

@Suite struct PolicyTests {
    typealias World = PlanTests.World
    static let prod = PlanTests.prod
    static let fresh = PlanTests.fresh

    /// The world of the plan's tests, with prod under other rules.
    private func world(_ policy: EnvironmentPolicy) throws -> World {
        var world = try World()
        let path = world.service.path.map { environment in
            guard environment.name == Fixtures.prod else { return environment }
            return Environment(
                name: environment.name, strategy: environment.strategy, slots: environment.slots, platform: environment.platform,
                policy: policy, checks: environment.checks, timing: environment.timing)
        }
        world.service = Service(name: world.service.name, repository: world.service.repository, path: path)
        return world
    }

    private func policy(
        soak: Milliseconds = .zero, evidence: EvidenceRule = EvidenceRule(), freezes: [FreezeRule] = [],
        approval: ApprovalRule? = nil
    ) -> EnvironmentPolicy {
        EnvironmentPolicy(
            soak: soak, candidates: .releases, switching: .automatic, onInconclusive: .rollBack, evidence: evidence,
            freezes: freezes, approval: approval)
    }

    private func record(
        _ evidence: Evidence.Source, passed: Int = 6, in environment: EnvironmentName, _ world: inout World
    ) throws {
        let evidence = Evidence(
            digest: Self.fresh.digest, environment: environment, source: evidence, at: world.chronicle.now, passed: passed,
            total: 6, note: nil)
        try world.chronicle.record(.evidence(evidence), at: Place(Fixtures.payments, environment))
    }

    /// Which of testing and staging have evidence, and what each rule makes of it.
    @Test(
        arguments: [
            (["staging"], EvidenceRule(), true), (["testing"], EvidenceRule(), false),
            (["staging"], EvidenceRule(environments: [Fixtures.testing, Fixtures.staging]), false),
            (["testing", "staging"], EvidenceRule(environments: [Fixtures.testing, Fixtures.staging]), true),
            (["testing"], EvidenceRule(quorum: .oneOf, environments: [Fixtures.testing, Fixtures.staging]), true),
            ([], EvidenceRule(quorum: .oneOf, environments: [Fixtures.testing, Fixtures.staging]), false),
            (["staging"], EvidenceRule(sources: [.baton]), false), (["staging"], EvidenceRule(sources: [.ci]), true),
        ] as [([String], EvidenceRule, Bool)])
    func `evidence counts where and from whom the rule says`(tested: [String], rule: EvidenceRule, isMet: Bool) throws {
        var world = try world(policy(evidence: rule))
        world.chronicle = Chronicle()
        try world.chronicle.adoptFleet(serving: PlanTests.serving, warm: PlanTests.warm)
        for name in [Fixtures.testing, Fixtures.staging] where tested.contains(name.text) {
            try record(.ci(Fixtures.alice), in: name, &world)
        }
        #expect(world.plan().objections.map(\.kind) == (isMet ? [] : [.noEvidence]))
        #expect((world.plan().plan != nil) == isMet)
    }

    @Test func `an attestation counts by the rule of the environment that it is asked for`() throws {
        let type: SafeText = "https://example.com/tests/v1"
        func rule(_ name: SafeText, threshold: Int = 1) throws -> PaperRule {
            PaperRule(kind: .attestation(predicateType: type), keys: [try .vector(name)], threshold: threshold)
        }
        func isMet(_ prod: PaperRule?) throws -> Bool {
            var world = try world(policy(evidence: EvidenceRule(sources: [.attestation])))
            let rules = [Fixtures.staging: try [rule("second")], Fixtures.prod: [prod].compactMap(\.self)]
            let path = world.service.path.map { environment in
                Environment(
                    name: environment.name, strategy: environment.strategy, slots: environment.slots,
                    platform: environment.platform, policy: environment.policy, checks: environment.checks,
                    timing: environment.timing, image: ImageRules(evidence: rules[environment.name] ?? []))
            }
            world.service = Service(name: world.service.name, repository: world.service.repository, path: path)
            let source = Evidence.Source.attestation(key: try TrustedKey.vector("second").identity, predicateType: type)
            try record(source, in: Fixtures.staging, &world)
            return world.plan().plan != nil
        }
        #expect(try isMet(nil), "the rule of staging is the only one of its type")
        #expect(try isMet(rule("second")))
        #expect(try !isMet(rule("release")), "prod takes it under another key")
        #expect(try !isMet(rule("second", threshold: 2)), "the ledger knows one key, and two are asked for")
    }

    @Test func `a later result that failed takes back evidence of whatever source`() throws {
        var world = try world(policy(evidence: EvidenceRule(sources: [.ci])))
        try record(.baton(PromotionNumber(1)), passed: 5, in: Fixtures.staging, &world)
        #expect(world.plan().objections.map(\.kind) == [.noEvidence])
    }

    @Test func `soak counts from the last interruption, across members of the digest set`() throws {
        var world = try World()
        let place = Place(Fixtures.payments, Fixtures.staging)
        world.service = Fixtures.service(soak: .minutes(10))
        func staging(_ release: Release) throws {
            try world.chronicle.record(
                .adopted(
                    .init(slots: [.only: release], live: .only, pointers: [Tag(pointerOf: Fixtures.staging): release.digest])),
                at: place)
        }
        func missing() -> Objection? { world.plan().objections.first { $0.kind == .soaking } }
        try staging(Self.fresh)
        let first = world.chronicle.now
        #expect(missing()?.earliest == first + .minutes(10))
        // The same image under its manifest's name, with another index around it: no interruption.
        let member = DigestSet(top: Digest(of: "another index".utf8), members: Self.fresh.digests.members)
        try staging(Release(digests: member, tag: Self.fresh.tag, revision: nil))
        #expect(missing()?.earliest == first + .minutes(10))
        world.chronicle.now = first + .minutes(9)
        try staging(PlanTests.serving)
        #expect(missing()?.earliest == nil)
        try staging(Self.fresh)
        #expect(missing()?.earliest == world.chronicle.now + .minutes(10))
        world.chronicle.now = world.chronicle.now + .minutes(10)
        #expect(missing() == nil)
    }

    @Test func `soak is asked of all the named environments, or of one`() throws {
        for (quorum, isMet) in [(EvidenceRule.Quorum.all, false), (.oneOf, true)] {
            let rule = EvidenceRule(quorum: quorum, environments: [Fixtures.testing, Fixtures.staging])
            var world = try world(policy(soak: .minutes(10), evidence: rule))
            try record(.ci(Fixtures.alice), in: Fixtures.testing, &world)
            try world.chronicle.record(
                .adopted(.init(slots: [.only: Self.fresh], live: .only, pointers: [:])),
                at: Place(Fixtures.payments, Fixtures.testing))
            world.chronicle.now = world.chronicle.now + .minutes(11)
            #expect(world.plan().objections.isEmpty == isMet)
        }
    }

    @Test func `a freeze of the rules or by hand blocks, says until when, and never stops a rollback`() throws {
        let now = try World().chronicle.now
        let rule = FreezeRule(name: "year end", from: now + .minutes(-5), until: now + .minutes(5))
        var world = try world(policy(freezes: [rule]))
        let objection = try #require(world.plan().objections.first)
        #expect(objection.kind == .frozen && objection.earliest == rule.until && objection.reason.text.contains("year end"))
        let until = world.chronicle.now + .minutes(60)
        try world.chronicle.record(
            .policy(.frozen(FreezeScope(environment: Fixtures.prod), until: until, reason: "the audit is running")),
            by: Fixtures.bob)
        let later = try #require(world.plan().objections.first)
        #expect(later.earliest == until && later.reason.text.contains("put on by bob"))
        #expect(PromotionPlan.makeRollback(of: Self.prod, world.snapshot()).objections.isEmpty)
        try world.chronicle.record(
            .policy(.thawed(FreezeScope(environment: Fixtures.prod), reason: "the audit is over")), by: Fixtures.bob)
        #expect(world.plan().objections.first?.earliest == rule.until)
    }

    @Test(arguments: [
        (FreezeScope(), true), (FreezeScope(environment: Fixtures.prod), true),
        (FreezeScope(environment: Fixtures.staging), false), (FreezeScope(service: Fixtures.payments), true),
        (FreezeScope(service: .literal("tax")), false),
        (FreezeScope(service: Fixtures.payments, environment: Fixtures.prod), true),
    ])
    func `a freeze by hand covers its scope and no more`(scope: FreezeScope, covers: Bool) throws {
        var world = try World()
        try world.chronicle.record(
            .policy(.frozen(scope, until: world.chronicle.now + .minutes(9), reason: "an incident is open")))
        #expect(world.plan().objections.map(\.kind) == (covers ? [.frozen] : []))
        world.chronicle.now = world.chronicle.now + .minutes(9)
        #expect(world.plan().objections.isEmpty)
    }

    @Test func `a pinned environment takes its image and no other until it is unpinned`() throws {
        var world = try World()
        try world.chronicle.record(
            .policy(.pinned(digest: PlanTests.serving.digest, reason: "partners test against it")), at: Self.prod,
            by: Fixtures.bob)
        let objection = try #require(world.plan().objections.first)
        #expect(objection.kind == .pinned && objection.reason.text.contains("partners test against it"))
        #expect(PromotionPlan.makeRollback(of: Self.prod, world.snapshot()).objections.isEmpty)
        try world.chronicle.record(.policy(.unpinned(reason: "partners are done")), at: Self.prod)
        #expect(world.plan().plan != nil)
        try world.chronicle.record(
            .policy(.pinned(digest: Self.fresh.digests.members[0].configuration, reason: "by its configuration")), at: Self.prod)
        #expect(world.plan().plan != nil)
    }

    @Test func `a veto by hand bars a release until it is lifted, and takes it from the goals of a rollback`() throws {
        var world = try World()
        try world.chronicle.record(
            .policy(.vetoed(digest: Self.fresh.digest, reason: "it leaks memory")), at: Self.prod, by: Fixtures.bob)
        #expect(world.plan().objections.map(\.kind) == [.vetoed])
        #expect(world.plan().objections[0].reason.text.contains("bob"))
        try world.chronicle.record(.vetoLifted(digest: Self.fresh.digest, reason: "it was the probe"), at: Self.prod)
        #expect(world.plan().plan != nil)
        try world.chronicle.record(.policy(.vetoed(digest: PlanTests.warm.digest, reason: "it leaks memory")), at: Self.prod)
        #expect(PromotionPlan.makeRollback(of: Self.prod, world.snapshot()).objections.map(\.kind) == [.noGoal])
    }

    @Test(arguments: OverridableGate.allCases)
    func `an override opens its gate for its release, for its time, and is a debt until it is closed`(
        gate: OverridableGate
    ) throws {
        let now = try World().chronicle.now
        let freeze = FreezeRule(name: "year end", from: now + .minutes(-5), until: now + .minutes(90))
        var world = try world(policy(soak: .minutes(10), freezes: [freeze]))
        world.chronicle = Chronicle()
        try world.chronicle.adoptFleet(serving: PlanTests.serving, warm: PlanTests.warm)
        world.observation = Fixtures.observation(
            [Fixtures.green: PlanTests.warm], live: Fixtures.blue,
            pointers: [Tag(pointerOf: Fixtures.prod): PlanTests.serving.digest])
        world.observation = world.observation.map { seen in
            let sick = SlotObservation(at: seen.at, health: .unhealthy("it hangs"), instances: [], endpoint: nil)
            return EnvironmentObservation(
                at: seen.at, slots: seen.slots.merging([Fixtures.blue: .known(sick, at: seen.at)]) { $1 }, routing: seen.routing,
                pointers: seen.pointers)
        }
        let all: [Objection.Kind] = [.noEvidence, .soaking, .frozen, .unhealthy]
        #expect(world.plan().objections.map(\.kind) == all)
        let request = OverrideRequest(
            gate: gate, digest: Self.fresh.digest, owner: "carol", reason: "the fix cannot wait",
            expires: world.chronicle.now + .minutes(30))
        try world.chronicle.record(.policy(.overridden(request)), at: Self.prod, by: Fixtures.bob)
        let left = world.plan().objections.map(\.kind)
        #expect(left.count == all.count - 1 && OverridableGate(silencing: Set(all).subtracting(left).first ?? .changed) == gate)
        let debt = try #require(world.snapshot().projection.environments[Fixtures.prod]?.overrides.first)
        #expect(debt.owner == "carol" && debt.by == Fixtures.bob && debt.number == world.chronicle.projection.head.sequence)
        let other = Fixtures.release("other", tag: "v2.32.0-rc.1")
        #expect(!debt.opens(gate, for: other.digests, at: world.chronicle.now))
        world.chronicle.now = world.chronicle.now + .minutes(30)
        #expect(world.plan().objections.contains { OverridableGate(silencing: $0.kind) == gate })
        #expect(world.snapshot().projection.environments[Fixtures.prod]?.overrides.count == 1)
        try world.chronicle.record(.policy(.overrideClosed(number: debt.number, reason: "the fix is in")), at: Self.prod)
        #expect(world.snapshot().projection.environments[Fixtures.prod]?.overrides.isEmpty == true)
    }

    @Test func `nothing that would deploy something unknown, and nothing that others must lift, can be overridden`() {
        let open: Set<Objection.Kind> = [.noEvidence, .soaking, .frozen, .unhealthy]
        for gate in OverridableGate.allCases {
            for kind in [
                Objection.Kind.unknownImage, .unreadableImage, .noDigest, .notACandidate, .platform, .unobservable,
                .routingUnclear, .pointerDrift, .drifted, .noIdleSlot, .vetoed, .pinned, .busy, .notApproved, .changed,
            ] {
                #expect(OverridableGate(silencing: kind) != gate)
            }
        }
        #expect(open.allSatisfy { OverridableGate(silencing: $0) != nil })
    }

    @Test func `a plan asks for the approvals that its rules want, under its own hash`() throws {
        let rule = ApprovalRule(number: 2, leastRole: .operator, expires: .minutes(60))
        let plan = try #require(try world(policy(approval: rule)).plan().plan)
        #expect(plan.approval == rule)
        #expect(try world(policy()).plan().plan?.hash != plan.hash)
        #expect(try world(policy(approval: rule)).plan().conditions.contains { $0.state == .asked(rule.words) })
    }
}
