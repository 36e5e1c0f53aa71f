import Console
import PromotionCore
import Testing

/// What `R` is about, what the sheet offers, and what `y`, `n`, `e`, Tab, digits and `u` do.
struct RollbackSheetTests {
    /// A promotion into testing, in LIVE.
    private func watching(_ environment: EnvironmentName, until words: String) throws -> (Screen, World, PromotionNumber) {
        var world = try World.sample()
        var screen = try Screen(world)
        world.wait(.minutes(2))
        try world.observe(World.prod)
        let number = try world.start(environment == World.prod ? World.a : World.newest, into: environment)
        try world.carry(number, to: words)
        try screen.follow(&world)
        try screen.press(.character("3"))
        screen.requests = []
        return (screen, world, number)
    }

    @Test func `R in LIVE of a promotion into testing is about testing`() throws {
        var (screen, world, number) = try watching(World.testing, until: "verifying live")
        try screen.press(.character("R"))
        #expect(screen.text().contains("ROLL BACK  payments testing"))
        screen.wait(400)
        try screen.press(.character("y"))
        let offer = try #require(world.board.rollbackOffers(of: world.place(World.testing)).first)
        #expect(offer.effect == .takeBack(number, to: World.a.digest))
        #expect(screen.requests == [.rollBack(try #require(RollbackOrder(offer)))])
    }

    @Test func `R with the cursor on testing is about testing, and the service opens on the live row of prod`() throws {
        let world = try World.sample()
        var screen = try Screen(world)
        #expect(screen.state.selectedRow == .slot(world.place(World.prod), World.green))
        try screen.press(.character("R"))
        #expect(screen.offer?.place.environment == World.prod)
        screen.wait(400)
        try screen.press(.escape, .character("g"), .character("R"))
        #expect(screen.offer?.place.environment == World.testing)
    }

    @Test func `where no environment is on screen none is chosen, and y is dead until one is`() throws {
        var screen = try Screen(World.sample())
        try screen.press(.character("5"), .character("R"))
        screen.wait(400)
        screen.requests = []
        #expect(screen.text().contains("which environment?"))
        try screen.press(.character("y"), .character("n"))
        #expect(screen.requests.isEmpty && screen.status.contains("no environment is chosen"))
        try screen.press(.character("3"))
        #expect(screen.offer?.place.environment == World.prod && screen.text().contains("ROLL BACK  payments prod"))
        try screen.press(.character("y"))
        #expect(screen.requests.isEmpty && screen.status == "too quick: press y again", "nobody has read the new offer yet")
        screen.wait(400)
        try screen.press(.character("y"))
        #expect(screen.requests.count == 1)
    }

    @Test func `before the commit point the promotion is stopped, and Tab rolls back what serves`() throws {
        var (screen, world, number) = try watching(World.prod, until: "verifying idle")
        try screen.press(.character("R"))
        screen.wait(400)
        #expect(screen.offer?.effect == .stop(number))
        #expect(screen.text().contains("STOP PROMOTION \(number)  payments prod"))
        try screen.press(.character("n"))
        #expect(screen.requests.isEmpty && screen.status.contains("nothing gets a veto"))
        try screen.press(.tab)
        #expect(screen.offer?.effect == .goBack(to: World.d.digest))
        #expect(screen.text().contains("stops promotion \(number), verifying idle first") && screen.text().contains("COLD"))
        screen.wait(400)
        try screen.press(.character("y"))
        let offer = try #require(world.board.rollbackOffer(to: World.d.digest, at: world.place(World.prod)))
        #expect(screen.requests == [.rollBack(try #require(RollbackOrder(offer)))])
        world.wait(.zero)
    }

