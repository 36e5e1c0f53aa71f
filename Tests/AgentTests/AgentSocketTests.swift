internal import Agent
internal import Glibc
internal import PromotionCore
internal import Testing

@Suite struct `Connecting to an agent` {
    private static let isRoot = geteuid() == 0
    private static let nobody: uid_t = 65_534

    @Test func `Nothing there, or no socket there, is said`() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let path = directory.path("agent.sock")
        #expect(throws: AgentSocketError.noSuchFile(SafeText(path))) { try AgentSocket.connect(path: path) }
        try directory.write("text", to: "agent.sock")
        #expect(throws: AgentSocketError.notASocket(SafeText(path))) { try AgentSocket.connect(path: path) }
        #expect(AgentSocketError.noSuchFile("/run/baton/agent.sock").description.contains("start one with: baton agent"))
    }

    @Test func `A socket where everybody may put files is not trusted`() async throws {
        try await Running.server { running in
            #expect(chmod(running.directory.path, 0o1777) == 0)
            #expect(throws: AgentSocketError.unprotected(SafeText(running.path), directory: SafeText(running.directory.path))) {
                try AgentSocket.connect(path: running.path)
            }
        }
    }

    @Test(.enabled(if: isRoot, "it needs root")) func `A directory that another account made in a public place is not trusted`()
        async throws
    {
        try await Running.server { running in
            #expect(chown(running.directory.path, Self.nobody, 0) == 0)
            #expect(throws: AgentSocketError.unprotected(SafeText(running.path), directory: SafeText(running.directory.path))) {
                try AgentSocket.connect(path: running.path)
            }
        }
    }

    @Test func `The descriptor does not reach children, and does not block`() async throws {
        try await Running.server { running in
            let descriptor = try AgentSocket.connect(path: running.path)
            #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
            #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
            close(descriptor)
        }
    }

    @Test func `A command asks and follows`() async throws {
        let engine = TestEngine()
        try await Running.server(engine: engine) { running in
            let path = running.path
            try await blocking {
                let client = AgentClient(descriptor: try AgentSocket.connect(path: path))
                #expect(try client.hello(readOnly: false, within: .seconds(10)).role == .admin)
                #expect(try client.ask(.board, within: .seconds(10)) == .board(engine.board))
                #expect(try client.ask(Sample.promote, within: .seconds(10)) == .accepted)
                try client.subscribe(within: .seconds(10))
                #expect(try client.nextLine(within: .seconds(10)) == .snapshot(engine.board))
                engine.publish(.numbered(1))
                engine.publish(.numbered(2))
                #expect(try client.ask(.view(.entries(after: 0, limit: 1)), within: .seconds(10)) == .entries([]))
                engine.publish(.numbered(3))
                var lines = client.lines(for: .seconds(10))
                for number in 1...3 { #expect(try lines.next() == .change(.numbered(number))) }
                #expect(try client.nextLine(within: Milliseconds(20)) == nil)
                var over = client.lines(for: .zero)
                #expect(try over.next() == nil)
            }
        }
    }

    @Test func `A read-only command may look, and is told that it may not more`() async throws {
        let engine = TestEngine()
        try await Running.server(engine: engine) { running in
            let path = running.path
            try await blocking {
                let client = AgentClient(descriptor: try AgentSocket.connect(path: path))
                #expect(try client.hello(readOnly: true, within: .seconds(10)).role == .viewer)
                #expect(try client.ask(.view(.board), within: .seconds(10)) == .board(engine.board))
                guard case .notPermitted = try client.ask(Sample.promote, within: .seconds(10)) else {
                    Issue.record("a viewer promoted")
                    return
                }
            }
            #expect(engine.asked == [.view(.board)])
        }
    }

    @Test func `A command does not wait longer than it says`() async throws {
        let engine = TestEngine()
        engine.hold()
        try await Running.server(engine: engine) { running in
            let path = running.path
            try await blocking {
                let client = AgentClient(descriptor: try AgentSocket.connect(path: path))
                _ = try client.hello(readOnly: false, within: .seconds(10))
                let start = ContinuousClock.now
                #expect(throws: AgentClientError.noAnswer(after: Milliseconds(100))) {
                    try client.ask(.board, within: Milliseconds(100))
                }
                #expect(ContinuousClock.now - start < .seconds(5))
            }
            engine.letGo()
        }
    }

    @Test func `A command hears why the agent ends the connection`() async throws {
        try await Running.server { running in
            let path = running.path
            let client = try await blocking { Held(AgentClient(descriptor: try AgentSocket.connect(path: path))) }
            try await blocking { _ = try client.value.hello(readOnly: false, within: .seconds(10)) }
            await running.server.stop()
            try await blocking {
                #expect(throws: AgentClientError.goodbye("the agent stops")) {
                    try client.value.ask(.board, within: .seconds(10))
                }
                #expect(throws: AgentClientError.closed) { try client.value.nextLine(within: .seconds(10)) }
            }
        }
    }

    /// A client that is used on one thread at a time.
    private struct Held: @unchecked Sendable {
        let value: AgentClient

        init(_ value: AgentClient) { self.value = value }
    }
}
