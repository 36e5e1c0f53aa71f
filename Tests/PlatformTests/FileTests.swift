internal import Glibc
internal import Platform
internal import Testing

@Suite struct `Files that are whole or not there` {
    private let scratch = Scratch()

    private func read(_ name: String) throws -> [UInt8]? { try BoundedRead.whole(scratch.path(name), limit: 100) }

    @Test func `a file is written as a whole, with its mode, and nothing is left next to it`() throws {
        try DurableFile.write([1, 2], to: scratch.path("a"), mode: 0o640)
        #expect(try read("a") == [1, 2])
        #expect(try FileStatus(scratch.path("a")).mode == 0o640)
        #expect(scratch.names == ["a"])
    }

    @Test(arguments: [10_413_792_000, -10_413_792_000])
    func `a file of another age is looked at as any other`(_ seconds: Int) throws {
        try DurableFile.write([1], to: scratch.path("a"))
        let times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
        try #require(utimensat(AT_FDCWD, scratch.path("a"), times, 0) == 0)
        #expect(try FileStatus(scratch.path("a")).kind == .regular)
    }

    @Test func `a file that is replaced keeps its mode`() throws {
        try DurableFile.write([1], to: scratch.path("a"), mode: 0o604)
        try DurableFile.write([2], to: scratch.path("a"))
        #expect(try read("a") == [2])
        #expect(try FileStatus(scratch.path("a")).mode == 0o604)
    }

    @Test func `a link in a file's place is replaced, and what it leads to is left alone`() throws {
        try DurableFile.write([1], to: scratch.path("target"))
        symlink("target", scratch.path("a"))
        try DurableFile.write([2], to: scratch.path("a"))
        #expect(try read("target") == [1])
        #expect(try FileStatus(scratch.path("a"), links: .itself).kind == .regular)
    }

    @Test func `a write that fails leaves the old file and no draft`() throws {
        mkdir(scratch.path("a"), 0o700)
        let fault = #expect(throws: SystemFault.self) { try DurableFile.write([2], to: scratch.path("a")) }
        #expect(fault?.effect == SystemFault.Effect.none)
        #expect(fault?.description == "cannot rename to \(scratch.path("a")): Is a directory")
        #expect(scratch.names == ["a"])
    }

    @Test func `a new file takes no name that is taken`() throws {
        try DurableFile.create([1], at: scratch.path("a"))
        let fault = #expect(throws: SystemFault.self) { try DurableFile.create([2], at: scratch.path("a")) }
        #expect(fault?.isPresent == true)
        #expect(try read("a") == [1])
        #expect(scratch.names == ["a"])
    }

    @Test func `a file that was written meanwhile is not written over`() throws {
        let directory = try OpenDirectory(scratch.path)
        try directory.replace("a", with: [1])
        let before = try directory.read("a", limit: 10)
        try DurableFile.write([9], to: scratch.path("a"))
        #expect(try directory.replace("a", with: [2], if: .still(before, limit: 10)) == .overtaken)
        #expect(try directory.replace("a", with: [2], if: .still(nil, limit: 10)) == .overtaken)
        #expect(try read("a") == [9])
        let now = try directory.read("a", limit: 10)
        #expect(try directory.replace("a", with: [2], if: .still(now, limit: 10)) == .replaced)
        #expect(scratch.names == ["a"])
    }

    @Test func `the draft that a crash left is removed by the next holder of the lock`() throws {
        try DurableFile.write([9], to: scratch.path(".baton-new-a"))
        try OpenDirectory(scratch.path).replace("a", with: [1], draft: .ofLockHolder)
        #expect(scratch.names == ["a"])
    }

    @Test func `a link in the draft's place is not followed`() throws {
        try DurableFile.write([1], to: scratch.path("victim"))
        symlink("victim", scratch.path(".baton-new-a"))
        try OpenDirectory(scratch.path).replace("a", with: [2], draft: .ofLockHolder)
        #expect(try read("victim") == [1])
    }

    @Test func `removing what is gone, or below what is gone, is no fault`() throws {
        try DurableFile.write([1], to: scratch.path("a"))
        for _ in 0..<2 { try DurableFile.remove(scratch.path("a")) }
        try DurableFile.remove(scratch.path("nothing/a"))
        #expect(scratch.names.isEmpty)
    }

    @Test func `names are listed by their end, and a directory that is missing has none`() throws {
        for name in ["b.json", "a.json", "c.txt"] { try DurableFile.write([], to: scratch.path(name)) }
        #expect(try DurableFile.names(in: scratch.path, suffix: ".json") == ["a.json", "b.json"])
        #expect(try DurableFile.names(in: scratch.path("nothing")) == [])
    }
}

@Suite struct `Reads within a bound` {
    private let scratch = Scratch()

    @Test func `what is missing is nil, and what is above it too`() throws {
        #expect(try BoundedRead.whole(scratch.path("a"), limit: 10) == nil)
        try DurableFile.write([1], to: scratch.path("file"))
        #expect(try BoundedRead.whole(scratch.path("file/a"), limit: 10) == nil)
    }

    @Test func `a file of the limit is read, a longer one is a fault`() throws {
        try DurableFile.write([1, 2, 3], to: scratch.path("a"))
        #expect(try BoundedRead.whole(scratch.path("a"), limit: 3) == [1, 2, 3])
        let fault = #expect(throws: SystemFault.self) { try BoundedRead.whole(scratch.path("a"), limit: 2) }
        #expect(fault?.cause == .tooLarge(limit: 2))
        #expect(try BoundedRead.prefix(of: scratch.path("a"), limit: 2) == [1, 2])
    }

    @Test func `a file that says it is empty and is not is held to the limit`() throws {
        #expect(try BoundedRead.whole("/proc/self/status", limit: 65_536)?.isEmpty == false)
        #expect(throws: SystemFault.self) { try BoundedRead.whole("/proc/self/status", limit: 10) }
    }

    @Test func `a pipe, a device or a directory in a file's place is a fault and no wait`() throws {
        mkfifo(scratch.path("pipe"), 0o600)
        mkdir(scratch.path("directory"), 0o700)
        for path in [scratch.path("pipe"), scratch.path("directory"), "/dev/zero"] {
            let fault = #expect(throws: SystemFault.self) { try BoundedRead.whole(path, limit: 10) }
            #expect(fault?.cause == .notRegular)
            #expect(fault?.needsPerson == true)
        }
    }

    @Test func `a link is followed or refused, as the caller says`() throws {
        try DurableFile.write([1], to: scratch.path("target"))
        symlink("target", scratch.path("a"))
        #expect(try BoundedRead.whole(scratch.path("a"), limit: 10) == [1])
        let fault = #expect(throws: SystemFault.self) { try BoundedRead.whole(scratch.path("a"), limit: 10, links: .refused) }
        #expect(fault?.cause == .link)
        let inside = #expect(throws: SystemFault.self) { try OpenDirectory(scratch.path).read("a", limit: 10) }
        #expect(inside?.cause == .link)
    }
}

@Suite struct `Faults of the system` {
    @Test func `a fault is a sentence with the system's words`() {
        let fault = SystemFault("open the lock", "/x", code: ENOSPC)
        #expect(fault.description == "cannot open the lock /x: No space left on device")
        #expect(fault.isFull && !fault.needsPerson && !fault.isMissing && !fault.isDenied)
        #expect(SystemFault.words(100_000) == "Unknown error 100000")
    }

    @Test(arguments: [ENOENT, EACCES, EROFS, ELOOP]) func `what only a person can mend is told apart`(code: Int32) {
        #expect(SystemFault("open", "/x", code: code).needsPerson)
    }
}
