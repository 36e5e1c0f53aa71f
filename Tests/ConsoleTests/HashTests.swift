import PromotionCore
import Testing

@Test func `a plan keeps its hash on its way to the console`() throws {
    var world = try World.sample()
    world.wait(.minutes(2))
    try world.observe(World.prod)
    let plan = try #require(world.plan(World.a, into: World.prod).plan)
    for _ in 0..<20 {
        let read = try CanonicalJSON.decode(PromotionPlan.self, from: CanonicalJSON.encode(plan))
        #expect(read.hash == plan.hash)
    }
}
