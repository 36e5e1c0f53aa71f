import PromotionCore
import Remotes
import Testing

/// What the copier of one environment does, between real registries.
@Suite(.enabled(if: RealRegistry.isInstalled, "docker-registry is not installed: make setup"))
struct `Bringing an image to the home of an environment` {
    private let image = SampleImage.multi("many", revision: "c0ffee").withLayer(bytes: 200_000)
    private let candidate = "v1.0.0-rc.1"
    private static let prod: EnvironmentName = .literal("prod")

    private func copier(
        from: RealRegistry, to: RealRegistry, _ repository: String? = nil
    ) throws -> (copier: RegistryCopier, registry: DistributionRegistry, name: RepositoryName) {
        let name = try repository.map { try RepositoryName($0) } ?? to.repository
        let destination = to.registry()
        destination.expect(name)
        let copier = RegistryCopier(from: from.registry(), from.repository, to: destination, name, for: Self.prod)
        return (copier, destination, name)
    }

    private func copy(_ copier: RegistryCopier, fence: Int64 = 1) async throws -> CopyReport {
        try await copier.copy(image.top.digest, knownAs: candidate.asTag, under: Fence(fence)) { _ in }
    }

    /// A small artifact about an image, as its source holds it.
    private func attach(
        _ text: String, to subject: Descriptor, at registry: RealRegistry, as tag: Tag? = nil, note: String? = nil
    ) async throws -> Digest {
        let layer = SampleImage.describe(text, as: MediaType("text/plain"))
        let empty = SampleImage.describe("{}", as: .empty)
        let about = tag == nil ? #","subject":\#(SampleImage.entry(subject))"# : ""
        let manifest = #"""
            {"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest.text)","artifactType":"application/vnd.test.paper","config":\#(SampleImage.entry(empty)),"layers":[\#(SampleImage.entry(layer, name: note))]\#(about)}
            """#
        let store = registry.registry()
        for blob in ["{}", text] { try await store.upload(Array(blob.utf8), in: registry.repository) }
        let document = StoredDocument(mediaType: .ociManifest, bytes: Array(manifest.utf8))
        try await store.put(document, as: tag, in: registry.repository, under: Fence(1))
        return document.digest
    }

    @Test func `within a registry blobs are mounted, and what refers to the image comes along`() async throws {
        let registry = try await RealRegistry()
        try await registry.push(image, tags: [candidate])
        let signature = try Tag("sha256-\(image.top.digest.hex).sig")
        let signed = try await attach("signature", to: image.top, at: registry, as: signature)
        let paper = try await attach("passport", to: image.top, at: registry)
        let (copier, destination, name) = try copier(from: registry, to: registry, "prod/payments")
        #expect(try await destination.resolve(Tag("prod"), in: name) == nil, "a repository that is not there yet is empty")

        let report = try await copy(copier)
        #expect(report.streamed == 0 && report.bytes == 0 && report.mounted > 3, "\(report)")
        #expect(report.referrers == 2 && report.left.isEmpty)
        #expect(try await destination.release(image.top.digest, in: name)?.digests.top == image.top.digest)
        #expect(try await destination.resolve(signature, in: name) == signed)
        #expect(try await destination.referrers(to: image.top.digest, in: name).map(\.digest) == [paper])
        #expect(try await destination.resolve(Tag(candidate), in: name) == image.top.digest)

        let again = try await copy(copier)
        #expect(again.mounted == 0 && again.streamed == 0 && again.present == report.mounted, "\(again)")
        #expect(try await destination.referrers(to: image.top.digest, in: name).count == 1)
    }

    @Test func `between registries blobs are streamed, and skopeo reads the same bytes`() async throws {
        let (from, to) = (
            try await RealRegistry(), try await RealRegistry(.init(needsPassword: true), repository: "prod/payments")
        )
        try await from.push(image, tags: [candidate])
        let paper = try await attach("passport", to: image.top, at: from)
        let (copier, destination, name) = try copier(from: from, to: to)
        let seen = Recorder<CopyProgress>()
        let report = try await copier.copy(image.top.digest, knownAs: candidate.asTag, under: Fence(1)) { seen.add($0) }
        #expect(report.streamed > 3 && report.mounted == 0 && report.bytes > 200_000)
        let last = try #require(seen.all.last)
        #expect(last.blobs == last.allBlobs && last.bytes == last.allBytes && last.bytes == report.bytes)
        #expect(try await destination.referrers(to: image.top.digest, in: name).map(\.digest) == [paper])
        let raw = try Skopeo.run("inspect", "--raw", "--tls-verify=false", "--creds", "baton:hunter2", to.skopeoName(candidate))
        #expect(Digest(of: raw) == image.top.digest)
    }

    @Test func `what is there already is not moved again, as after a copy that was cut off`() async throws {
        let (from, to) = (try await RealRegistry(), try await RealRegistry())
        try await from.push(image, tags: [candidate])
        let large = try #require(image.blobs.max { $0.count < $1.count })
        try await to.registry().upload(large, in: to.repository)
        let report = try await copy(try copier(from: from, to: to).copier)
        #expect(report.present == 1 && report.bytes < 200_000, "\(report)")
    }

    @Test func `a blob that the destination only claims to have is found out`() async throws {
        let (from, to) = (try await RealRegistry(), try await RealRegistry())
        try await from.push(image, tags: [candidate])
        let large = try #require(image.blobs.max { $0.count < $1.count })
        try await to.registry().upload(large, in: to.repository)
        try to.scratch.write([], to: RealRegistry.file(of: Digest(of: large)))
        let (copier, destination, name) = try copier(from: from, to: to)
        let refusal = try await fault { _ = try await copy(copier) }
        #expect(refusal.reason.text.contains(Digest(of: large).description), "\(refusal)")
        #expect(try await destination.resolve(Tag(candidate), in: name) == nil)
    }

    @Test func `an old fence changes nothing`() async throws {
        let registry = try await RealRegistry()
        try await registry.push(image, tags: [candidate])
        let (copier, destination, name) = try copier(from: registry, to: registry, "prod/payments")
        let staging = RegistryCopier(
            from: registry.registry(), registry.repository, to: destination, name, for: .literal("staging"))
        _ = try await copy(copier, fence: 5)
        let refusal = try await fault { _ = try await copy(copier, fence: 4) }
        #expect(refusal.kind == .refused && refusal.reason.text.contains("fence 4 is stale"), "\(refusal)")
        _ = try await copy(staging, fence: 1)
    }

    @Test func `a name that means another image there is left alone, and told`() async throws {
        let registry = try await RealRegistry()
        try await registry.push(image, tags: [candidate])
        let other = SampleImage.multi("other")
        let destination = try await RealRegistry()
        try await destination.push(other, tags: [candidate])
        let (copier, there, name) = try copier(from: registry, to: destination)
        let report = try await copy(copier)
        #expect(report.left.map(\.text).contains { $0.contains(candidate) && $0.contains("never moved") }, "\(report)")
        #expect(try await there.resolve(Tag(candidate), in: name) == other.top.digest)
    }

    @Test func `signatures that were made at the destination stay`() async throws {
        let (from, to) = (try await RealRegistry(), try await RealRegistry())
        try await from.push(image, tags: [candidate])
        let tag = try Tag("sha256-\(image.top.digest.hex).sig")
        _ = try await attach("of the source", to: image.top, at: from, as: tag)
        let own = try await attach("of the destination", to: image.top, at: to, as: tag)
        let (copier, destination, name) = try copier(from: from, to: to)
        let report = try await copy(copier)
        #expect(report.left.count == 1 && report.referrers == 0, "\(report)")
        #expect(try await destination.resolve(tag, in: name) == own)
    }

    @Test func `signatures of the destination over the same payload stay too`() async throws {
        let (from, to) = (try await RealRegistry(), try await RealRegistry())
        try await from.push(image, tags: [candidate])
        let tag = try Tag("sha256-\(image.top.digest.hex).sig")
        _ = try await attach("payload", to: image.top, at: from, as: tag, note: "by one")
        let own = try await attach("payload", to: image.top, at: to, as: tag, note: "by another")
        let (copier, destination, name) = try copier(from: from, to: to)
        let report = try await copy(copier)
        #expect(report.left.count == 1, "\(report)")
        #expect(try await destination.resolve(tag, in: name) == own)
    }

    @Test func `a paper that is broken at its source stays there, and the image comes`() async throws {
        let (from, to) = (try await RealRegistry(), try await RealRegistry())
        try await from.push(image, tags: [candidate])
        let paper = try await attach("lost", to: image.top, at: from)
        try from.scratch.remove(RealRegistry.file(of: Digest(of: Array("lost".utf8))))
        let (copier, destination, name) = try copier(from: from, to: to)
        let report = try await copy(copier)
        #expect(report.left.contains { $0.text.contains(paper.short(12)) }, "\(report)")
        #expect(try await destination.release(image.top.digest, in: name) != nil)
        #expect(try await destination.referrers(to: image.top.digest, in: name).isEmpty)
    }

    @Test func `a paper that is whole comes along, whatever is broken beside it`() async throws {
        let (from, to) = (try await RealRegistry(), try await RealRegistry())
        let image = SampleImage.plainMulti("plain")
        try await from.push(image, tags: [candidate])
        for number in 1...4 {
            _ = try await attach("lost \(number)", to: image.top, at: from)
            try from.scratch.remove(RealRegistry.file(of: Digest(of: Array("lost \(number)".utf8))))
        }
        let whole = try await attach("whole", to: image.top, at: from)
        let (copier, destination, name) = try copier(from: from, to: to)
        let report = try await copier.copy(image.top.digest, knownAs: candidate.asTag, under: Fence(1)) { _ in }
        #expect(report.left.count == 4 && report.referrers == 1, "\(report)")
        #expect(try await destination.referrers(to: image.top.digest, in: name).map(\.digest) == [whole])
        #expect(try await destination.blob(Digest(of: "{}".utf8), limit: 100, in: name) == Array("{}".utf8))
    }
}

extension String {
    fileprivate var asTag: Tag? { try? Tag(self) }
}