    @Test func `an unhealthy release is said to be so, and rolling it back is offered first`() throws {
        var (screen, world, number) = try watching(World.prod, until: "verifying idle")
        try world.observe(World.prod, health: [World.green: .unhealthy("status 503")])
        try screen.follow(&world)
        try screen.press(.character("R"))
        #expect(screen.offer?.effect == .goBack(to: World.d.digest) && screen.text().contains("UNHEALTHY: status 503"))
        screen.wait(400)
        try screen.press(.tab)
        #expect(screen.offer?.effect == .stop(number))
    }

    @Test func `n rolls back without a veto, and e writes the reason in which y and n are letters`() throws {
        let world = try World.sample()
        var screen = try Screen(world)
        try screen.press(.character("R"))
        screen.wait(400)
        try screen.type("enobody can pay, y n")
        try screen.press(.backspace, .backspace, .enter)
        #expect(screen.requests.isEmpty && screen.state.sheet?.phase == .open)
        try screen.press(.character("n"))
        #expect(screen.requests == [try SheetTests.rollback(world, vetoes: false, reason: "nobody can pay, y")])
    }

    @Test(arguments: [Key.escape, .character("q"), .control("c")]) func `what leaves is heard however early`(_ key: Key) throws {
        var screen = try Screen(World.sample())
        try screen.press(.character("R"))
        screen.state.handle(.early(.character("y")), at: screen.now)
        #expect(screen.status == "too quick: press y again" && screen.state.sheet != nil)
        screen.wait(5_000)
        screen.state.handle(.early(.character("y")), at: screen.now)
        try screen.collect()
        #expect(screen.requests.isEmpty && screen.state.sheet != nil, "the terminal knows when it was painted")
        screen.state.handle(.early(key), at: screen.now)
        #expect(screen.state.sheet == nil)
    }

    @Test func `Tab goes on to the next environment once the offers of one are through`() throws {
        var screen = try Screen(World.sample())
        try screen.press(.character("R"))
        var seen: [EnvironmentName] = []
        for _ in 0..<3 {
            screen.wait(400)
            try screen.press(.tab)
            seen.append(try #require(screen.offer?.place.environment))
        }
        #expect(seen == [World.testing, World.staging, World.prod])
    }

    @Test func `the person who rolled back may undo it for ten minutes, and nobody else`() throws {
        var world = try World.sample()
        try world.rollBack(World.prod, by: World.alice)
        var screen = try Screen(world)
        #expect(screen.text().contains("may undo rollback 3 until"))
        try screen.press(.character("u"))
        screen.wait(400)
        try screen.press(.character("y"))
        #expect(screen.requests == [.undoRollback(PromotionNumber(3), reason: nil)])
        var other = world
        try other.rollBack(World.testing, by: World.bob)
        var second = try Screen(other)
        try second.press(.character("g"), .character("u"))
        #expect(second.state.sheet == nil && second.status.contains("bob ordered rollback 4"))
        var late = try Screen(world)
        late.wait(10 * 60_000)
        try late.press(.character("u"))
        #expect(late.state.sheet == nil && late.status.contains("ended more than"))
    }

    @Test func `after the commit point a is dead and names R`() throws {
        var (screen, _, _) = try watching(World.prod, until: "baking")
        try screen.press(.character("a"))
        #expect(screen.state.sheet == nil && screen.status.contains("R takes it back"))
    }

    @Test func `below 40x10 nothing is fired, from whatever view`() throws {
        for size in [Size(columns: 39, rows: 24), Size(columns: 80, rows: 9), Size(columns: 1, rows: 1)] {
            var screen = try Screen(World.sample())
            screen.state.handle(.resized(size), at: screen.now)
            for keys in ["Ry", "gpjy", "gp", ":rollback prod"] as [String] {
                try screen.type(keys)
                try screen.press(.enter)
                screen.wait(400)
                try screen.press(.character("y"), .enter)
            }
            #expect(screen.requests.isEmpty && screen.state.sheet == nil && screen.state.plan == nil)
            try screen.press(.character("Q"))
            #expect(screen.state.isFinished)
        }
    }
}
