import Console
import PromotionCore
import Testing

/// What keys lead to: a table of keys and the requests and words that come of them.
struct KeyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let keys: [Key]
        let status: String?
        let view: Scope
        var testDescription: String { keys.map(\.label).joined(separator: " ") }
    }

    static let cases: [Case] = [
        Case(keys: [.character("?")], status: nil, view: .help),
        Case(keys: [.character("?"), .escape], status: nil, view: .service),
        Case(keys: [.character("g"), .character("p")], status: nil, view: .candidates),
        Case(keys: [.character("p")], status: "end of the path", view: .service),
        Case(keys: [.character("u")], status: "no rollback that a person ordered", view: .service),
        Case(keys: [.character("g"), .character("d")], status: nil, view: .release),
        Case(keys: [.character("l")], status: nil, view: .live),
        Case(keys: [.character("h")], status: nil, view: .history),
        Case(keys: [.character("x")], status: nil, view: .why),
        Case(keys: [.character("1")], status: nil, view: .fleet),
        Case(keys: [.character("1"), .enter], status: nil, view: .service),
        Case(keys: [.character("3")], status: nil, view: .live),
        Case(keys: [.character("4"), .enter], status: nil, view: .live),
        Case(keys: [.character("6")], status: nil, view: .approvals),
        Case(keys: [.character("L")], status: nil, view: .service),
        Case(keys: [.character("7")], status: nil, view: .retention),
        Case(keys: [.character("7"), .character("X")], status: "there is no plan yet", view: .retention),
        Case(keys: [.character("7"), .character(" ")], status: "no digest is selected", view: .retention),
        Case(keys: Array(":retention").map { .character($0) } + [.enter], status: nil, view: .retention),
        Case(keys: [.character("r")], status: "pushes every change", view: .service),
        Case(keys: [.character("g"), .character("c")], status: World.a.digest.description, view: .service),
        Case(keys: [.character("g"), .character("C")], status: "\(RepositoryName.sample)@\(World.a.digest)", view: .service),
        Case(keys: [.character("n")], status: "no filter", view: .service),
        Case(keys: [.control("c")], status: "Q quits", view: .service),
        Case(keys: [.function(5)], status: "does nothing here", view: .service),
        Case(keys: [.character("l"), .character("S")], status: "it has ended: succeeded", view: .live),
        Case(keys: [.character("Z")], status: "frozen", view: .service),
        Case(keys: Array(":frobnicate").map { .character($0) } + [.enter], status: "no command here", view: .service),
        Case(keys: Array(":history").map { .character($0) } + [.enter], status: nil, view: .history),
        Case(keys: Array(":rollback mars").map { .character($0) } + [.enter], status: "has no environment", view: .service),
    ]

    @Test(arguments: cases) func `a key does what its binding says and asks for no change`(_ given: Case) throws {
        var screen = try Screen(World.sample())
        for key in given.keys { try screen.press(key) }
        #expect(screen.state.view.scope == given.view)
        if let status = given.status { #expect(screen.status.contains(status)) } else { #expect(screen.state.status == nil) }
        #expect(screen.orders.isEmpty)
    }

    @Test func `a command line opens the sheet of the environment it names`() throws {
        var screen = try Screen(World.sample())
        try screen.type(":rollback staging")
        try screen.press(.enter)
        #expect(screen.offer?.place == Place(World.payments, World.staging))
    }

    @Test func `q goes back and then out, and Q goes out from anywhere`() throws {
        var screen = try Screen(World.sample())
        try screen.press(.character("h"), .character("q"))
        #expect(!screen.state.isFinished)
        try screen.press(.character("q"))
        #expect(screen.state.isFinished)
        var other = try Screen(World.sample())
        try other.press(.character("h"), .character("?"), .character("Q"))
        #expect(other.state.isFinished)
    }

    @Test func `no key is bound twice in one place, and the dangerous ones never`() {
        for scope in Scope.allCases {
            let keys = KeyTable.bindings.filter { $0.scopes.contains(scope) }.flatMap(\.keys)
            #expect(Set(keys).count == keys.count, "\(scope)")
        }
        let never: [Key] =
            "abdkqsz".map { .control($0) } + "hijm".map { .control($0) } + [.character("~"), .character("!"), .function(1)]
        for binding in KeyTable.bindings { #expect(Set(binding.keys).isDisjoint(with: never), "\(binding.keyText)") }
    }

    @Test func `the published list holds every binding`() {
        let markdown = KeyTable.markdown
        for binding in KeyTable.bindings { #expect(markdown.contains("| \(binding.description) |")) }
    }

    @Test func `a wall hears q and ? alone`() throws {
        var screen = try Screen(World.sample(), options: ConsoleOptions(isWall: true))
        try screen.press(.character("R"), .character(":"), .character("1"))
        #expect(screen.state.sheet == nil && screen.state.field == nil && screen.state.view.scope == .service)
        try screen.press(.character("?"))
        #expect(screen.state.view.scope == .help)
    }

    @Test func `the cursor stays on its row when others come`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        try screen.press(.character("4"), .character("j"))
        let row = screen.state.selectedRow
        let number = try world.start(World.newest, into: World.testing)
        try world.carryOn(number, until: { $0.outcome != nil })
        try screen.follow(&world)
        #expect(screen.state.selectedRow == row)
        #expect(screen.text().contains("\n>"))
    }
}
