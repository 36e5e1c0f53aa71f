import Glibc
import PromotionCore
import Remotes
import Testing

@Suite struct `A probe over HTTP` {
    static let digest = Digest(of: "running".utf8)

    @Test func `asks for the path and reports status, identity and evidence`() async throws {
        let server = try RawServer { connection in
            let head = connection.readHead()
            let status = head.hasPrefix("GET /ready?deep=1 HTTP/1.1\r\n") ? "200 OK" : "404 Not Found"
            connection.send("HTTP/1.1 \(status)\r\nx-baton-digest: \(Self.digest)\r\ncontent-length: 5\r\n\r\nready")
        }
        let sample = try await sample(httpCheck("/ready?deep=1", holding: "ead"), of: server).sample
        #expect(sample.answer == .status(200, bodyMatched: true))
        #expect(sample.identities == [Self.digest])
        #expect(sample.evidence == "200 OK · ready")
        #expect(sample.hit == SafeText("\(server.endpoint)/ready?deep=1"))
        #expect(sample.at == Timestamp(millisecondsSinceEpoch: 1_000))
    }

    @Test(arguments: [
        ("expected", true), ("unexpected", false), ("", true),
    ])
    func `compares the body with the wanted text`(text: String, isHeld: Bool) async throws {
        let server = try RawServer(answering: "HTTP/1.1 503 Busy\r\ncontent-length: 10\r\n\r\n_expected_")
        let sample = try await sample(httpCheck(holding: text), of: server).sample
        #expect(sample.answer == .status(503, bodyMatched: isHeld))
        #expect(sample.identities.isEmpty)
    }

    @Test func `measures the time until the body is whole`() async throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nhe")
            usleep(120_000)
            connection.send("re")
        }
        let sample = try await sample(httpCheck(), of: server).sample
        #expect(sample.latency >= Milliseconds(120) && sample.latency < .seconds(9))
    }

    @Test func `connects anew for every sample`() async throws {
        let server = try RawServer { connection in
            connection.readHead()
            connection.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            connection.wait()
        }
        try await withProbe { probe in
            for _ in 0..<3 {
                let sample = await probe.sample(httpCheck(), at: server.endpoint, expecting: expected)
                #expect(sample.answer == .status(200, bodyMatched: true))
            }
        }
        #expect(server.connections == 3)
    }

    @Test func `asks the slot itself, whatever proxy the environment names`() async throws {
        await #expect(processExitsWith: .success) {
            let proxy = try RawServer(answering: "HTTP/1.1 200 OK\r\nx-baton-digest: proxy\r\ncontent-length: 0\r\n\r\n")
            for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] { setenv(name, "\(proxy.endpoint)", 1) }
            let server = try RawServer(answering: "HTTP/1.1 204 No Content\r\n\r\n")
            let answer = try await sample(httpCheck(), of: server).sample.answer
            guard answer == .status(204, bodyMatched: true), proxy.connections == 0 else { exit(1) }
        }
    }
}

@Suite struct `A probe of the running digest` {
    static let digest = Digest(of: "running".utf8)
    static let other = Digest(of: "other".utf8)

    /// An answer of /version, and the digests it proves.
    struct Claim: Sendable, CustomTestStringConvertible {
        let what: String
        let answer: String
        var proves: [Digest] = []
        var isAnAnswer = true
        var testDescription: String { what }
    }

    static func json(_ body: String, head: String = "", status: String = "200 OK") -> String {
        "HTTP/1.1 \(status)\r\n\(head)content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static let claims = [
        Claim(what: "a JSON member", answer: json(#"{"version":"1","digest":"\#(digest)"}"#), proves: [digest]),
        Claim(what: "a header", answer: json("hello", head: "X-Baton-Digest: \(digest)\r\n"), proves: [digest]),
        Claim(
            what: "a header before the body",
            answer: json(#"{"digest":"\#(other)"}"#, head: "x-baton-digest: \(digest)\r\n"), proves: [digest]),
        Claim(
            what: "several instances behind one address",
            answer: json("", head: "x-baton-digest: \(digest), \(other)\r\n"), proves: [digest, other]),
        Claim(what: "a header that is no digest", answer: json(#"{"digest":"\#(other)"}"#, head: "x-baton-digest: v1\r\n")),
        Claim(what: "a digest of another kind", answer: json(#"{"digest":"sha512:00"}"#)),
        Claim(what: "a body that is no JSON", answer: json("digest")),
        Claim(what: "a digest that is a number", answer: json(#"{"digest":7}"#)),
        Claim(
            what: "a header of an unhealthy instance",
            answer: json("", head: "x-baton-digest: \(digest)\r\n", status: "503 Busy"), proves: [digest]),
        Claim(
            what: "the body of an error page", answer: json(#"{"digest":"\#(digest)"}"#, status: "502 Bad Gateway"),
            isAnAnswer: false),
        Claim(what: "no such page", answer: json("", status: "404 Not Found"), isAnAnswer: false),
    ]

    @Test(arguments: claims)
    func `believes only what a slot says of itself`(_ claim: Claim) async throws {
        let server = try RawServer(answering: claim.answer)
        let sample = try await sample(check(.runningDigest), of: server).sample
        #expect(sample.identities == claim.proves)
        #expect((sample.answer == .identity) == claim.isAnAnswer)
        #expect(sample.hit == SafeText("\(server.endpoint)/version"))
    }

    @Test func `shows what was claimed and could not be read`() async throws {
        let server = try RawServer(answering: Self.json("", head: "x-baton-digest: v1\r\n"))
        let sample = try await sample(check(.runningDigest), of: server).sample
        #expect(sample.evidence.text.contains("not a digest: v1"))
    }
}
