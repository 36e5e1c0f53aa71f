import Console
import PromotionCore
import Testing

/// Consent to a plan: y below the end of the path, typed digits at its end.
struct PlanTests {
    @Test func `to prod the first digits of the digest are typed`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        try screen.openPlan(&world, of: World.a, into: World.prod)
        let plan = try #require(world.plan(World.a, into: World.prod).plan)
        screen.requests = []
        try screen.type(World.a.digest.short(4))  // typed before anybody could read the plan
        #expect(screen.state.plan?.typed == "")
        screen.wait(350)
        try screen.press(.enter, .character("y"))
        try screen.type("0000")
        try screen.press(.enter)
        #expect(screen.status.contains("does not begin with 0000"))
        #expect(screen.requests.isEmpty)
        try screen.type(World.a.digest.short(4))
        #expect(screen.requests.isEmpty)
        try screen.press(.enter, .enter)
        let request = PromotionRequest(place: world.place(World.prod), digest: World.a.digest)
        #expect(screen.requests == [.promote(request, planHash: plan.hash)])
        let number = try world.start(World.a, into: World.prod)
        try screen.follow(&world)
        try screen.answer(.started(number))
        #expect(screen.state.view == .live(World.payments, number))
        #expect(screen.state.plan == nil)
    }

    /// A canary of so many steps, with all that usually stands among the gates.
    private func canary(_ count: Int) throws -> (World, Screen) {
        let service = World.service()
        let last = try #require(service.path.last)
        let signal = CheckSpecification(
            name: .literal("errors"),
            kind: .signal(.errorRate, window: .seconds(30), limit: SignalLimit(absolute: 10_000, beyondOther: nil)))
        let steps = (1...count).map {
            CanaryStep(weight: $0 * 4, warmUp: .seconds(90), analysis: .minutes(12), minimumSamples: 50)
        }
        let prod = Environment(
            name: World.prod, strategy: .canary, slots: last.slots, platform: last.platform, policy: last.policy,
            checks: last.checks + [signal], timing: last.timing, steps: steps)
        var world = try World.sample(Service(name: service.name, repository: .sample, path: service.path.dropLast() + [prod]))
        var screen = try Screen(world)
        try screen.openPlan(&world, of: World.a, into: World.prod)
        screen.wait(350)
        return (world, screen)
    }

    @Test(arguments: [1, 2, 3, 5, 6, 12, 13, 20]) func `every step of a canary is on an 80x24 screen, with the consent`(
        count: Int
    ) throws {
        let (_, screen) = try canary(count)
        let text = screen.text(80, 24)
        #expect(text.contains("canary: ") && text.contains("UNDO") && text.contains("Type the first 4 characters"), "\(text)")
        for weight in (1...count).map({ $0 * 4 }) { #expect(text.contains(" \(weight) %"), "\(weight) % is missing in\n\(text)") }
        let times = text.ranges(of: count <= 5 ? "warm-up 1m30s, analysis 12m" : "1m30s+12m").count
        #expect(times == count, "\(text)")
    }

    @Test func `what the configuration guards is consented to by digits too`() throws {
        let service = World.service()
        let first = try #require(service.path.first)
        let testing = Environment(
            name: World.testing, strategy: .replace, slots: [.only], platform: first.platform, policy: first.policy,
            checks: first.checks, timing: first.timing, guarded: true)
        var world = try World.sample(Service(name: service.name, repository: .sample, path: [testing] + service.path.dropFirst()))
        var screen = try Screen(world)
        try screen.openPlan(&world, of: World.newest, into: World.testing)
        screen.wait(350)
        #expect(screen.text().contains("Type the first 4 characters"))
        screen.requests = []
        try screen.press(.character("y"))
        #expect(screen.requests.isEmpty)
    }

    @Test func `below prod y is enough, but not in the same packet`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        try screen.openPlan(&world, of: World.newest, into: World.testing)
        screen.requests = []
        try screen.press(.character("y"))
        #expect(screen.requests.isEmpty)
        screen.wait(350)
        try screen.press(.enter)
        #expect(screen.requests.isEmpty)
        try screen.press(.character("y"), .character("y"))
        let plan = try #require(world.plan(World.newest, into: World.testing).plan)
        let request = PromotionRequest(place: world.place(World.testing), digest: World.newest.digest)
        #expect(screen.requests == [.promote(request, planHash: plan.hash)])
    }

    @Test func `a plan with objections lists them all and cannot be started`() throws {
        let world = try World.sample()
        var screen = try Screen(world)
        try screen.press(.character("g"), .character("j"), .character("p"))
        try screen.answer(.plan(world.plan(World.newest, into: World.prod)))
        screen.wait(400)
        screen.requests = []
        let text = screen.text()
        #expect(
            text.contains("x \(World.newest.digest.short()) does not serve in staging")
                || text.contains("does not serve in staging"))
        #expect(text.contains("has no evidence in staging"))
        try screen.type("cd4b1")
        try screen.press(.enter, .character("y"))
        #expect(screen.requests.isEmpty && screen.state.view == .plan)
        try screen.press(.character("x"))
        #expect(screen.text().contains("what helps"))
    }

    @Test func `a plan whose world moved says CHANGED and cannot be started`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        try screen.openPlan(&world, of: World.a, into: World.prod)
        screen.wait(400)
        screen.requests = []
        _ = try world.start(World.a, into: World.prod)
        try screen.follow(&world)
        #expect(screen.text().contains("CHANGED: promotion 3 was started in prod"))
        try screen.type(World.a.digest.short(4))
        try screen.press(.enter)
        #expect(screen.requests.isEmpty && screen.state.view == .plan)
    }

    @Test func `a refusal shows every reason`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        try screen.openPlan(&world, of: World.newest, into: World.testing)
        screen.wait(400)
        try screen.press(.character("y"))
        try screen.answer(
            .refused([
                Objection(.changed, "the plan changed", remedy: "plan again"),
                Objection(.busy, "bob holds testing", remedy: "wait until 14:09:00 UTC"),
            ]))
        let text = screen.text()
        #expect(text.contains("the plan changed") && text.contains("bob holds testing") && text.contains("plan again"))
    }

    @Test func `a paste into a plan is refused whole`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        try screen.openPlan(&world, of: World.a, into: World.prod)
        screen.wait(400)
        screen.state.handle(.paste(World.a.digest.short(4)), at: screen.now)
        #expect(screen.state.plan?.typed == "" && screen.status.contains("paste is refused"))
    }

    @Test func `an answer to an earlier plan does not fill a later one`() throws {
        let world = try World.sample()
        var screen = try Screen(world)
        try screen.press(.character("g"), .character("j"), .character("p"))
        let first = screen.lastID
        try screen.press(.escape, .character("k"), .character("p"), .enter)
        try screen.receive(.answer(id: first, .plan(world.plan(World.a, into: World.prod))))
        #expect(screen.state.plan?.phase == .asked)
    }
}
