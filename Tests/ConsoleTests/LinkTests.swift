import Console
import PromotionCore
import Testing

/// The agent comes, goes, and says things that cannot be.
struct LinkTests {
    @Test(arguments: [(false, Role.operator), (true, Role.operator), (false, Role.viewer)])
    func `it greets, and subscribes as what the agent takes it for`(isReadOnly: Bool, role: Role) throws {
        var state = ConsoleState(options: ConsoleOptions(isReadOnly: isReadOnly), at: World.start)
        state.gainedLink(at: World.start)
        let hello = state.takeOutgoing()
        #expect(try hello.map { try CanonicalJSON.decode(Hello.self, from: $0) } == [Hello(readOnly: isReadOnly)])
        let again = state.takeOutgoing()
        #expect(again.isEmpty)
        let welcome = Welcome(account: World.alice, role: role, agent: try World.sample().board.agent)
        state.receive(try CanonicalJSON.encode(AgentLine.welcome(welcome)), at: World.start)
        let asked = state.takeOutgoing()
        #expect(asked.count == 1)
        if isReadOnly || role == .viewer {
            #expect(try CanonicalJSON.decode(Asked<ViewerRequest>.self, from: asked[0]).request == .subscribe)
        } else {
            #expect(try CanonicalJSON.decode(Asked<OperatorRequest>.self, from: asked[0]).request == .view(.subscribe))
        }
    }

    @Test func `a lost agent is said loudly, and what needs it says why it cannot`() throws {
        var screen = try Screen(World.sample())
        screen.state.lostLink("connection reset", at: screen.now)
        #expect(screen.text().contains("! agent not answering since 14:02: what you see is old"))
        try screen.press(.character("g"), .character("j"), .character("p"))
        #expect(screen.status.contains("the agent does not answer"))
        let frame = screen.state.frame(for: Size(columns: 80, rows: 24))
        #expect(frame[column: 50, row: 3].style == .disabled)
    }

    @Test func `lines that cannot be read ask for a new picture three times, then once a minute`() throws {
        var screen = try Screen(World.sample())
        for _ in 0..<50 { screen.state.receive(Array("{\"nonsense\":[]}".utf8), at: screen.now) }
        try screen.collect()
        #expect(screen.requests == Array(repeating: .view(.subscribe), count: 3))
        #expect(screen.text().contains("what you see is old"))
        screen.requests = []
        for _ in 0..<12 { screen.wait(10_000) }
        try screen.collect()
        #expect(screen.requests.count == 2)
        try screen.receive(.snapshot(World.sample().board))
        #expect(screen.state.isFresh)
    }

    @Test func `a change that does not follow makes the picture old`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        try world.addEvidence(World.b, in: World.testing)
        _ = world.take()
        try world.addEvidence(World.b, in: World.staging)
        try screen.follow(&world)
        #expect(!screen.state.isFresh)
        try screen.collect()
        #expect(screen.requests == [.view(.subscribe)])
    }

    @Test func `a request that was never answered is not forgotten in silence`() throws {
        var screen = try Screen(World.sample())
        try screen.press(.character("R"))
        screen.wait(400)
        try screen.press(.character("y"))
        screen.state.lostLink("broken pipe", at: screen.now)
        #expect(screen.status.contains("whether it took your request shows when it is back"))
        #expect(screen.state.sheet == nil)
    }

    @Test func `an agent of another version is refused with both versions`() throws {
        let world = try World.sample()
        var screen = try Screen(world)
        let welcome = Welcome(account: World.alice, role: .operator, agent: world.board.agent)
        let line = String(decoding: try Wire.line(AgentLine.welcome(welcome)).dropLast(), as: UTF8.self)
        let other = line.replacing("\"protocolVersion\":3", with: "\"protocolVersion\":4")
        screen.state.receive(Array(other.utf8), at: screen.now)
        #expect(screen.text(120, 40).contains("the agent speaks version 4 of the protocol, this console 3"))
    }

    @Test func `a goodbye says why`() throws {
        var screen = try Screen(World.sample())
        try screen.receive(.goodbye("the agent stops"))
        #expect(screen.text().contains("the agent stops"))
    }

    @Test func `what is not known is never shown as healthy`() throws {
        var world = try World.sample()
        try world.observe(World.staging, health: [.only: .unknown("the target does not answer")])
        let screen = try Screen(world)
        let row = try #require(screen.text().split(separator: "\n").first { $0.hasPrefix(" staging") })
        #expect(row.contains("? unknown") && !row.contains("healthy"))
    }

    @Test func `drift says what was expected and what is there`() throws {
        var world = try World.sample()
        try world.observe(World.staging, running: [.only: World.c.digest])
        var screen = try Screen(world)
        #expect(screen.text().contains("! drift"))
        try screen.press(.character("g"), .character("j"), .character("x"))
        #expect(screen.text().contains("runs \(World.c.digest.short()), the ledger put \(World.a.digest.short()) there"))
    }

    @Test func `an idle picture changes once a minute, and when a wait is over`() throws {
        var screen = try Screen(World.sample())
        let soaked = World.start + .seconds(2)
        #expect(screen.state.nextWake(after: screen.now) == soaked + Milliseconds(0))
        screen.wait(2_000)
        #expect(screen.text().contains("READY"))
        let first = screen.text()
        #expect(screen.state.nextWake(after: screen.now) == World.start + .minutes(1))
        screen.wait(57_999)
        #expect(screen.text() == first)
        screen.wait(1)
        #expect(screen.text() != first)
        try screen.press(.character("R"))
        #expect(screen.state.nextWake(after: screen.now) == screen.now + Sheet.deafness)
    }

    @Test func `Ctrl-l asks for a new painting once`() throws {
        var screen = try Screen(World.sample())
        try screen.press(.control("l"))
        let asked = (screen.state.takeEffects(), screen.state.takeEffects())
        #expect(asked == ([.repaint], []))
    }
}
