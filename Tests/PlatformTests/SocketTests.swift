internal import Glibc
internal import Platform
internal import Testing

@Suite struct `Unix sockets` {
    private let scratch = Scratch()
    private var path: String { scratch.path("socket") }

    private func listening() throws -> UnixSocket {
        try UnixSocket.listening(at: try #require(UnixAddress(path)), path, group: nil, backlog: 4)
    }

    private func connected() throws -> UnixSocket {
        try UnixSocket.connected(to: try #require(UnixAddress(path)), path, patienceSeconds: 1)
    }

    @Test func `a listener is this account's alone, and who is behind it is known`() throws {
        let listener = try listening()
        #expect(try FileStatus(path).mode == 0o600)
        let client = try connected()
        let peer = try client.peer(path)
        #expect(peer.process == ThisProcess.number && peer.userID == AccountDatabase.current)
        #expect(listener.descriptor >= 0)
    }

    @Test func `a path that nobody listens on any more is told from one that is missing`() throws {
        let missing = #expect(throws: SystemFault.self) { _ = try connected() }
        #expect(missing?.isMissing == true)
        do { _ = try listening() }
        let refused = #expect(throws: SystemFault.self) { _ = try connected() }
        #expect(refused?.isRefused == true)
        #expect(try !UnixSocket.isAnswered(try #require(UnixAddress(path)), path))
    }

    @Test func `what is sent is received, and neither side waits`() throws {
        let listener = try listening()
        let client = try connected()
        let server = accept(listener.descriptor, nil, nil)
        defer { close(server) }
        var bytes: [UInt8] = []
        #expect(Transfer.receive(&bytes, limit: 10, from: client.descriptor, "it") == .notNow)
        #expect(Transfer.send([1, 2, 3], to: server, "it") == .moved(3))
        try Transfer.wait(for: .input, of: client.descriptor, until: Deadline(in: .seconds(5)), "it")
        #expect(Transfer.receive(&bytes, limit: 2, from: client.descriptor, "it") == .moved(2))
        #expect(bytes == [1, 2])
    }

    @Test func `the other side's end is an end and no fault`() throws {
        let listener = try listening()
        let client = try connected()
        close(accept(listener.descriptor, nil, nil))
        var bytes: [UInt8] = []
        #expect(Transfer.receive(&bytes, limit: 10, from: client.descriptor, "it") == .ended)
        #expect(Transfer.send([1], to: client.descriptor, "it") == .ended)
    }

    @Test(arguments: ["", String(repeating: "x", count: 108), "a\u{0}b"])
    func `a path that names no socket has no address`(path: String) { #expect(UnixAddress(path) == nil) }
}

@Suite struct `Logs` {
    private let scratch = Scratch()

    @Test func `a log is made private, and its end is what was written since`() throws {
        try DurableFile.write(Array("before\n".utf8), to: scratch.path("log"), mode: 0o644)
        let log = try LogFile(scratch.path("log"))
        #expect(try FileStatus(scratch.path("log")).mode == 0o600)
        #expect(log.end(limit: 100) == [])
        var spawn = Spawn(.path("/bin/echo"), ["hello"])
        spawn.output = .descriptor(log.descriptor)
        #expect(try spawn.start().wait() == .exited(0))
        #expect(log.end(limit: 100) == Array("hello\n".utf8))
        #expect(log.end(limit: 3) == Array("lo\n".utf8))
    }

    @Test func `a link or a directory in a log's place is none`() throws {
        symlink("victim", scratch.path("link"))
        #expect(throws: LogFile.Objection.self) { try LogFile(scratch.path("link")) }
        #expect(throws: LogFile.Objection.self) { try LogFile(scratch.path) }
        #expect(scratch.names == ["link"])
    }
}

@Suite struct `Addresses and connections over TCP` {
    @Test func `addresses that are written as such resolve to themselves`() {
        #expect(HostAddress.resolve("127.0.0.1") == [.v4(0x7F00_0001)])
        #expect(HostAddress.resolve("::1") == [.v6([UInt8](repeating: 0, count: 15) + [1])])
        #expect(HostAddress.resolve("no such name") == nil)
        #expect(HostAddress.isIPv4("10.0.0.1") && !HostAddress.isIPv4("10.1") && !HostAddress.isIPv4("::1"))
    }

    @Test func `what keeps a connection from coming about is a sentence`() {
        #expect(TCPProbe.problem(connectingTo: "127.0.0.1", port: 0, within: .seconds(1)) == "0 is no port")
        #expect(TCPProbe.problem(connectingTo: "127.0.0.1", port: 1, within: .seconds(1)) == "connection refused")
    }
}
