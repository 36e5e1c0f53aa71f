import Fixtures
import Testing

@testable import PromotionCore

/// A promotion of prod that failed after the switch and was rolled back, and one that then succeeded.
struct FailedRelease {
    var chronicle = Chronicle()
    let bad = Fixtures.release("bad", tag: "v2.33.0-rc.1")

    init() throws {
        let serving = Fixtures.release("serving", tag: "v2.30.3")
        try chronicle.adoptFleet(serving: serving, warm: Fixtures.release("warm", tag: "v2.30.1"))
    }
}

@Suite struct DocumentTests {
    private let mark = Mark("payments/prod 12")

    private func put(_ words: [String], into text: String?) throws -> String {
        let edit = DocumentEdit(
            path: .literal("docs/TASKS.md"), title: "# Tasks", heading: "## Blocked", mark: mark, words: words, isAdded: true)
        let bytes = try edit.applied(to: text.map { Array($0.utf8) })
        return bytes.map { String(decoding: $0, as: UTF8.self) } ?? text ?? ""
    }

    private var part: String { mark.part(["- [ ] **Blocked:** x"]).joined(separator: "\n") }

    @Test func `a file that does not exist gets a title, the heading and the part`() throws {
        #expect(try put(["- [ ] **Blocked:** x"], into: nil) == "# Tasks\n\n## Blocked\n\n\(part)\n")
    }

    @Test(arguments: [
        "# Tasks\n\n- [ ] mine\n", "# Tasks\n\n- [ ] mine", "", "\n\n", "# Tasks\n\n## Blocked\n", "## blocked\n\n- mine\n",
        "# T\r\n\r\n## Blocked\r\n\r\n- mine\r\n", "```\n## Blocked\n```\n- mine\n", "caf\u{e9} \u{1F69A}\n## Blocked  \n- mine",
    ])
    func `what people wrote stays, and putting it twice changes nothing`(_ text: String) throws {
        let once = try put(["- [ ] **Blocked:** x"], into: text)
        #expect(try put(["- [ ] **Blocked:** x"], into: once) == once)
        #expect(once.components(of: mark.beginning) == 2, "\(once)")
        for line in text.split(whereSeparator: \.isNewline) where !line.isEmpty { #expect(once.contains(line), "\(once)") }
        if text.contains("\r\n") { #expect(!once.replacing("\r\n", with: "").contains("\n"), "one kind of line end") }
        if text.hasPrefix("```") { #expect(once.hasPrefix(text), "a heading inside code is none") }
    }

    @Test func `a later word replaces Baton's own and keeps what a person wrote into it`() throws {
        let first = try put(["- [ ] **Blocked:** x"], into: "# Tasks\n")
        let second = try put(["- [x] Resolved"], into: first)
        #expect(second.contains("Resolved") && !second.contains("Blocked:** x"))
        let edited = first.replacing("- [ ] **Blocked:** x", with: "- [ ] **Blocked:** x\n  - alice: it is the feed")
        #expect(try put(["- [ ] **Blocked:** x"], into: edited) == edited, "Baton has nothing new to say")
        let resolved = try put(["- [x] Resolved"], into: edited)
        #expect(resolved.contains("alice: it is the feed") && resolved.contains("- [x] Resolved"))
        #expect(try put(["- [x] Resolved"], into: resolved) == resolved)
    }

    @Test func `a mark that a person broke is told of, with its line, and nothing is written`() throws {
        let whole = try put(["- x"], into: "# Tasks\n")
        let open = whole.replacing(mark.ending, with: "")
        #expect(throws: MarkFault.open(mark: "payments/prod 12", line: 5)) { try put(["- y"], into: open) }
        #expect(throws: MarkFault.twice(mark: "payments/prod 12", lines: [5, 13])) { try put(["- y"], into: whole + whole) }
        #expect(throws: MarkFault.noText) { try put(["- y"], into: "a\u{0}b") }
    }

    @Test func `a mark that somebody took away stays away when it is resolved`() throws {
        let edit = DocumentEdit(
            path: .literal("docs/TASKS.md"), title: "# Tasks", heading: "## Blocked", mark: mark, words: ["- x"], isAdded: false)
        #expect(try edit.applied(to: Array("# Tasks\n".utf8)) == nil)
        #expect(try edit.applied(to: nil) == nil)
    }

    @Test(arguments: ["/etc/passwd", "../x", "docs/../../x", "docs//x", "", ".", "docs/.git/hooks", "a\u{1b}b", "docs/"])
    func `a path that leads out of the project, or nowhere, is refused`(_ text: String) {
        #expect(throws: ProjectPathError.self) { try ProjectPath(text) }
    }
}

extension String {
    fileprivate func components(of separator: String) -> Int { self.ranges(of: separator).count + 1 }
}
