import Console
import PromotionCore
import Testing

/// A letter stays with its digest for a whole session.
struct LetterTests {
    /// The letter in front of a release on screen.
    private func letter(of tag: String, in screen: Screen) -> String? {
        let line = screen.text(80, 24).split(separator: "\n" as Character).first { $0.contains(tag) && $0.contains("sha256:") }
        let words = line.map { String($0).split(separator: " " as Character).map(String.init) } ?? []
        return words.first { word in (1...2).contains(word.count) && word.allSatisfy(\.isUppercase) }
    }

    @Test func `what is live keeps its letter while everything else moves`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        let live = try #require(letter(of: "v2.30.3", in: screen))
        #expect(letter(of: "v2.31.0-rc.2", in: screen) == "A" && live == "C")
        // A new candidate takes over what the old ones stood on: dealt anew from the board, live would be another letter.
        let newer = World.release("v2.32.0-rc.2")
        try world.apply(.candidates(World.payments, [newer]))
        let number = try world.start(newer, into: World.testing)
        try world.carryOn(number, until: { $0.outcome != nil })
        try screen.follow(&world)
        #expect(letter(of: "v2.30.3", in: screen) == live)
        #expect(letter(of: "v2.31.0-rc.2", in: screen) == "A")
        #expect(letter(of: "v2.32.0-rc.2", in: screen) == "F", "the next that nobody had")
        try screen.receive(.snapshot(world.board))
        #expect(letter(of: "v2.30.3", in: screen) == live, "a whole new picture deals nothing anew")
    }

    @Test func `after Z the letters go on, and none is dealt twice`() throws {
        var world = try World.sample()
        var screen = try Screen(world)
        for round in 0..<6 {
            try world.apply(.candidates(World.payments, (0..<10).map { World.release("v3.\(round).\($0)-rc.1") }))
            try screen.follow(&world)
        }
        try screen.press(.character("g"), .character("p"))
        let shown = screen.text(80, 24).split(separator: "\n" as Character).map(String.init).filter { $0.contains("v3.5.") }
        let letters = shown.map { String($0.drop { $0 == ">" || $0 == " " }.prefix { $0 != " " }) }
        #expect(letters.count == 10 && Set(letters).count == 10 && letters.allSatisfy { $0.count == 2 }, "\(letters)")
        #expect(letter(of: "v2.30.3", in: screen) == nil || letter(of: "v2.30.3", in: screen) == "C")
    }

    @Test func `two letters leave every column where it is`() throws {
        var world = try World.sample()
        for round in 0..<3 {
            try world.apply(.candidates(World.payments, (0..<10).map { World.release("v3.\(round).\($0)-rc.1") }))
        }
        var screen = try Screen(world)
        try screen.follow(&world)
        let late = World.release("v3.9.0-rc.1")
        try world.apply(.candidates(World.payments, [late]))
        for round in 3..<6 {
            try world.apply(.candidates(World.payments, (0..<10).map { World.release("v3.\(round).\($0)-rc.1") }))
        }
        try world.apply(.candidates(World.payments, [late]))
        let number = try world.start(late, into: World.testing)
        try world.carryOn(number, until: { $0.outcome != nil })
        try screen.follow(&world)
        for (columns, rows) in [(80, 24), (120, 40), (60, 24)] {
            let text = screen.text(columns, rows).split(separator: "\n" as Character)
            #expect(text.allSatisfy { $0.count <= columns })
            let line = try #require(text.first { $0.hasPrefix(">testing") || $0.hasPrefix(" testing") })
            #expect(line.contains(late.digest.short(7)), "\(line)")
        }
    }
}
