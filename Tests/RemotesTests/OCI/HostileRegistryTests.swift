import Foundation
import PromotionCore
import Remotes
import Testing

/// What a registry does that is no single wrong answer: it asks for a password in the wrong moment, or takes its time.
@Suite struct `A registry that is not to be trusted` {
    private let name = try? RepositoryName("shop/payments")
    private var repository: RepositoryName { get throws { try #require(name) } }

    private func client(
        _ registry: ScriptedRegistry, _ credentials: CredentialSource = .anonymous,
        now: @escaping @Sendable () -> Timestamp = Wall.now
    ) throws -> (RegistryClient, RegistryTransport) {
        let transport = try RegistryTransport(limits: FaultWorld.limits)
        let client = RegistryClient(
            address: try #require(registry.address), credentials: credentials, transport: transport, limits: FaultWorld.limits,
            now: now)
        return (client, transport)
    }

    /// A clock that a script moves on.
    private final class HandClock: Sendable {
        private let times = Recorder<Timestamp>()

        init() { times.add(Timestamp(millisecondsSinceEpoch: 1_000_000)) }

        var now: Timestamp { times.all.last ?? Timestamp(millisecondsSinceEpoch: 0) }
        func pass(_ time: Milliseconds) { times.add(now + time) }
    }

    /// One that wants a new token for each change; while it is asked for one, five seconds pass and a stranger moves the tag.
    private static func tokens(_ clock: HandClock, moving tag: String) throws -> ScriptedRegistry {
        try ScriptedRegistry(FaultWorld.contents) { request, contents in
            if request.path.hasPrefix("/token") {
                clock.pass(.seconds(5))
                contents.tags[tag] = FaultWorld.other.top.digest
                return .json(200, #"{"token":"new"}"#)
            }
            guard request.method == "PUT" || request.method == "DELETE", request.field("authorization") == nil else { return nil }
            let realm = "http://127.0.0.1:\(request.port)/token"
            return .error(401, "UNAUTHORIZED", "who are you", ["Www-Authenticate": #"Bearer realm="\#(realm)""#])
        }
    }

    @Test func `finds a tag not moved that a stranger moved while a token was asked for`() async throws {
        let (clock, scratch) = (HandClock(), try Scratch())
        let registry = try Self.tokens(clock, moving: "prod")
        let (client, transport) = try client(registry, now: { clock.now })
        let move = try await DistributionRegistry(client: client, state: scratch.path).move(
            Tag("prod"), in: repository, from: FaultWorld.old.top.digest, to: FaultWorld.new.top.digest, under: Fence(1))
        await transport.close()
        #expect(move == .conflict(observed: FaultWorld.other.top.digest))
        #expect(registry.now.tags["prod"] == FaultWorld.other.top.digest)
    }

    @Test func `finds a tag not deleted that a stranger moved while a token was asked for`() async throws {
        let (clock, scratch) = (HandClock(), try Scratch())
        let registry = try Self.tokens(clock, moving: "v1.1.0-rc.1")
        let (client, transport) = try client(registry, now: { clock.now })
        let deletion = try await DistributionRegistry(client: client, state: scratch.path).delete(
            Tag("v1.1.0-rc.1"), naming: FaultWorld.new.top.digest, in: repository, under: Fence(1))
        await transport.close()
        #expect(deletion == .conflict(observed: FaultWorld.other.top.digest))
        #expect(registry.now.requests.count { $0.method == "DELETE" } == 1, "it was not sent with the token")
    }

    @Test func `finds a name that is put once not put over a stranger's`() async throws {
        let (clock, scratch) = (HandClock(), try Scratch())
        let registry = try Self.tokens(clock, moving: "v1.2.0-rc.1")
        let (client, transport) = try client(registry, now: { clock.now })
        let port = DistributionRegistry(client: client, state: scratch.path)
        let document = try #require(registry.now.documents[FaultWorld.new.top.digest])
        let refusal = try await fault {
            try await port.put(document, as: Tag("v1.2.0-rc.1"), in: repository, under: Fence(1))
        }
        await transport.close()
        #expect(refusal.kind == .refused && refusal.reason.text.contains("never moved"), "\(refusal)")
        #expect(registry.now.tags["v1.2.0-rc.1"] == FaultWorld.other.top.digest)
    }

    @Test func `is sent a blob once more where it asks for a password only once the bytes have come`() async throws {
        let scratch = try Scratch()
        let source = try ScriptedRegistry(FaultWorld.contents) { request, contents in
            guard request.rest.hasPrefix("blobs/"), FaultWorld.times(request, contents) == 1 else { return nil }
            return .error(429, "TOOMANYREQUESTS", "slow down", ["Retry-After": "0"])
        }
        let destination = try ScriptedRegistry(.init()) { request, _ in
            guard request.method == "PUT", request.field("authorization") == nil else { return nil }
            return .error(401, "UNAUTHORIZED", "who are you", ["Www-Authenticate": "Basic realm=\"x\""])
        }
        let (from, one) = try client(source)
        let (to, other) = try client(destination, try SecretFiles(in: scratch, name: "alice", password: "s3cret").source)
        let report = try await ImageCopy(from: from, repository, to: to, repository).run(FaultWorld.new.top.digest)
        await one.close()
        await other.close()
        #expect(report.streamed > 0 && destination.now.documents[FaultWorld.new.top.digest] != nil)
    }

    @Test func `that has no right to store leaves a copy undone, and says so`() async throws {
        let scratch = try Scratch()
        let source = try ScriptedRegistry(FaultWorld.contents) { _, _ in nil }
        let destination = try ScriptedRegistry(.init()) { request, _ in
            guard request.method == "PUT" else { return nil }
            return .error(401, "UNAUTHORIZED", "who are you", ["Www-Authenticate": "Basic realm=\"x\""])
        }
        let (from, one) = try client(source)
        let (to, other) = try client(destination, try SecretFiles(in: scratch, name: "alice", password: "s3cret").source)
        let copy = ImageCopy(from: from, try repository, to: to, try repository)
        let refusal = try await fault { try await copy.run(FaultWorld.new.top.digest) }
        await one.close()
        await other.close()
        #expect(refusal.reason.text.contains("lacks a right"), "\(refusal)")
        #expect(destination.now.documents.isEmpty)
    }

    @Test func `does not get the password for whom it sends on to`() async throws {
        let scratch = try Scratch()
        let account = try SecretFiles(in: scratch, name: "alice", password: "s3cret").source
        let stranger = try ScriptedRegistry(FaultWorld.contents) { request, _ in
            if request.path.hasPrefix("/token") { return .json(200, #"{"token":"taken"}"#) }
            let realm = "http://127.0.0.1:\(request.port)/token"
            return .error(401, "UNAUTHORIZED", "who", ["Www-Authenticate": #"Bearer realm="\#(realm)""#])
        }
        let there = try #require(stranger.address)
        let registry = try ScriptedRegistry(FaultWorld.contents) { request, _ in
            request.rest.hasPrefix("blobs/") ? .answer(307, ["Location": "\(there)/bucket/blob?signature=1"]) : nil
        }
        let (client, transport) = try client(registry, account)
        let port = DistributionRegistry(client: client, state: scratch.path)
        let refusal = try await fault {
            _ = try await port.blob(Digest(of: FaultWorld.new.blobs[0]), limit: 10_000, in: repository)
        }
        await transport.close()
        #expect(refusal.reason.text.contains("asks for credentials of its own"), "\(refusal)")
        #expect(stranger.now.requests.map(\.path) == ["/bucket/blob?signature=1"])
        #expect(stranger.now.requests.allSatisfy { $0.field("authorization") == nil })
    }

    @Test func `is asked for a part of what an index lists again and again, and no more is held than an image may have`()
        async throws
    {
        let padding = String(repeating: "x", count: 4_000_000)
        let manifest = #"""
            {"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest.text)","config":\#(SampleImage.entry(SampleImage.describe("{}", as: .ociConfiguration))),"layers":[],"annotations":{"padding":"\#(padding)"}}
            """#
        let entry = SampleImage.entry(SampleImage.describe(manifest, as: .ociManifest), platform: "linux/amd64")
        let index = #"""
            {"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[\#(Array(repeating: entry, count: 500).joined(separator: ","))]}
            """#
        var contents = ScriptedRegistry.Contents()
        for (text, type) in [(manifest, MediaType.ociManifest), (index, .ociIndex)] {
            contents.documents[Digest(of: text.utf8)] = try StoredDocument(parsing: Array(text.utf8), as: type)
        }
        let (registry, scratch) = (try ScriptedRegistry(contents) { _, _ in nil }, try Scratch())
        let transport = try RegistryTransport()
        let client = RegistryClient(address: try #require(registry.address), transport: transport, now: Wall.now)
        let port = DistributionRegistry(client: client, state: scratch.path)
        let refusal = try await fault { _ = try await port.release(Digest(of: index.utf8), in: repository) }
        await transport.close()
        #expect(refusal.reason.text.contains("64"), "\(refusal)")
        #expect(registry.now.requests.count < 64, "\(registry.now.requests.count) requests of 501")
    }

    @Test func `may announce sizes that nobody has`() async throws {
        let layers = ["a", "b", "c"].map { name in
            SampleImage.entry(.init(mediaType: MediaType("application/x"), digest: Digest(of: name.utf8), size: .max))
        }
        let manifest = #"""
            {"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest.text)","config":\#(SampleImage.entry(SampleImage.describe("{}", as: .ociConfiguration))),"layers":[\#(layers.joined(separator: ","))]}
            """#
        var contents = ScriptedRegistry.Contents()
        contents.documents[Digest(of: manifest.utf8)] = try StoredDocument(parsing: Array(manifest.utf8), as: .ociManifest)
        contents.blobs[Digest(of: "{}".utf8)] = Array("{}".utf8)
        let registry = try ScriptedRegistry(contents) { request, _ in
            guard request.field("range") != nil else { return nil }
            let last = Int64.max - 1
            return .answer(206, ["Content-Range": "bytes \(last)-\(last)/\(Int64.max)"], body: [0])
        }
        let (client, transport) = try client(registry)
        let seen = Recorder<CopyProgress>()
        let report = try await ImageCopy(from: client, repository, to: client, repository) { seen.add($0) }
            .run(Digest(of: manifest.utf8))
        await transport.close()
        #expect(report.present == 4)
        #expect(seen.all.allSatisfy { $0.allBytes >= 0 })
    }

    @Test func `that lets a blob drip is not waited for without end`() async throws {
        let server = try RawServer { connection in
            _ = connection.readHead()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
            for _ in 0..<100 {
                connection.send("x")
                usleep(200_000)
            }
        }
        let transport = try RegistryTransport(limits: FaultWorld.limits)
        let client = RegistryClient(
            address: try #require(RegistryAddress(server.endpoint.description)), transport: transport, limits: FaultWorld.limits,
            now: Wall.now)
        let blob = Descriptor(mediaType: MediaType("application/x"), digest: Digest(of: "x".utf8), size: 100)
        let clock = ContinuousClock()
        let began = clock.now
        await #expect(throws: RegistryError.noAnswer(.late(FaultWorld.limits.answer))) {
            try await client.prove(blob, in: repository)
        }
        #expect(clock.now - began < .seconds(10), "all of it would take 20 s")
        await transport.close()
    }

    @Test func `is told a name and password without asking for them each time`() async throws {
        let (clock, scratch) = (HandClock(), try Scratch())
        let registry = try ScriptedRegistry(FaultWorld.contents) { request, _ in
            if request.field("authorization") != nil { return nil }
            return .error(401, "UNAUTHORIZED", "who are you", ["Www-Authenticate": "Basic realm=\"x\""])
        }
        let (client, transport) = try client(
            registry, try SecretFiles(in: scratch, name: "alice", password: "s3cret").source, now: { clock.now })
        _ = try await client.tagList(in: repository)
        try scratch.remove("secrets/password")
        _ = try await client.tagList(in: repository)
        clock.pass(.seconds(61))
        await #expect(throws: RegistryError.self) { _ = try await client.tagList(in: repository) }
        await transport.close()
    }
}
