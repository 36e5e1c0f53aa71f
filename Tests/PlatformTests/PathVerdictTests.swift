internal import Glibc
internal import Platform
internal import Testing

/// A tree of hostile arrangements. Foreign owners can only be made by root.
@Suite struct `Judging paths` {
    private static let isRoot = geteuid() == 0
    private static let stranger: UInt32 = 65_534
    private let scratch = Scratch()

    init() throws {
        try Directories.make(scratch.path("a/b"))
        try DurableFile.write([1], to: scratch.path("a/b/file"))
    }

    private func judge(
        _ name: String, _ kind: FileStatus.Kind = .regular, group: UInt32? = nil, _ privacy: PathDemand.Privacy = .notWritable,
        reach: PathDemand.Reach = .everyParent
    ) -> PathVerdict {
        PathVerdict.judge(
            scratch.path(name),
            PathDemand(kind, owners: [geteuid()], writingGroup: group, privacy: privacy, reach: reach))
    }

    private func isTrusted(_ verdict: PathVerdict) -> Bool {
        if case .trusted = verdict { true } else { false }
    }

    private func expect(_ verdict: PathVerdict, _ objection: PathObjection, _ line: SourceLocation = #_sourceLocation) {
        #expect(verdict == .distrusted(objection), sourceLocation: line)
    }

    @Test func `a file of one's own below directories of one's own or root's is trusted, in a sticky directory too`() {
        #expect(isTrusted(judge("a/b/file")))
        #expect(isTrusted(judge("a/b/../b/./file")))
        #expect(isTrusted(judge("a/b", .directory)))
        #expect(isTrusted(PathVerdict.judge("/usr/bin", PathDemand(.directory, owners: [geteuid()]))))
    }

    @Test func `what is missing is told apart from what is not trusted`() {
        #expect(judge("a/b/other") == .missing)
        #expect(judge("a/other/file") == .missing)
        chmod(scratch.path("a"), 0o777)
        expect(judge("a/b/other"), .writableByOthers(path: scratch.path("a")))
    }

    @Test func `a directory above that others may write to gives no trust, wherever it is`() {
        chmod(scratch.path("a"), 0o772)
        expect(judge("a/b/file"), .writableByOthers(path: scratch.path("a")))
        chmod(scratch.path("a"), 0o770)
        expect(judge("a/b/file"), .writableByGroup(path: scratch.path("a"), group: getegid()))
        #expect(isTrusted(judge("a/b/file", reach: .itself)))
    }

    @Test func `a file that others may write to, or read where it is secret, is not trusted`() {
        chmod(scratch.path("a/b/file"), 0o602)
        expect(judge("a/b/file"), .writableByOthers(path: scratch.path("a/b/file")))
        chmod(scratch.path("a/b/file"), 0o660)
        expect(judge("a/b/file"), .writableByGroup(path: scratch.path("a/b/file"), group: getegid()))
        #expect(isTrusted(judge("a/b/file", group: getegid())))
        #expect(isTrusted(judge("a/b/file", group: getegid(), .notReadable)))
        chmod(scratch.path("a/b/file"), 0o640)
        #expect(isTrusted(judge("a/b/file")))
        expect(judge("a/b/file", .regular, .notReadable), .readableByOthers(path: scratch.path("a/b/file")))
    }

    private func judge(_ name: String, _ kind: FileStatus.Kind, _ privacy: PathDemand.Privacy) -> PathVerdict {
        judge(name, kind, group: nil, privacy)
    }

    @Test func `a link at the end is never followed, one on the way only if it is one's own`() throws {
        symlink("file", scratch.path("a/b/link"))
        expect(judge("a/b/link"), .link(path: scratch.path("a/b/link")))
        symlink("a/b", scratch.path("short"))
        #expect(isTrusted(judge("short/file")))
        symlink(scratch.path("a"), scratch.path("absolute"))
        #expect(isTrusted(judge("absolute/b/file")))
        chmod(scratch.path("a"), 0o777)
        expect(judge("short/file"), .writableByOthers(path: scratch.path("a")))
    }

    @Test func `links in a circle end`() {
        symlink("two", scratch.path("one"))
        symlink("one", scratch.path("two"))
        expect(judge("one/file"), .tooManyLinks(path: scratch.path("one")))
    }

    @Test func `another kind, and a file with another name, are not trusted`() {
        expect(
            judge("a/b", .regular), .wrongKind(path: scratch.path("a/b"), found: .directory, wanted: .regular))
        expect(judge("a/b/file/x"), .wrongKind(path: scratch.path("a/b/file"), found: .regular, wanted: .directory))
        link(scratch.path("a/b/file"), scratch.path("other"))
        expect(judge("a/b/file"), .otherNames(path: scratch.path("a/b/file")))
    }

    @Test(.enabled(if: isRoot, "it needs root"))
    func `what belongs to another account is not trusted: file, directory above, link on the way`() {
        chown(scratch.path("a/b/file"), Self.stranger, Self.stranger)
        expect(judge("a/b/file"), .foreignOwner(path: scratch.path("a/b/file"), owner: Self.stranger))
        chown(scratch.path("a"), Self.stranger, Self.stranger)
        expect(judge("a/b/file"), .foreignOwner(path: scratch.path("a"), owner: Self.stranger))
        symlink("/usr", scratch.path("mine"))
        #expect(isTrusted(judge("mine/bin", .directory)))
        symlink("/usr", scratch.path("theirs"))
        lchown(scratch.path("theirs"), Self.stranger, Self.stranger)
        expect(judge("theirs/bin", .directory), .link(path: scratch.path("theirs")))
        #expect(
            isTrusted(
                PathVerdict.judge(
                    scratch.path("a"), PathDemand(.directory, owners: [Self.stranger, geteuid()]))))
    }

    @Test func `every objection says which part it is to`() {
        chmod(scratch.path("a"), 0o777)
        let path = scratch.path("a")
        expect(judge("a/b/file"), .writableByOthers(path: path))
        #expect("\(PathObjection.writableByOthers(path: path))" == "everybody may write to \(path): chmod o-w \(path)")
    }
}
