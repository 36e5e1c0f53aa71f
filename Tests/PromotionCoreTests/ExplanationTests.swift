import Fixtures
import PromotionCore
import Testing

@Suite struct ExplanationTests {
    private let agent = AgentDescription(version: "1", host: "bastion-1", process: 1, since: Fixtures.start)

    private func board(_ world: PlanTests.World) throws -> Board {
        var board = Board(services: [world.service], projection: world.chronicle.projection, agent: agent)
        if let observation = world.observation { try board.apply(.observed(PlanTests.prod, observation)) }
        return board
    }

    @Test func `every objection has a predicate and somebody, or time, that can turn it`() throws {
        var world = try PlanTests.World()
        world.service = Fixtures.service(soak: .minutes(10))
        let until = world.chronicle.now + .minutes(60)
        try world.chronicle.record(.policy(.frozen(FreezeScope(), until: until, reason: "the audit is running")))
        let explanations = try board(world).explanations(of: world.service, in: Fixtures.prod, at: world.chronicle.now)
        #expect(!explanations.isEmpty)
        for one in explanations {
            #expect(
                !one.predicate.text.isEmpty && !one.values.text.isEmpty && !one.authorities.isEmpty && !one.remedy.text.isEmpty)
            #expect(one.authorities.contains(.time) == (one.earliest != nil), "\(one)")
        }
        #expect(explanations.contains { $0.subject == .freeze && $0.earliest == until })
    }

    @Test func `pins, debts and vetoes stay explained until somebody lifts them`() throws {
        var world = try PlanTests.World()
        let (place, reason): (Place, SafeText) = (PlanTests.prod, "because of the incident")
        let digest = PlanTests.fresh.digest
        let request = OverrideRequest(
            gate: .soak, digest: digest, owner: "carol", reason: reason, expires: world.chronicle.now + .minutes(1))
        try world.chronicle.record(.policy(.overridden(request)), at: place)
        try world.chronicle.record(.policy(.pinned(digest: digest, reason: reason)), at: place)
        try world.chronicle.record(.policy(.vetoed(digest: digest, reason: reason)), at: place)
        let later = world.chronicle.now + .minutes(60)
        let found = try board(world).explanations(of: world.service, in: Fixtures.prod, at: later)
        for subject in [Explanation.Subject.override, .pin, .veto] { #expect(found.contains { $0.subject == subject }) }
        let debt = try #require(found.first { $0.subject == .override })
        #expect(debt.values.text.contains("expired") && debt.authorities.contains(.person("carol")))
    }

    @Test func `a promotion that waits for people says who gave, who did not count, and until when`() throws {
        var world = try PlanTests.World()
        let rule = ApprovalRule(number: 2, expires: .minutes(60))
        let path = world.service.path.map { environment in
            environment.name != Fixtures.prod
                ? environment
                : Environment(
                    name: environment.name, strategy: environment.strategy, slots: environment.slots,
                    platform: environment.platform,
                    policy: EnvironmentPolicy(
                        soak: .zero, candidates: .releases, switching: .automatic, onInconclusive: .rollBack, approval: rule),
                    checks: environment.checks, timing: environment.timing)
        }
        world.service = Service(name: world.service.name, repository: world.service.repository, path: path)
        let plan = try #require(world.plan().plan)
        let number = PromotionNumber(1)
        try world.chronicle.record(.started(.init(plan: plan, reason: nil)), at: PlanTests.prod, promotion: number)
        #expect(try board(world).awaitingApproval.map(\.number) == [number])
        let approval = Approval(by: Fixtures.bob, role: .approver, at: world.chronicle.now, plan: plan.hash)
        try world.chronicle.record(.happened(.approved(approval)), at: PlanTests.prod, promotion: number, by: Fixtures.bob)
        let board = try board(world)
        let one = try #require(
            board.explanations(of: world.service, in: Fixtures.prod, at: world.chronicle.now).first { $0.subject == .approval })
        #expect(one.values.text.contains("1 of 2 (bob)") && one.deadline != nil && one.authorities == [.role(.approver)])
        let promotion = try #require(board.awaitingApproval.first)
        let grant = Grant(.admin)
        func objection(_ account: Account, _ grant: Grant) -> Objection? {
            board.objection(toApprovalOf: promotion, by: account, with: grant, at: world.chronicle.now)
        }
        #expect(objection(Fixtures.alice, grant)?.reason.text.contains("whoever started it") == true)
        #expect(objection(Fixtures.bob, grant)?.reason.text.contains("before") == true)
        #expect(objection(ApprovalTests.carol, Grant(.operator)) != nil && objection(ApprovalTests.carol, grant) == nil)
    }
}
