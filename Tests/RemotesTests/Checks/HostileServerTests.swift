import Glibc
import PromotionCore
import Remotes
import Testing

@Suite struct `A probe of a hostile server` {
    static let ok = "HTTP/1.1 200 OK\r\n"

    @Test func `a redirect is shown and not followed`() async throws {
        let elsewhere = try RawServer(answering: "\(Self.ok)content-length: 0\r\n\r\n")
        let server = try RawServer(
            answering: "HTTP/1.1 302 Found\r\nlocation: \(elsewhere.endpoint)/\r\ncontent-length: 0\r\n\r\n")
        let sample = try await sample(httpCheck(), of: server).sample
        #expect(sample.answer == .status(302, bodyMatched: true))
        #expect(sample.evidence.text == "302 Found to \(elsewhere.endpoint)/")
        #expect(elsewhere.connections == 0)
    }

    @Test func `an endless body is read to the bound and no further`() async throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.send("\(Self.ok)\r\n")
            connection.send(forEver: String(repeating: "x", count: 100_000))
        }
        let (plain, took) = try await sample(httpCheck(timeout: .seconds(60)), of: server)
        #expect(plain.answer == .status(200, bodyMatched: true))
        #expect(plain.evidence.text.contains("longer than \(HTTPProbe.bodyLimit) bytes"))
        #expect(plain.evidence.text.count < 400)
        #expect(took < .seconds(30))
        let wanting = try await sample(httpCheck(holding: "y", timeout: .seconds(60)), of: server).sample
        let problem = try #require(wanting.problem)
        #expect(problem.contains("not found in the first 65536 bytes"))
        let digest = try await sample(check(.runningDigest, timeout: .seconds(60)), of: server).sample
        #expect(digest.answer == .identity && digest.identities.isEmpty)
    }

    /// What a server does, and a word of the reason that must come back.
    struct Trick: Sendable, CustomTestStringConvertible {
        let what: String
        let reason: String
        var timeout = Milliseconds(400)
        let serve: @Sendable (RawServer.Connection) -> Void
        var testDescription: String { what }
    }

    static let tricks = [
        Trick(what: "says nothing", reason: "no whole answer within 400 ms") { $0.wait() },
        Trick(what: "drips the header", reason: "no whole answer within 400 ms") { connection in
            connection.send(ok)
            connection.send(forEver: "x: y\r\n", every: 20_000)
        },
        Trick(what: "drips the body", reason: "no whole answer within 400 ms") { connection in
            connection.send("\(ok)content-length: 60000\r\n\r\n")
            connection.send(forEver: "x", every: 5_000)
        },
        Trick(what: "drips chunks", reason: "no whole answer within 400 ms") { connection in
            connection.send("\(ok)transfer-encoding: chunked\r\n\r\n")
            connection.send(forEver: "1\r\nx\r\n", every: 5_000)
        },
        Trick(what: "is no web server", reason: "not HTTP", timeout: .seconds(30)) { connection in
            connection.send("SSH-2.0-OpenSSH_9.2\r\n\r\n\u{1B}[2J\u{7}")
            connection.wait()
        },
        Trick(what: "breaks a chunk", reason: "not HTTP", timeout: .seconds(30)) { connection in
            connection.send("\(ok)transfer-encoding: chunked\r\n\r\nzz\r\n")
            connection.wait()
        },
        Trick(what: "sends an endless header", reason: "not HTTP", timeout: .seconds(30)) { connection in
            connection.send(ok)
            connection.send(forEver: "x: \(String(repeating: "y", count: 2_000))\r\n")
        },
        Trick(what: "sends one endless header line", reason: "not HTTP", timeout: .seconds(30)) { connection in
            connection.send("\(ok)x: ")
            connection.send(forEver: String(repeating: "y", count: 10_000))
        },
        Trick(what: "sends an endless status line", reason: "beyond 8388608 bytes", timeout: .seconds(30)) { connection in
            connection.send("HTTP/1.1 200 ")
            connection.send(forEver: String(repeating: "y", count: 10_000))
        },
        Trick(what: "resets", reason: "closed before the answer was whole", timeout: .seconds(30)) { $0.reset() },
        Trick(what: "closes before the header", reason: "closed", timeout: .seconds(30)) { _ in },
        Trick(what: "closes within the body", reason: "closed", timeout: .seconds(30)) { connection in
            connection.send("\(ok)content-length: 100\r\n\r\nshort")
        },
    ]

    @Test(arguments: tricks)
    func `gives a readable reason in time`(_ trick: Trick) async throws {
        let server = try RawServer { connection in
            connection.readHead()
            trick.serve(connection)
        }
        let (sample, took) = try await sample(httpCheck(timeout: trick.timeout), of: server)
        let problem = try #require(sample.problem, "\(sample.answer)")
        #expect(problem.hasPrefix("\(server.endpoint)/ready: "))
        #expect(problem.contains(trick.reason), "\(problem)")
        #expect(problem.count < 300)
        #expect(took < .seconds(20))
        #expect(sample.identities.isEmpty)
    }

    @Test func `nobody there is told at once`() async throws {
        let nobody = try RawServer.closedPort()
        try await withProbe { probe in
            for kind in [CheckSpecification.Kind.runningDigest, .tcp] {
                let sample = await probe.sample(check(kind, timeout: .seconds(30)), at: nobody, expecting: expected)
                let problem = try #require(sample.problem)
                #expect(problem.contains("connection refused"))
                #expect(problem.contains("127.0.0.1:\(nobody.port)"))
                #expect(sample.latency < .seconds(20))
            }
        }
    }

    @Test func `what is sent is made safe to show`() async throws {
        let server = try RawServer(
            answering: "HTTP/1.1 200 O\u{1B}[31mK\r\ncontent-length: 12\r\n\r\n\u{1B}]0;x\u{7}\u{202E}abc")
        let sample = try await sample(httpCheck(), of: server).sample
        #expect(!sample.evidence.text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
        #expect((sample.problem ?? "").unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }

    @Test(arguments: ["ready", "/with space", "/\r\nx: y", "/%zz", "/ä", "//", ""])
    func `every path is asked for or refused, and cannot add a header`(_ path: String) async throws {
        let server = try RawServer { connection in
            let head = connection.readHead()
            connection.send("\(Self.ok)content-length: 1\r\n\r\n\(head.contains("\nx: y") ? "!" : ".")")
        }
        let sample = try await sample(httpCheck(path, holding: ".", timeout: .seconds(5)), of: server).sample
        #expect(sample.answer == .status(200, bodyMatched: true) || sample.problem != nil)
        #expect(sample.answer != .status(200, bodyMatched: false))
    }

    @Test func `a check that is given up ends at once`() async throws {
        let server = try RawServer { $0.wait() }
        try await withProbe { probe in
            let start = ContinuousClock.now
            let task = Task { await probe.sample(httpCheck(timeout: .seconds(60)), at: server.endpoint, expecting: expected) }
            try await eventually { server.connections == 1 }
            task.cancel()
            let sample = await task.value
            #expect(sample.problem?.contains("given up") == true, "\(sample.answer)")
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }
}
