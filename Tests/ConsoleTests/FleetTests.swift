import Console
import PromotionCore
import Testing

/// View 1: what stands behind a service's name, and how many services need someone.
struct FleetTests {
    @Test func `a promotion that waits for people is not hidden by a newer one that goes on by itself`() throws {
        var world = try World.sample()
        world.wait(.minutes(2))
        try world.observe(World.prod)
        let number = try world.start(World.a, into: World.prod)
        try world.carryOn(number, until: { if case .readyToSwitch = $0 { true } else { false } })
        let newer = try world.start(World.newest, into: World.testing)
        try world.carryOn(newer, until: { $0 == .verifyingLive })
        var screen = try Screen(world)
        try screen.press(.character("1"))
        #expect(screen.text().contains("o ready to switch"))
        #expect(screen.text().contains("1 needs someone"))
        try screen.press(.character("f"))
        #expect(screen.text().contains("payments"))
    }

    @Test func `a service without trouble needs nobody`() throws {
        var screen = try Screen(World.sample())
        try screen.press(.character("1"))
        #expect(screen.text().contains("+ healthy") && !screen.text().contains("1 needs"))
        try screen.press(.character("f"))
        #expect(screen.text().contains("no service matches"))
    }
}
