import Console
import Fixtures
import PromotionCore
import Testing

struct FuzzTests {
    static let keys: [Key] =
        "jkgGnN/:xcCtZr?qR1234567pdlhLyvDsfmSaeuV0123456789abcdef _~!é".map { .character($0) } + [
            .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .enter, .escape, .tab, .backTab, .backspace, .delete,
            .function(1), .control("c"), .control("l"), .control("u"), .unknown, .enter, .escape, .character("R"),
            .character("y"),
        ]

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64]) func `any keys, answers and losses leave a console that stands`(
        _ seed: UInt64
    )
        throws
    {
        var random = SeededRandom(seed: seed)
        var world = try World.sample()
        var screen = try Screen(world)
        var orders = 0
        for step in 0..<2_500 {
            let key = Self.keys.randomElement(using: &random) ?? .escape
            if Int.random(in: 0..<6, using: &random) == 0 { screen.wait(Int64.random(in: 0...800, using: &random)) }
            let before = screen.state
            screen.state.handle(.key(key), at: screen.now)
            if screen.state.isFinished { screen = try Screen(world) }
            try screen.collect()
            for request in screen.requests { check(request, by: key, before, "seed \(seed), step \(step)") }
            orders += screen.requests.count { if case .view = $0 { false } else { true } }
            try reply(&screen, &world, &random)
            screen.requests = []
            if step % 5 == 0 {
                _ = screen.text(Int.random(in: 1...130, using: &random), Int.random(in: 1...45, using: &random))
            }
            #expect(!screen.state.views.isEmpty && screen.state.views.count <= 16, "seed \(seed), step \(step)")
        }
        #expect(orders > 0, "seed \(seed) never got as far as a confirmation")
    }

    /// Nothing that changes anything leaves without its confirmation.
    private func check(_ request: OperatorRequest, by key: Key, _ before: ConsoleState, _ place: Comment) {
        switch request {
        case .view, .addEvidence, .liftVeto, .retention, .examineRegistries, .verify, .adoptPointer, .lock, .unlock,
            .stopAutomation,
            .letAutomationGo,
            .promoteJoint, .undoJoint:
            return
        case .policy(.approve): #expect(key == .enter, place)
        case .policy: #expect(before.sheet?.phase == .open && key == .character("y"), place)
        case .promote(_, let hash):
            #expect(before.plan?.hash == hash && before.plan?.changed == nil, place)
            #expect(before.plan?.isTyped == true ? key == .enter && before.plan?.typed.count == 4 : key == .character("y"), place)
        case .rollBack(let order):
            #expect(before.sheet?.phase == .open && before.sheet?.changed == nil, place)
            #expect(key == (order.vetoes ? .character("y") : .character("n")), place)
            let shown = if case .rollback(let shown)? = before.sheet?.kind { shown } else { nil as RollbackSheet? }
            #expect(shown?.offer?.hash == order.offer && shown?.offer?.place == order.place && shown?.isWriting == false, place)
        case .abort, .undoRollback: #expect(before.sheet?.phase == .open && key == .character("y"), place)
        case .pause, .resume, .retry: Issue.record("no key asks for \(request)")
        case .goOn: #expect(before.sheet?.phase == .open && (key == .character("y") || key == .enter), place)
        }
    }

    private func reply(_ screen: inout Screen, _ world: inout World, _ random: inout SeededRandom) throws {
        switch (screen.requests.last, Int.random(in: 0..<12, using: &random)) {
        case (.view(.plan(let request))?, 0...8):
            let release = [World.a, World.b, World.c, World.newest].first { $0.digest == request.digest } ?? World.a
            try screen.answer(.plan(world.plan(release, into: request.place.environment)))
        case (.view(.subscribe)?, _): try screen.answer(.board(world.board))
        case (.promote(let request, _)?, 0...8):
            let release = [World.a, World.b, World.c, World.newest].first { $0.digest == request.digest } ?? World.a
            guard world.plan(release, into: request.place.environment).plan != nil else { return }
            let number = try world.start(release, into: request.place.environment)
            try screen.follow(&world)
            try screen.answer(.started(number))
        case (.some, 9): try screen.answer(.refused([Objection(.changed, "changed", remedy: "again")]))
        case (.some, 10): screen.state.lostLink("gone", at: screen.now)
        case (nil, 0): try advance(&screen, &world)
        case (nil, 1) where screen.state.link != .connected:
            screen.state.gainedLink(at: screen.now)
            try screen.receive(.welcome(Welcome(account: World.alice, role: .operator, agent: world.board.agent)))
            try screen.receive(.snapshot(world.board))
        default: return
        }
    }

    private func advance(_ screen: inout Screen, _ world: inout World) throws {
        world.now = max(world.now, screen.now)
        if let running = world.board.projection.unfinished.first, let effect = running.pending.first {
            try world.answer(effect, of: running.number)
        } else {
            try world.observe(World.prod)
        }
        try screen.follow(&world)
    }

    @Test func `no size makes a picture that cannot be drawn`() throws {
        let columns = Array(1...24) + Array(stride(from: 25, through: 130, by: 5)) + [59, 60, 77, 78, 79, 80, 109, 110, 300]
        let rows = Array(1...14) + [20, 24, 40, 100]
        for key in ["2", "1", "R", "p", "l", "4", "d", "?", "x"] as [Character] {
            var screen = try Screen(World.sample())
            try screen.press(.character(key))
            for width in columns { for height in rows { #expect(screen.text(width, height).count >= height - 1) } }
        }
    }

    @Test func `a fleet of a thousand services builds only the rows on screen`() throws {
        let services = try (0..<1_000).map { World.service(try ServiceName("service-\($0)")) }
        var screen = try Screen(World(services: services))
        #expect(screen.text().contains("FLEET  1000 services"))
        try screen.press(.character("G"))
        #expect(screen.text().contains(">service-999"))
        try screen.type("/service-77")
        try screen.press(.enter)
        #expect(screen.text().contains("11 of 1000 shown"))
    }
}
