import Fixtures
import PromotionCore
import Testing

@Suite struct RecordTests {
    /// Every file after these edits, by its path.
    private func written(_ edits: [DocumentEdit], into files: [String: String] = [:]) throws -> [String: String] {
        var files = files
        for edit in edits {
            let old = files[edit.path.description].map { Array($0.utf8) }
            guard let new = try edit.applied(to: old) else { continue }
            files[edit.path.description] = String(decoding: new, as: UTF8.self)
        }
        return files
    }

    private func failure(resolved: Bool = false) throws -> FailureNote {
        var releases = try FailedReleases()
        try releases.promote(failing: true)
        if resolved { try releases.promote(failing: false) }
        return try #require(releases.notes.first)
    }

    private let tasks = "docs/TASKS.md"
    private let scratchpad = "docs/scratchpads/payments-testing-1.md"

    @Test func `what a failure leaves in a project's files is as it is kept`() throws {
        let files = try written(failure().edits(for: .failure, at: RecordPaths()))
        #expect(files.keys.sorted() == ["docs/RELEASE_NOTES.md", tasks, scratchpad])
        for (path, text) in files {
            let name = path.split(separator: "/").last.map { String($0.dropLast(3)) } ?? ""
            #expect(try text == KeptText.record("failed-" + name).kept(writing: text))
        }
    }

    @Test func `a success behind it closes the task and the scratchpad, and leaves the release notes`() throws {
        let note = try failure(resolved: true)
        #expect(note.owed == .failure)
        let failed = try written(note.edits(for: .failure, at: RecordPaths()))
        let resolved = try written(note.edits(for: .resolution, at: RecordPaths()), into: failed)
        #expect(resolved["docs/RELEASE_NOTES.md"] == failed["docs/RELEASE_NOTES.md"])
        for path in [tasks, scratchpad] {
            let name = path.split(separator: "/").last.map { String($0.dropLast(3)) } ?? ""
            let text = try #require(resolved[path])
            #expect(try text == KeptText.record("resolved-" + name).kept(writing: text))
        }
    }

    @Test func `writing it again changes nothing, in either phase`() throws {
        let note = try failure(resolved: true)
        for phase in [FailureNote.Phase.failure, .resolution] {
            let edits = note.edits(for: phase, at: RecordPaths())
            let once = try written(note.edits(for: .failure, at: RecordPaths()))
            let files = try written(edits, into: once)
            for edit in edits { #expect(try edit.applied(to: files[edit.path.description].map { Array($0.utf8) }) == nil) }
        }
    }

    @Test func `what a service answered stays text: it opens no tag, ends no cell and closes no mark`() throws {
        for (path, text) in try written(failure().edits(for: .failure, at: RecordPaths())) {
            for line in text.split(separator: "\n") where line.contains("evil.example") {
                let outside = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                    .filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined()
                #expect(!outside.contains("evil.example") && !outside.contains("<"), "\(path): \(line)")
                // Tables have two columns or six.
                if line.hasPrefix("|") { #expect([3, 7].contains(line.count { $0 == "|" }), "\(path): \(line)") }
            }
        }
    }

    @Test(arguments: [
        "# Tasks\n\n- [ ] mine\n", "# Tasks\n\n- [ ] mine", "", "\n\n", "# Tasks\n\n## Blocked\n", "## blocked\n\n- mine\n",
        "# T\r\n\r\n## Blocked\r\n\r\n- mine\r\n", "```\n## Blocked\n```\n- mine\n", "caf\u{e9} \u{1F69A}\n## Blocked  \n- mine",
    ])
    func `what people wrote stays, byte for byte`(_ text: String) throws {
        let edits = try failure().edits(for: .failure, at: RecordPaths()).filter { $0.path.description == tasks }
        let after = try #require(try written(edits, into: [tasks: text])[tasks])
        #expect(try written(edits, into: [tasks: after])[tasks] == after)
        #expect(after.ranges(of: "<!-- baton:begin ").count == 1)
        var rest = after[...]
        for line in text.split(whereSeparator: \.isNewline) {
            let found = try #require(rest.firstRange(of: line), "\(line) is gone or stands elsewhere")
            rest = rest[found.upperBound...]
        }
        if text.contains("\r\n") { #expect(!after.replacing("\r\n", with: "").contains("\n"), "one kind of line end") }
        if text.hasPrefix("```") { #expect(after.hasPrefix(text), "a heading inside code is none") }
    }

    @Test func `a person's words inside the mark outlive the resolution`() throws {
        let note = try failure(resolved: true)
        var files = try written(note.edits(for: .failure, at: RecordPaths()))
        files[tasks] = files[tasks]?.replacing("  - Next:", with: "  - alice: it is the feed\n  - Next:")
        let edited = files
        #expect(try written(note.edits(for: .failure, at: RecordPaths()), into: edited) == edited)
        let resolved = try written(note.edits(for: .resolution, at: RecordPaths()), into: edited)
        #expect(resolved[tasks]?.contains("alice: it is the feed") == true)
        #expect(resolved[tasks]?.contains("- [x] Resolved: ") == true)
    }

    @Test func `a mark that a person took away stays away, and a broken one is told of with its line`() throws {
        let note = try failure(resolved: true)
        let resolution = note.edits(for: .resolution, at: RecordPaths()).filter { $0.path.description == tasks }
        #expect(try written(resolution, into: [tasks: "# Tasks\n"])[tasks] == "# Tasks\n")
        let whole = try #require(try written(note.edits(for: .failure, at: RecordPaths()))[tasks])
        let open = whole.replacing("<!-- baton:end payments/testing 1 -->\n", with: "")
        #expect(throws: MarkFault.open(mark: "payments/testing 1", line: 5)) { try written(resolution, into: [tasks: open]) }
        let twice = whole + whole
        let lines = twice.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .filter { $0.element.hasPrefix("<!-- baton:begin") }.map { $0.offset + 1 }
        #expect(throws: MarkFault.twice(mark: "payments/testing 1", lines: lines)) {
            try written(resolution, into: [tasks: twice])
        }
        #expect(throws: MarkFault.noText) { try written(resolution, into: [tasks: "a\u{0}b"]) }
    }
}
