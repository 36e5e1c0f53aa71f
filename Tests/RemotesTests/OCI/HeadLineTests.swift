import PromotionCore
import Remotes
import Synchronization
import Testing

/// What the connections that answer HEAD alone are made to live through.
@Suite struct `Kept lines for HEAD` {
    private static let digest = Digest(of: "old".utf8)
    private static let evil = Digest(of: "evil".utf8)

    private static func head(_ digest: Digest, _ fields: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Length: 189\r\nDocker-Content-Digest: \(digest)\r\n\(fields)\r\n"
    }

    /// What was asked.
    private final class Heads: Sendable {
        let all = Mutex<[String]>([])
    }

    /// What a registry without documents answers: it names a digest for every tag, and keeps its connections.
    private static func server(
        answers: Int = .max, _ reply: @escaping @Sendable (String) -> String = { _ in head(digest) }
    ) throws -> RawServer {
        try RawServer { connection in
            for _ in 0..<answers {
                let asked = connection.readHead()
                guard !asked.isEmpty, connection.send(reply(asked)) else { return }
            }
        }
    }

    private static var repository: RepositoryName { get throws { try RepositoryName("shop/payments") } }

    private static func tags(_ count: Int) throws -> [Tag] { try (0..<count).map { try Tag("t\($0)") } }

    /// Asks the server what each of many tags names, over so many connections.
    private static func digests(
        of count: Int, at server: RawServer, connections: Int = 4
    ) async throws -> Result<[Tag: Digest], RegistryError> {
        var limits = FaultWorld.limits
        limits.connections = connections
        let transport = try RegistryTransport(limits: limits)
        let client = RegistryClient(
            address: try #require(RegistryAddress("\(server.endpoint)")), transport: transport, limits: limits, now: Wall.now)
        let (asked, repository) = (try tags(count), try repository)
        let result: Result<[Tag: Digest], RegistryError>
        do throws(RegistryError) {
            result = .success(try await client.digests(of: asked, in: repository))
        } catch { result = .failure(error) }
        await transport.close()
        return result
    }

    @Test func `many tags are asked for over as many connections as are allowed, and those are kept`() async throws {
        let server = try Self.server()
        #expect(try await Self.digests(of: 300, at: server).get().count == 300)
        #expect(server.connections == 4)
    }

    @Test func `a connection that ends between two answers costs another try, and no tag`() async throws {
        let server = try Self.server(answers: 3)
        #expect(try await Self.digests(of: 40, at: server).get().count == 40)
        #expect(server.connections >= 14)
    }

    @Test func `an answer that says so ends its connection`() async throws {
        let server = try Self.server { _ in Self.head(Self.digest, "Connection: close\r\n") }
        #expect(try await Self.digests(of: 12, at: server, connections: 2).get().count == 12)
        #expect(server.connections == 12)
    }

    @Test func `a second answer to one question is nobody's`() async throws {
        let server = try Self.server { _ in Self.head(Self.digest) + Self.head(Self.evil) }
        let found = try await Self.digests(of: 12, at: server, connections: 1).get()
        #expect(Set(found.values) == [Self.digest] && found.count == 12)
        #expect(server.connections == 12)
    }

    @Test func `an answer in pieces, and one announced before it, are one answer`() async throws {
        let server = try RawServer { connection in
            while !connection.readHead().isEmpty {
                connection.send("HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\nHTTP/1.1 200 O")
                connection.send("K\r\nContent-Length: 189\r\nDocker-Content-Digest: \(Self.digest)\r\n")
                connection.send("\r\n")
            }
        }
        #expect(try await Self.digests(of: 20, at: server, connections: 2).get().count == 20)
        #expect(server.connections == 2)
    }

    @Test func `every request names its host, what it takes, and nothing of anybody else's`() async throws {
        let heads = Heads()
        let server = try Self.server { asked in
            heads.all.withLock { $0.append(asked) }
            return Self.head(Self.digest)
        }
        _ = try await Self.digests(of: 1, at: server).get()
        let asked = heads.all.withLock { $0.first ?? "" }
        #expect(asked.hasPrefix("HEAD /v2/shop/payments/manifests/t0 HTTP/1.1\r\n"))
        #expect(asked.contains("host: \(server.endpoint.host):\(server.endpoint.port)\r\n"))
        for type in MediaType.documents { #expect(asked.contains(type.text)) }
        #expect(!asked.lowercased().contains("authorization"))
    }

    @Test func `silence ends at the deadline, for all that wait`() async throws {
        let server = try RawServer { $0.wait() }
        guard case .failure(.noAnswer(.late)) = try await Self.digests(of: 6, at: server, connections: 2) else {
            Issue.record("silence was taken for an answer")
            return
        }
    }

    @Test func `who does not wait any longer gets no answer, and the others theirs`() async throws {
        let server = try RawServer { connection in
            while true {
                let asked = connection.readHead()
                guard !asked.isEmpty else { return }
                if asked.contains("manifests/slow") { return connection.wait() }
                connection.send(Self.head(Self.digest))
            }
        }
        var limits = RegistryLimits()
        limits.connections = 1
        let transport = try RegistryTransport(limits: limits)
        let client = RegistryClient(
            address: try #require(RegistryAddress("\(server.endpoint)")), transport: transport, limits: limits, now: Wall.now)
        let (slow, quick, repository) = (try Tag("slow"), try Tag("quick"), try Self.repository)
        let waiting = Task { try? await client.digests(of: [slow], in: repository) }
        try await eventually { server.connections == 1 }
        let behind = Task { try? await client.digests(of: [quick], in: repository) }
        waiting.cancel()
        #expect(await waiting.value == nil)
        #expect(await behind.value == [quick: Self.digest])
        await transport.close()
    }
}
