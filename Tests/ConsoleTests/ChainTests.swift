import Console
import PromotionCore
import Testing

/// The keys `V` and `e` of the history: the console proves the chain itself, and writes down what it has proved.
struct ChainTests {
    private let screen: Screen
    private let entries: [LedgerEntry]

    init() throws {
        let world = try World.sample()
        entries = world.entries
        screen = try Screen(world, options: ConsoleOptions(directory: "/srv/ops"))
        try #require(entries.last?.head == world.board.projection.head && entries.count > 5)
    }

    /// The history, with the key pressed.
    private func begun(_ key: Character, _ screen: Screen? = nil) throws -> Screen {
        var screen = screen ?? self.screen
        try screen.press(.character("h"), .character(key))
        return screen
    }

    @Test func `V proves the chain page by page, says how far it is, and then where it ends`() throws {
        var screen = try begun("V")
        #expect(screen.requests.last == .view(.entries(after: 0, limit: 1_000)))
        #expect(screen.text().contains("verifying: 0 of \(entries.count) entries"))
        try screen.answer(.entries(Array(entries.prefix(3))))
        try screen.collect()
        #expect(screen.requests.last == .view(.entries(after: 3, limit: 1_000)))
        #expect(screen.text().contains("verifying: 3 of \(entries.count) entries"))
        try screen.answer(.entries(Array(entries.dropFirst(3))))
        #expect(
            screen.state.status?.text.text.hasPrefix("\(entries.count) entries, the chain holds to \(entries.count):") == true)
        #expect(screen.state.status?.style == .good && screen.state.takeEffects().isEmpty)
    }

    @Test func `an entry that was altered is named, and nothing after it is asked for`() throws {
        var screen = try begun("V")
        let third = entries[2]
        let draft = try LedgerDraft(third.fact(), at: third.draft.at + .minutes(1), by: World.bob)
        var page = entries
        page[2] = LedgerEntry(sequence: 3, draft: draft, previous: third.previous, hash: third.hash)
        let asked = screen.requests.count
        try screen.answer(.entries(page))
        try screen.collect()
        #expect(screen.state.status?.text.text.contains("entry 3 was altered") == true && screen.state.status?.style == .alarm)
        #expect(screen.requests.count == asked)
    }

    @Test func `a ledger that ends before what the screen has seen is an alarm`() throws {
        var screen = try begun("V")
        try screen.answer(.entries(Array(entries.prefix(4))))
        try screen.collect()
        try screen.answer(.entries([]))
        #expect(screen.state.status?.text.text == "the ledger ends at entry 4, this screen has seen \(entries.count)")
    }

    @Test func `e writes what it has proved, with the end of the chain as the last line, and says where`() throws {
        var screen = try begun("e")
        var written: [UInt8] = []
        var paths: Set<String> = []
        for (number, page) in [entries.prefix(3), entries.dropFirst(3)].enumerated() {
            try screen.answer(.entries(Array(page)))
            for case .write(let bytes, let path, let isFirst) in screen.state.takeEffects() {
                #expect(isFirst == (number == 0))
                written += bytes
                paths.insert(path)
            }
            try screen.collect()
        }
        let lines = written.split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == entries.count + 1)
        #expect(Array(lines[0]) == (try CanonicalJSON.encode(LedgerLine(entries[0]))))
        let end = try #require(entries.last?.head)
        #expect(lines.last.map(Array.init) == (try CanonicalJSON.encode(LedgerEnd(end))))
        let path = try #require(paths.first)
        #expect(paths.count == 1 && path.hasPrefix("/srv/ops/baton-ledger-2026") && path.hasSuffix("Z.jsonl"))
        #expect(screen.state.status?.text.text == "\(entries.count) entries, the chain holds: \(path)")
    }

    @Test func `a file that cannot be written is said, whatever was said before`() throws {
        var screen = try begun("e")
        try screen.answer(.entries(entries))
        screen.state.failedToWrite("no room", at: screen.now)
        #expect(screen.state.status?.text.text == "the ledger was not exported: no room")
    }

    @Test func `who may only look proves the chain and exports nothing`() throws {
        var world = try World.sample()
        _ = world.take()
        let options = ConsoleOptions(isReadOnly: true, directory: "/srv/ops")
        let readOnly = try begun("e", Screen(world, role: .admin, options: options))
        #expect(readOnly.requests.isEmpty && readOnly.state.status?.text.text.contains("read-only") == true)
        let viewer = try begun("e", Screen(world, role: .viewer, options: ConsoleOptions(directory: "/srv/ops")))
        #expect(viewer.requests.isEmpty && viewer.state.status?.text.text.contains("this needs operator") == true)
        let looking = try begun("V", Screen(world, role: .viewer))
        #expect(looking.requests == [.view(.entries(after: 0, limit: 1_000))])
    }

    @Test func `a reading ends with the connection`() throws {
        var screen = try begun("V")
        screen.state.lostLink("gone", at: screen.now)
        screen.state.gainedLink(at: screen.now)
        try screen.receive(.answer(id: screen.lastID, .entries(entries)))
        #expect(screen.state.status?.text.text.contains("holds") != true)
    }
}
