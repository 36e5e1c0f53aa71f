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
        try screen.press(.character("j"), .character("p"))
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
        try screen.press(.character("j"), .character("p"))
        let first = screen.lastID
        try screen.press(.escape, .character("k"), .character("p"), .enter)
        try screen.receive(.answer(id: first, .plan(world.plan(World.a, into: World.prod))))
        #expect(screen.state.plan?.phase == .asked)
    }
}
