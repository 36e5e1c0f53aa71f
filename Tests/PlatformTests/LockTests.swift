internal import Glibc
internal import Platform
internal import Testing

@Suite struct `Locks on files` {
    private let scratch = Scratch()

    @Test func `one holder at a time, and the next one after it`() throws {
        let path = scratch.path("lock")
        let first = try #require(try FileLock.acquire(path))
        #expect(try FileLock.acquire(path) == nil)
        #expect(FileLock.isHeld(path))
        first.release()
        first.release()
        #expect(!first.isHeld && !FileLock.isHeld(path))
        #expect(try FileLock.acquire(path) != nil)
    }

    @Test func `a lock ends with its holder`() throws {
        do {
            let lock = try FileLock.acquire(scratch.path("lock"))
            #expect(lock != nil)
        }
        #expect(try FileLock.acquire(scratch.path("lock")) != nil)
    }

    @Test func `a lock that a child still has open is free once it is released`() throws {
        let lock = try #require(try FileLock.acquire(scratch.path("lock")))
        // A copy of the descriptor keeps the lock past the close, as a child of fork(2) does until it becomes another program.
        var copies: [Int32] = []
        for name in try DurableFile.names(in: "/proc/self/fd") {
            if SymbolicLink.target(of: "/proc/self/fd/\(name)") == scratch.path("lock"), let number = Int32(name) {
                copies.append(dup(number))
            }
        }
        defer { copies.forEach { close($0) } }
        try #require(!copies.isEmpty)
        lock.release()
        #expect(try FileLock.acquire(scratch.path("lock")) != nil)
    }

    @Test func `another holder is waited for until the deadline`() throws {
        let held = try FileLock.acquire(scratch.path("lock"))
        let clock = ContinuousClock()
        var lock: FileLock?
        let span = try clock.measure {
            lock = try FileLock.acquire(scratch.path("lock"), until: Deadline(in: .milliseconds(60)))
        }
        #expect(lock == nil && span >= .milliseconds(55))
        withExtendedLifetime(held) {}
    }

    @Test func `a lock that is a link, or cannot be opened, is a fault and not another's`() throws {
        symlink("elsewhere", scratch.path("link"))
        #expect(throws: SystemFault.self) { try FileLock.acquire(scratch.path("link")) }
        #expect(throws: SystemFault.self) { try FileLock.acquire(scratch.path("nothing/lock")) }
        #expect(scratch.names == ["link"])
    }

    @Test func `a directory and a file in it have locks of their own`() throws {
        let directory = try OpenDirectory(scratch.path)
        let whole = try directory.lock()
        #expect(whole != nil)
        #expect(try directory.lock() == nil)
        #expect(try directory.lock("lock") != nil)
    }

    @Test func `the holder's words are in the file as long as it says them`() throws {
        let lock = try #require(try FileLock.acquire(scratch.path("lock")))
        lock.write(Array("a longer text".utf8))
        lock.write(Array("42".utf8))
        #expect(try BoundedRead.prefix(of: scratch.path("lock"), limit: 100) == Array("42".utf8))
    }
}

@Suite struct `Directories that are made` {
    private let scratch = Scratch()

    @Test func `every missing one is made with the mode, and one that is there keeps its own`() throws {
        mkdir(scratch.path("a"), 0o755)
        try Directories.make(scratch.path("a/b/c"))
        try Directories.make(scratch.path("a/b/c"))
        #expect(try FileStatus(scratch.path("a")).mode == 0o755)
        #expect(try FileStatus(scratch.path("a/b")).mode == 0o700)
        #expect(try FileStatus(scratch.path("a/b/c")).mode == 0o700)
    }

    @Test func `what stands in the way is said`() throws {
        try DurableFile.write([], to: scratch.path("file"))
        for name in ["file", "file/b", "file/b/c"] {
            let fault = #expect(throws: SystemFault.self) { try Directories.make(scratch.path(name)) }
            #expect(fault?.reason == "Not a directory")
        }
        #expect(throws: SystemFault.self) { try Directories.make("/proc/no/such") }
    }

    @Test func `a new one has exactly its mode, whatever the mask`() throws {
        #expect(try Directories.makeNew(scratch.path("a"), mode: 0o750))
        #expect(try FileStatus(scratch.path("a")).mode == 0o750)
        #expect(try !Directories.makeNew(scratch.path("a"), mode: 0o700))
        #expect(try FileStatus(scratch.path("a")).mode == 0o750)
    }

    @Test func `a directory that is held is known to be gone when another takes its path`() throws {
        mkdir(scratch.path("a"), 0o700)
        let held = try HeldDirectory(scratch.path("a"))
        #expect(!held.isGone)
        rmdir(scratch.path("a"))
        #expect(held.isGone)
        mkdir(scratch.path("a"), 0o700)
        #expect(held.isGone)
    }
}
