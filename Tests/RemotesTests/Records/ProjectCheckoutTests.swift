import Fixtures
import FoundationEssentials
import Glibc
import PromotionCore
import Remotes
import Testing

@Suite(.serialized) struct ProjectCheckoutTests {
    private let scratch: Scratch
    private let notes: [FailureNote]

    init() throws {
        scratch = try Scratch()
        notes = try FailedReleases.notes(6)
    }

    private let tasks = "docs/TASKS.md"
    private var checkout: ProjectCheckout { ProjectCheckout(root: scratch.path) }

    private func edit(_ note: FailureNote) throws -> DocumentEdit {
        try #require(note.edits(for: .failure, at: RecordPaths()).first { $0.path.description == tasks })
    }

    @Test func `a file is made with its directory, keeps its mode, and is left alone where nothing is new`() async throws {
        #expect(try await checkout.apply(edit(notes[0])))
        #expect(try await !checkout.apply(edit(notes[0])))
        chmod("\(scratch.path)/\(tasks)", 0o640)
        #expect(try await checkout.apply(edit(notes[1])))
        var status = stat()
        #expect(stat("\(scratch.path)/\(tasks)", &status) == 0 && status.st_mode & 0o777 == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/docs") == ["TASKS.md"])
    }

    /// Two agents on one checkout, each with its own failures, at the same moment.
    @Test func `two agents that write the same file at once lose nothing of each other`() async throws {
        try scratch.write("# Tasks\n\n- [ ] mine\n".utf8, to: tasks)
        let agents = [checkout, checkout, checkout]
        let edits = try notes.map(edit)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, edit) in edits.enumerated() {
                group.addTask { _ = try await agents[number % agents.count].apply(edit) }
            }
            try await group.waitForAll()
        }
        let text = try scratch.text(tasks)
        for note in notes { #expect(text.contains("<!-- baton:begin payments/testing \(note.promotion) ")) }
        #expect(text.hasPrefix("# Tasks\n\n- [ ] mine\n"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/docs") == ["TASKS.md"])
    }

    private enum Trap: String, CaseIterable {
        case file, directory, hardLink, pipe, fileAsDirectory
    }

    private func lay(_ trap: Trap) throws {
        let (root, outside) = (scratch.path, scratch.path + "-outside")
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        try Data("theirs".utf8).write(to: URL(filePath: outside + "/TASKS.md"))
        if trap == .directory { return try #require(symlink(outside, root + "/docs") == 0) }
        if trap == .fileAsDirectory { return try Data("x".utf8).write(to: URL(filePath: root + "/docs")) }
        try FileManager.default.createDirectory(atPath: root + "/docs", withIntermediateDirectories: true)
        let made =
            switch trap {
            case .file: symlink(outside + "/TASKS.md", root + "/docs/TASKS.md")
            case .hardLink: link(outside + "/TASKS.md", root + "/docs/TASKS.md")
            default: mkfifo(root + "/docs/TASKS.md", 0o600)
            }
        try #require(made == 0)
    }

    @Test(arguments: Trap.allCases)
    private func `nothing is written through a link, into a pipe, or over what is no file`(_ trap: Trap) async throws {
        try lay(trap)
        defer { try? FileManager.default.removeItem(atPath: scratch.path + "-outside") }
        let fault = try await #require(throws: Fault.self) { _ = try await checkout.apply(edit(notes[0])) }
        #expect(fault.kind == .refused)
        let words =
            switch trap {
            case .file: "it is a symbolic link: nothing is written through it"
            case .directory, .fileAsDirectory: "docs is a symbolic link or no directory: nothing is written through it"
            case .hardLink: "it has other names (hard links), which would part from it"
            case .pipe: "it is no regular file"
            }
        #expect(fault.reason.text == words)
        #expect(try Data(contentsOf: URL(filePath: scratch.path + "-outside/TASKS.md")) == Data("theirs".utf8))
    }

    @Test(.enabled(if: geteuid() == 0, "mounting a small disk needs root"))
    func `on a full disk the file stays as it was, and nothing is left beside it`() async throws {
        try #require(mount("tmpfs", scratch.path, "tmpfs", 0, "size=64k,mode=0700") == 0)
        defer { umount2(scratch.path, Int32(MNT_DETACH)) }
        let before = "# Tasks\n" + String(repeating: "- mine\n", count: 2_000)
        try scratch.write(before.utf8, to: tasks)
        try? scratch.write(Array(repeating: 7, count: 40_000), to: "ballast")
        let fault = try await #require(throws: Fault.self) { _ = try await checkout.apply(edit(notes[0])) }
        #expect(fault.kind == .broke)
        #expect(fault.reason.text.contains("No space left on device"))
        #expect(try scratch.text(tasks) == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/docs") == ["TASKS.md"])
        try scratch.remove("ballast")
        #expect(try await checkout.apply(edit(notes[0])))
    }
}
