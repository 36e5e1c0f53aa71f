import Console
import PromotionCore
import Testing

/// The rollback sheet and those of a decision: what fires them, and what never does.
struct SheetTests {
    static func rollback(_ world: World, vetoes: Bool = true, reason: SafeText? = nil) throws -> OperatorRequest {
        let offer = try #require(world.board.rollbackOffers(of: world.place(World.prod)).first)
        #expect(offer.effect == .goBack(to: World.d.digest))
        return .rollBack(try #require(RollbackOrder(offer, vetoes: vetoes, reason: reason)))
    }

    @Test func `R and y in one packet roll nothing back`() throws {
        let world = try World.sample()
        var screen = try Screen(world)
        try screen.press(.character("R"), .character("y"))
        let flushed = screen.state.takeEffects()
        #expect(flushed == [.deaf(Sheet.deafness)])
        screen.wait(349)
        try screen.press(.character("y"))
        #expect(screen.requests.isEmpty && screen.status == "too quick: press y again")
        screen.wait(1)
        try screen.press(.character("y"))
        #expect(screen.requests == [try Self.rollback(world)])
        try screen.press(.character("y"), .character("y"))
        #expect(screen.requests.count == 1)
    }

    @Test(arguments: [Key.character("R"), .enter, .character(" "), .character("Y"), .unknown])
    func `nothing but y and n fires a sheet`(_ key: Key) throws {
        var screen = try Screen(World.sample())
        try screen.press(.character("R"))
        screen.wait(400)
        try screen.press(key, key)
        #expect(screen.requests.isEmpty)
        #expect(screen.state.sheet?.phase == .open)
    }

    @Test func `Esc leaves, and nothing happened`() throws {
        var screen = try Screen(World.sample())
        try screen.press(.character("R"))
        screen.wait(400)
        try screen.press(.escape)
        #expect(screen.state.sheet == nil && screen.requests.isEmpty)
        #expect(screen.status == "nothing happened")
    }

    @Test func `a sheet whose world moved says CHANGED and takes only Esc`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        try screen.press(.character("R"))
        screen.wait(400)
        // The warm slot stops answering: what y would do is no longer what is written there.
        try world.observe(World.prod, health: [World.blue: .unhealthy("connection refused")])
        try screen.follow(&world)
        #expect(screen.text().contains("CHANGED"))
        try screen.press(.character("y"), .enter, .character("R"))
        #expect(screen.requests.isEmpty && screen.state.sheet != nil)
        try screen.press(.escape)
        #expect(screen.state.sheet == nil)
    }

    @Test func `a look that proves the same again changes nothing`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        try screen.press(.character("R"))
        world.wait(.seconds(5))
        try world.observe(World.prod)
        try screen.follow(&world)
        try screen.press(.character("y"))
        #expect(screen.requests == [try Self.rollback(world)])
    }

    @Test func `a cold goal says so before y`() throws {
        var world = try World.sample()
        try world.observe(World.prod, health: [World.blue: .unhealthy("connection refused")])
        var screen = try Screen(world)
        try screen.press(.character("R"))
        #expect(screen.text().contains("COLD"))
    }

    @Test func `without a goal the sheet says why and offers only Esc`() throws {
        var world = World()
        try world.adopt(World.prod, [World.blue: World.b], live: World.blue)
        var screen = try Screen(world)
        try screen.press(.character("R"))
        screen.wait(400)
        #expect(screen.text().contains("no earlier release succeeded here"))
        try screen.press(.character("y"))
        #expect(screen.requests.isEmpty)
    }

    @Test func `a paste into a sheet is refused whole`() throws {
        var screen = try Screen(World.sample())
        try screen.press(.character("R"))
        screen.wait(400)
        screen.state.handle(.paste("y\n"), at: screen.now)
        try screen.collect()
        #expect(screen.requests.isEmpty)
        #expect(screen.status.contains("paste is refused"))
    }

    @Test(arguments: [Role.viewer, .ci]) func `who may not act sees why`(_ role: Role) throws {
        var screen = try Screen(World.sample(), role: role)
        try screen.press(.character("R"))
        screen.wait(400)
        try screen.press(.character("y"))
        #expect(screen.requests.isEmpty)
        #expect(screen.text().contains("this needs operator"))
    }

    @Test func `a read-only console has no message that changes anything`() throws {
        let world = try World.sample()
        var screen = try Screen(world, role: .admin, options: ConsoleOptions(isReadOnly: true))
        try screen.press(.character("R"))
        screen.wait(400)
        try screen.press(.character("y"), .escape, .character("g"), .character("j"), .character("p"), .enter)
        #expect(screen.requests == [.view(.plan(PromotionRequest(place: world.place(World.prod), digest: World.a.digest)))])
    }

    @Test func `abort asks with y and names the promotion`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        let number = try screen.openLive(&world)
        screen.requests = []
        try screen.press(.character("a"), .character("y"))
        #expect(screen.requests.isEmpty)
        screen.wait(400)
        try screen.press(.character("y"))
        #expect(screen.requests == [.abort(number, reason: "asked for in the console")])
    }

    @Test func `going on past an inconclusive gate costs the environment's name and a reason`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        let number = try screen.openLive(&world)
        let check = CheckName.literal("cart")
        let sample = Sample(
            at: world.now, hit: "cart", identities: [], answer: .exit(0), latency: Milliseconds(1), evidence: "")
        let measured = Measurement(sample: sample, result: .inconclusive("no data"))
        try world.happen(.measured(gate: .idle, check: check, measurement: measured), to: number)
        try screen.follow(&world)
        screen.requests = []
        try screen.press(.character("S"))
        screen.wait(400)
        try screen.type("staging")
        try screen.press(.enter)
        try screen.type("cart has no stock")
        try screen.press(.enter)
        #expect(screen.status.contains("it is prod, not \"staging\""))
        try screen.press(.tab)
        for _ in 0..<7 { try screen.press(.backspace) }
        try screen.type("prod")
        try screen.press(.enter, .enter)
        #expect(screen.requests == [.goOn(number, reason: "cart has no stock")])
    }
}
