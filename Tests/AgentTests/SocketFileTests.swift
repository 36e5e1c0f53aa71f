internal import Agent
internal import Glibc
internal import PromotionCore
internal import Testing

@Suite struct `The agent's socket file` {
    private static let isRoot = geteuid() == 0
    private static let nobody: uid_t = 65_534

    private func mode(_ path: String) -> UInt32 {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    /// A socket file that nobody listens on any more, as a killed agent leaves it.
    private func leaveStale(_ path: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0)
    }

    @Test func `The directory is made private, and so is the socket`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let server = Running.make(directory.path("run/agent.sock"))
        try await server.start()
        #expect(mode(directory.path("run")) == 0o700)
        #expect(mode(directory.path("run/agent.sock")) == 0o600)
        await server.stop()
    }

    @Test(.enabled(if: isRoot, "it needs root")) func `A group that may connect gets the socket and its directory`() async throws
    {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let server = Running.make(directory.path("run/agent.sock"), group: "nogroup")
        try await server.start()
        #expect(mode(directory.path("run")) == 0o750)
        #expect(mode(directory.path("run/agent.sock")) == 0o660)
        var status = stat()
        #expect(stat(directory.path("run/agent.sock"), &status) == 0 && status.st_gid == 65_534)
        await server.stop()
    }

    @Test(.enabled(if: isRoot, "it needs root")) func `A directory that is closed to the group that may connect is an error`()
        async throws
    {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        chmod(directory.path, 0o700)
        let server = Running.make(directory.path("agent.sock"), group: "nogroup")
        await #expect(throws: SocketDirectoryFault.closedToGroup(SafeText(directory.path), group: "nogroup")) {
            try await server.start()
        }
    }

    @Test func `A group that does not exist is an error`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let server = Running.make(directory.path("agent.sock"), group: "no-such-group")
        await #expect(throws: ListenFault.unknownGroup("no-such-group")) { try await server.start() }
    }

    @Test func `A stale socket is replaced`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = directory.path("agent.sock")
        try leaveStale(path)
        #expect(throws: AgentSocketError.nobodyListens(SafeText(path))) { try AgentSocket.connect(path: path) }
        let server = Running.make(path)
        try await server.start()
        #expect(try await RawClient(path).greet() != nil)
        await server.stop()
    }

    @Test func `A live one is refused and stays alive`() async throws {
        try await Running.server { running in
            let second = Running.make(running.path)
            await #expect(throws: ListenFault.alreadyListening(SafeText(running.path))) { try await second.start() }
            await second.stop()
            let welcome = try await RawClient(running.path).greet()
            #expect(welcome != nil)
            // Even where somebody removed the first one's file: two agents never share a path.
            unlink(running.path)
            await #expect(throws: ListenFault.alreadyListening(SafeText(running.path))) { try await second.start() }
        }
    }

    @Test func `A socket of something else that listens is refused`() async throws {
        try await Running.server { running in
            let path = running.directory.path("alias.sock")
            #expect(link(running.path, path) == 0)
            let second = Running.make(path)
            await #expect(throws: ListenFault.alreadyListening(SafeText(path))) { try await second.start() }
            #expect(access(path, F_OK) == 0)
        }
    }

    @Test(arguments: ["file", "directory", "link"])
    func `What is not a socket is refused and left alone`(kind: String) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = directory.path("agent.sock")
        switch kind {
        case "file": try directory.write("precious", to: "agent.sock")
        case "directory": #expect(mkdir(path, 0o700) == 0)
        default:
            try leaveStale(directory.path("elsewhere"))
            #expect(symlink(directory.path("elsewhere"), path) == 0)
        }
        await #expect(throws: ListenFault.notASocket(SafeText(path))) { try await Running.make(path).start() }
        var status = stat()
        #expect(lstat(path, &status) == 0)
        if kind == "file" { #expect(directory.text(of: "agent.sock") == "precious") }
    }

    @Test(.enabled(if: isRoot, "it needs root")) func `Another account's socket is refused and left alone`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = directory.path("agent.sock")
        try leaveStale(path)
        #expect(chown(path, Self.nobody, 0) == 0)
        await #expect(throws: ListenFault.belongsToAnother(SafeText(path), owner: "nobody")) {
            try await Running.make(path).start()
        }
        #expect(access(path, F_OK) == 0)
    }

    @Test(arguments: [0o770, 0o707, 0o777, 0o1777] as [UInt32])
    func `A directory that others may write to is refused`(mode: UInt32) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        #expect(chmod(directory.path, mode) == 0)
        let server = Running.make(directory.path("agent.sock"))
        await #expect(throws: SocketDirectoryFault.self) { try await server.start() }
        #expect(access(directory.path("agent.sock"), F_OK) != 0)
    }

    @Test(.enabled(if: isRoot, "it needs root")) func `Another account's directory is refused`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        #expect(chown(directory.path, Self.nobody, 0) == 0)
        await #expect(throws: SocketDirectoryFault.belongsToAnother(SafeText(directory.path), owner: "nobody")) {
            try await Running.make(directory.path("agent.sock")).start()
        }
    }

    @Test func `A path that is too long or empty is refused with the limit`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let fits = directory.path(String(repeating: "a", count: 107 - directory.path.utf8.count - 1))
        let server = Running.make(fits)
        try await server.start()
        #expect(try await RawClient(fits).greet() != nil)
        await server.stop()
        for path in [fits + "a", ""] {
            await #expect(throws: ListenFault.path(SafeText(path), bytes: path.utf8.count)) {
                try await Running.make(path).start()
            }
            #expect(throws: AgentSocketError.path(SafeText(path), bytes: path.utf8.count)) {
                try AgentSocket.connect(path: path)
            }
        }
        #expect(ListenFault.path("p", bytes: 200).description.contains("200 bytes, a socket's path has 1 to 107"))
    }

    @Test func `A stopped agent leaves another file in its place alone`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = directory.path("agent.sock")
        let server = Running.make(path)
        try await server.start()
        unlink(path)
        try directory.write("precious", to: "agent.sock")
        await server.stop()
        #expect(directory.text(of: "agent.sock") == "precious")
    }
}
