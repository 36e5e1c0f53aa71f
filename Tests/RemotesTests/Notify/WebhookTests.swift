import Fixtures
import FoundationEssentials
import Glibc
import PromotionCore
import Remotes
import Synchronization
import Testing

@Suite struct WebhookTests {
    /// Parts of an address and of a header that are secrets: whatever goes wrong, no reason may hold them.
    private static let secrets = ["T0PS3CRETPATH", "h3ad3rt0ken"]

    private let notice: Notice

    init() throws {
        var releases = try FailedReleases()
        try releases.promote(failing: true)
        notice = try #require(releases.chronicle.projection.services[Fixtures.payments]?.notices.last)
    }

    private func tell(
        _ address: String, fields: [String: Webhook.Value] = ["authorization": .plain("Bearer h3ad3rt0ken")],
        format: NoticeFormat = .json, within deadline: Milliseconds = .seconds(30)
    ) async -> Result<Void, Fault> {
        let http = OutboundHTTP()
        let webhook = Webhook(
            name: "ops", occasions: [.rolledBack], address: .plain(address), fields: fields, format: format, link: nil,
            http: http,
            deadline: deadline)
        let result: Result<Void, Fault>
        do throws(Fault) {
            try await webhook.tell(notice, nil)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await http.close()
        return result
    }

    private func fault(_ result: Result<Void, Fault>) throws -> Fault {
        guard case .failure(let fault) = result else {
            Issue.record("it was taken")
            return Fault(.broke, "")
        }
        for secret in Self.secrets { #expect(!"\(fault)".contains(secret), "\(fault)") }
        #expect(fault.reason.text.count < 300)
        return fault
    }

    @Test func `a notice goes out whole, with its number and its headers, and the answer's body is of no matter`() async throws {
        let head = Mutex("")
        let server = try RawServer { connection in
            head.withLock { $0 = connection.readHead() }
            connection.send("HTTP/1.1 204 No Content\r\n\r\n")
        }
        guard case .success = await tell("\(server.endpoint)/T0PS3CRETPATH") else {
            Issue.record("it was not taken")
            return
        }
        let lines = head.withLock { $0 }.lowercased()
        #expect(lines.hasPrefix("post /t0ps3cretpath http/1.1\r\n"))
        for field in ["content-type: application/json", "baton-notice: \(notice.sequence)", "authorization: bearer h3ad3rt0ken"] {
            #expect(lines.contains("\r\n\(field)\r\n"), "\(lines)")
        }
    }

    /// What a receiver does, what is made of it, and a word of the reason.
    struct Trick: Sendable, CustomTestStringConvertible {
        let what: String
        let kind: Fault.Kind
        let reason: String
        var deadline = Milliseconds.seconds(30)
        let serve: @Sendable (RawServer.Connection) -> Void
        var testDescription: String { what }
    }

    private static func answering(_ status: String, _ kind: Fault.Kind, _ reason: String) -> Trick {
        Trick(what: "answers \(status)", kind: kind, reason: reason) { connection in
            connection.send("HTTP/1.1 \(status)\r\nlocation: http://127.0.0.1:1/T0PS3CRETPATH\r\ncontent-length: 0\r\n\r\n")
        }
    }

    static let tricks = [
        answering("301 Moved", .refused, "the receiver answered 301: redirects are not followed, name where it leads"),
        answering("302 Found", .refused, "the receiver answered 302: redirects are not followed, name where it leads"),
        answering("307 Temporary Redirect", .refused, "redirects are not followed"),
        answering("400 Bad Request", .refused, "the receiver answered 400"),
        answering("401 Unauthorized", .refused, "the receiver answered 401"),
        answering("404 Not Found", .refused, "the receiver answered 404"),
        answering("408 Request Timeout", .broke, "the receiver answered 408"),
        answering("429 Too Many Requests", .broke, "the receiver answered 429"),
        answering("503 Service Unavailable", .broke, "the receiver answered 503"),
        Trick(what: "says nothing", kind: .broke, reason: "no whole answer within 400 ms", deadline: Milliseconds(400)) {
            $0.wait()
        },
        Trick(what: "drips its header", kind: .broke, reason: "no whole answer within 400 ms", deadline: Milliseconds(400)) {
            $0.send("HTTP/1.1 200 OK\r\n")
            $0.send(forEver: "x: y\r\n", every: 20_000)
        },
        // Whether the system calls it a close or a reset depends on what of the body was read by then: it is told the same.
        Trick(what: "resets", kind: .broke, reason: "closed before the answer was whole") { $0.reset() },
        Trick(what: "closes at once", kind: .broke, reason: "closed before the answer was whole") { _ in },
        Trick(what: "is no web server", kind: .broke, reason: "not HTTP") { connection in
            connection.send("SSH-2.0-OpenSSH_9.2 T0PS3CRETPATH\r\n\r\n")
            connection.wait()
        },
        Trick(what: "sends an endless status line", kind: .broke, reason: "") { connection in
            connection.send("HTTP/1.1 200 ")
            connection.send(forEver: String(repeating: "h3ad3rt0ken", count: 1_000))
        },
    ]

    @Test(arguments: tricks)
    func `a receiver that misbehaves is given up in time, with a reason and without a secret`(_ trick: Trick) async throws {
        let server = try RawServer { connection in
            connection.readHead()
            trick.serve(connection)
        }
        let start = ContinuousClock.now
        let fault = try self.fault(await tell("\(server.endpoint)/T0PS3CRETPATH", within: trick.deadline))
        #expect(fault.kind == trick.kind, "\(fault)")
        #expect(fault.reason.text.contains(trick.reason), "\(fault)")
        #expect(ContinuousClock.now - start < .seconds(25))
    }

    @Test func `an answer without an end is not read to it`() async throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.send("HTTP/1.1 200 OK\r\n\r\n")
            connection.send(forEver: String(repeating: "x", count: 100_000))
        }
        let start = ContinuousClock.now
        let result = await tell("\(server.endpoint)/T0PS3CRETPATH")
        #expect(ContinuousClock.now - start < .seconds(25))
        if case .failure(let fault) = result { #expect(!"\(fault)".contains("T0PS3CRETPATH")) }
    }

    @Test func `redirects in a ring are asked once`() async throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.send("HTTP/1.1 308 Permanent Redirect\r\nlocation: /T0PS3CRETPATH\r\ncontent-length: 0\r\n\r\n")
        }
        _ = try self.fault(await tell("\(server.endpoint)/T0PS3CRETPATH"))
        #expect(server.connections == 1)
    }

    @Test func `what speaks no TLS where TLS is asked for, and nobody at all, is told without the address`() async throws {
        let plain = try RawServer(answering: "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        #expect(
            try self.fault(await tell("https://127.0.0.1:\(plain.endpoint.port)/T0PS3CRETPATH", within: .seconds(5))).kind
                == .broke)
        let nobody = try RawServer.closedPort()
        let refused = try self.fault(await tell("\(nobody)/T0PS3CRETPATH", within: .seconds(5)))
        #expect(refused.kind == .broke && refused.reason.text.contains("refused"), "\(refused)")
    }

    @Test(arguments: [
        ("ftp://x/T0PS3CRETPATH", "the webhook's address does not begin with https:// or http://"),
        ("T0PS3CRETPATH", "the webhook's address does not begin with https:// or http://"),
        ("http://", "this is not a URL that can be asked"),
    ])
    func `an address that is none is refused without being told`(_ address: String, _ words: String) async throws {
        let fault = try self.fault(await tell(address))
        #expect(fault.kind == .refused)
        #expect(fault.reason.text == words)
    }

    @Test(arguments: ["a\r\nx-evil: h3ad3rt0ken", "a\nb", "a\u{0}", "a\u{7F}"])
    func `a header whose value would begin another is refused`(_ value: String) async throws {
        let server = try RawServer(answering: "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        let fault = try self.fault(
            await tell("\(server.endpoint)/T0PS3CRETPATH", fields: ["authorization": .plain(value)]))
        #expect(fault == Fault(.refused, "the value of header authorization holds control characters"))
        #expect(server.connections == 0)
    }

    @Test func `a secret that is not there is told by where it should be, and read anew each time`() async throws {
        let scratch = try Scratch()
        let path = "\(scratch.path)/token"
        let source = Webhook.Value.secret(.file(path: path))
        let server = try RawServer(answering: "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        let address = "\(server.endpoint)/T0PS3CRETPATH"
        let missing = try self.fault(await tell(address, fields: ["authorization": source]))
        #expect(missing == Fault(.refused, SafeText("the secret file \(path) does not exist")))
        try scratch.write("h3ad3rt0ken\n".utf8, to: "token")
        guard case .success = await tell(address, fields: ["authorization": source]) else {
            Issue.record("it was not taken with its secret")
            return
        }
    }

    @Test func `a private authority is trusted where it is named, and only there`() async throws {
        let certificates = try Certificates.shared.get()
        let registry = try await RealRegistry(.init(isEncrypted: true))
        let address = "https://127.0.0.1:\(registry.address.port)/T0PS3CRETPATH"
        // What answers is a registry that knows no such path: the connection was trusted.
        let trusting = try OutboundHTTP(authority: certificates.authority, of: "webhook")
        let webhook = Webhook(
            name: "ops", occasions: [.rolledBack], address: .plain(address), fields: [:], format: .json, link: nil, http: trusting
        )
        let known = await #expect(throws: Fault.self) { try await webhook.tell(notice, nil) }
        #expect(
            known?.kind == .refused && known?.reason.text.hasPrefix("the receiver answered 4") ?? false)
        await trusting.close()
        let unknown = try fault(await tell(address))
        #expect(unknown.kind == .broke, "\(unknown)")
        let none = #expect(throws: Fault.self) { try OutboundHTTP(authority: "/nonexistent/ca.pem", of: "webhook") }
        #expect(none?.reason == "the file /nonexistent/ca.pem of the webhook's certificate authority does not exist")
    }

    @Test(arguments: NoticeFormat.allCases)
    func `a notice that comes late says when it happened and whether it is over`(_ format: NoticeFormat) throws {
        let delay = NoticeDelay(age: .minutes(180), isOver: true, now: "promotion 1 is rolled back; promotion 2 succeeded since")
        let text = String(decoding: try notice.body(as: format, link: nil, delay), as: UTF8.self)
        #expect(text.contains("promotion 2 succeeded since"), "\(text)")
        switch format {
        case .json: #expect(text.contains(#""isOver":true"#) && text.contains(#""lateSeconds":10800"#), "\(text)")
        case .slack: #expect(text.contains("Late: it happened at \(notice.at), 3h ago, and is over"), "\(text)")
        }
        let atOnce = String(decoding: try notice.body(as: format, link: nil), as: UTF8.self)
        #expect(!atOnce.contains("lateSeconds") && !atOnce.contains("Late:"), "\(atOnce)")
    }

    @Test(arguments: NoticeFormat.allCases)
    func `both digests and the reason are in the body of either form`(_ format: NoticeFormat) throws {
        let text = String(decoding: try notice.body(as: format, link: nil), as: UTF8.self)
        for word in [
            "payments", "testing", "rolled back", try #require(notice.from).digest.short(),
            try #require(notice.to).digest.short(),
        ] {
            #expect(text.contains(word), "\(text)")
        }
    }
}
