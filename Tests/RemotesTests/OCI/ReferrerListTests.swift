import PromotionCore
import PromotionRunner
import Remotes
import Testing

/// What is believed of a registry that lists referrers, or does not, and of lists that others write too.
@Suite struct `Lists of referrers` {
    private static let subject = FaultWorld.new.top

    /// A small document about an image.
    private static func about(_ name: String) throws -> StoredDocument {
        let empty = SampleImage.entry(SampleImage.describe("{}", as: .empty))
        let text = #"""
            {"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest.text)","artifactType":"application/x","config":\#(empty),"layers":[],"subject":\#(SampleImage.entry(subject)),"annotations":{"name":"\#(name)"}}
            """#
        return try StoredDocument(parsing: Array(text.utf8), as: .ociManifest)
    }

    private static func list(_ documents: [StoredDocument]) throws -> StoredDocument {
        let entries = documents.map { SampleImage.entry($0.descriptor) }.joined(separator: ",")
        let text = #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[\#(entries)]}"#
        return try StoredDocument(parsing: Array(text.utf8), as: .ociIndex)
    }

    private func port(
        _ registry: ScriptedRegistry, _ scratch: Scratch, now: @escaping @Sendable () -> Timestamp
    ) throws -> (DistributionRegistry, RegistryTransport) {
        let transport = try RegistryTransport(limits: FaultWorld.limits)
        let client = RegistryClient(
            address: try #require(registry.address), transport: transport, limits: FaultWorld.limits, now: now)
        return (DistributionRegistry(client: client, state: scratch.path), transport)
    }

    @Test func `that are not there once are asked for again, and ones that were there are missed`() async throws {
        let times = Recorder<Timestamp>()
        times.add(Timestamp(millisecondsSinceEpoch: 1_000_000))
        let has = Recorder<Bool>()
        let paper = try Self.about("paper")
        var contents = FaultWorld.contents
        contents.documents[paper.digest] = paper
        let list = try Self.list([paper])
        let registry = try ScriptedRegistry(contents) { request, _ in
            guard request.rest.hasPrefix("referrers/"), has.all.last == true else { return nil }
            return .answer(200, ["Content-Type": MediaType.ociIndex.text], body: list.bytes)
        }
        let scratch = try Scratch()
        let (port, transport) = try port(registry, scratch) { times.all.last ?? Timestamp(millisecondsSinceEpoch: 0) }
        let name = try RepositoryName("shop/payments")
        func found() async throws(Fault) -> Int { try await port.referrers(to: Self.subject.digest, in: name).count }
        #expect(try await found() == 0)
        has.add(true)
        #expect(try await found() == 0, "it was found a moment ago that there is no such list")
        times.add(Timestamp(millisecondsSinceEpoch: 1_000_000 + 11 * 60_000))
        #expect(try await found() == 1)
        has.add(false)
        let refusal = try await fault { _ = try await found() }
        #expect(refusal.reason.text.contains("listed referrers before"), "\(refusal)")
        await transport.close()
    }

    @Test func `keep what somebody else added while a token was asked for`() async throws {
        let times = Recorder<Timestamp>()
        times.add(Timestamp(millisecondsSinceEpoch: 1_000_000))
        let (own, other) = (try Self.about("own"), try Self.about("of somebody else"))
        let list = try Self.list([other])
        let tag = "sha256-\(Self.subject.digest.hex)"
        let (refused, intruded) = (Recorder<Bool>(), Recorder<Bool>())
        let registry = try ScriptedRegistry(FaultWorld.contents) { request, contents in
            if request.path.hasPrefix("/token") {
                if !refused.all.isEmpty, intruded.all.isEmpty {
                    intruded.add(true)
                    times.add(Timestamp(millisecondsSinceEpoch: 1_005_000))
                    for document in [other, list] { contents.documents[document.digest] = document }
                    contents.tags[tag] = list.digest
                }
                return .json(200, #"{"token":"t\#(refused.all.count)"}"#)
            }
            let isList = request.rest == "manifests/\(tag)" && refused.all.isEmpty
            guard request.method == "PUT", request.field("authorization") == nil || isList else { return nil }
            if isList { refused.add(true) }
            let realm = "http://127.0.0.1:\(request.port)/token"
            return .error(401, "UNAUTHORIZED", "who are you", ["Www-Authenticate": #"Bearer realm="\#(realm)""#])
        }
        let scratch = try Scratch()
        let (port, transport) = try port(registry, scratch) { times.all.last ?? Timestamp(millisecondsSinceEpoch: 0) }
        let name = try RepositoryName("shop/payments")
        try await port.put(own, as: nil, in: name, under: Fence(1))
        let found = try await port.referrers(to: Self.subject.digest, in: name).map(\.digest)
        await transport.close()
        #expect(Set(found) == [own.digest, other.digest] && !intruded.all.isEmpty)
    }

    @Test func `that are indexes and cannot be read are no empty lists`() async throws {
        let text = #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[{"digest":"sha256:1"}]}"#
        let broken = StoredDocument(mediaType: .ociIndex, bytes: Array(text.utf8))
        let tag = "sha256-\(Self.subject.digest.hex)"
        let registry = try ScriptedRegistry(FaultWorld.contents) { request, _ in
            if request.rest.hasPrefix("referrers/") { return .error(404, "UNSUPPORTED") }
            guard request.rest == "manifests/\(tag)" else { return nil }
            return .answer(200, ["Content-Type": MediaType.ociIndex.text], body: broken.bytes)
        }
        let scratch = try Scratch()
        let (port, transport) = try port(registry, scratch, now: Wall.now)
        let name = try RepositoryName("shop/payments")
        let refusal = try await fault { _ = try await port.referrers(to: Self.subject.digest, in: name) }
        await transport.close()
        #expect(refusal.kind == .refused && refusal.reason.text.contains(tag), "\(refusal)")
    }

    @Test func `may hold something that cannot be read, and the rest counts`() async throws {
        let paper = try Self.about("paper")
        let twice = Array(#"{"schemaVersion":2,"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest.text)"}"#.utf8)
        let broken = StoredDocument(mediaType: .ociManifest, bytes: twice)
        var contents = FaultWorld.contents
        for document in [paper, broken] { contents.documents[document.digest] = document }
        let list = try Self.list([broken, paper])
        let registry = try ScriptedRegistry(contents) { request, _ in
            guard request.rest.hasPrefix("referrers/") else { return nil }
            return .answer(200, ["Content-Type": MediaType.ociIndex.text], body: list.bytes)
        }
        let scratch = try Scratch()
        let (port, transport) = try port(registry, scratch, now: Wall.now)
        let name = try RepositoryName("shop/payments")
        let found = try await port.referrers(to: Self.subject.digest, in: name)
        let papers = try await PaperReader(store: port, repository: name).papers(on: Self.subject.digest)
        await transport.close()
        #expect(found.map(\.digest) == [broken.digest, paper.digest] && found[0].links == nil)
        #expect(papers.list.contains { if case .unknown = $0.form { true } else { false } })
    }
}
