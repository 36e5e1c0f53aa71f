import PromotionCore
import Remotes
import Synchronization
import Testing

/// Promotion into another repository or registry.
@Suite(.enabled(if: RealRegistry.isInstalled, "docker-registry is not installed: make setup"))
struct `A copy of an image` {
    private let image = SampleImage.multi("many", revision: "c0ffee").withLayer(bytes: 3_000_000)

    @Test func `into another registry streams every blob, and skopeo reads it there`() async throws {
        let (from, to) = (
            try await RealRegistry(), try await RealRegistry(.init(needsPassword: true), repository: "prod/payments")
        )
        try await from.push(image, tags: ["v1.0.0-rc.1"])
        let seen = Recorder<CopyProgress>()
        try await ImageCopy(from: from.client(), from.repository, to: to.client(), to.repository) { progress in
            seen.add(progress)
        }.run(image.top.digest)
        let moved = try await to.registry().move(
            Tag("prod"), in: to.repository, from: nil, to: image.top.digest, under: Fence(1))
        #expect(moved == .moved)
        let last = try #require(seen.all.last)
        #expect(last.blobs == last.allBlobs && last.bytes == last.allBytes && last.bytes > 3_000_000)
        #expect(last.mounted == 0)
        #expect(seen.all.count > last.allBlobs, "progress is told while a blob is under way")
        let raw = try Skopeo.run(
            "inspect", "--raw", "--tls-verify=false", "--creds", "baton:hunter2", to.skopeoName("prod"))
        #expect(Digest(of: raw) == image.top.digest)
    }

    @Test func `into another repository of the same registry mounts every blob`() async throws {
        let registry = try await RealRegistry()
        try await registry.push(image, tags: ["v1.0.0-rc.1"])
        let prod = try RepositoryName("prod/payments")
        let seen = Recorder<CopyProgress>()
        try await ImageCopy(from: registry.client(), registry.repository, to: registry.client(), prod) { progress in
            seen.add(progress)
        }.run(image.top.digest)
        let progress = try #require(seen.all.last)
        #expect(progress.mounted == progress.allBlobs && progress.bytes == 0)
        #expect(try await registry.registry().release(image.top.digest, in: prod)?.revision == "c0ffee")
    }

    @Test func `that is damaged on its way in leaves nothing that names it`() async throws {
        let (from, to) = (try await RealRegistry(), try await RealRegistry())
        try await from.push(image, tags: ["v1.0.0-rc.1"])
        let layer = try #require(image.blobs.max { $0.count < $1.count })
        var spoilt = layer
        spoilt[spoilt.count / 2] ^= 1
        try from.scratch.write(spoilt, to: RealRegistry.file(of: Digest(of: layer)))
        let refusal = try await fault(of: {
            try await ImageCopy(from: from.client(), from.repository, to: to.client(), to.repository).run(image.top.digest)
        })
        #expect(refusal.reason.text.contains(Digest(of: layer).description))
        #expect(refusal.reason.text.contains(Digest(of: spoilt).description), "\(refusal)")
        let look = try await fault(of: { _ = try await to.registry().release(image.top.digest, in: to.repository) })
        #expect(look.reason.text.contains("no such repository"), "\(look)")
    }

    @Test func `of something that is not there says so`() async throws {
        let (from, to) = (try await RealRegistry(), try await RealRegistry())
        try await from.push(image, tags: ["v1.0.0-rc.1"])
        let nowhere = Digest(of: "nowhere".utf8)
        let refusal = try await fault(of: {
            try await ImageCopy(from: from.client(), from.repository, to: to.client(), to.repository).run(nowhere)
        })
        #expect(refusal.kind == .refused)
        #expect(refusal.reason.text.contains("\(nowhere) is missing"))
    }
}

/// What was told, in order.
final class Recorder<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    var all: [Value] { values.withLock { $0 } }

    func add(_ value: Value) { values.withLock { $0.append(value) } }
}

extension SampleImage {
    /// The same beside one more image that has a layer, all under one index.
    func withLayer(bytes count: Int) -> SampleImage {
        var generator = SystemRandomNumberGenerator()
        let layer = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let described = Descriptor(
            mediaType: MediaType("application/vnd.oci.image.layer.v1.tar+gzip"), digest: Digest(of: layer), size: Int64(count))
        let configuration = #"{"os":"linux","architecture":"s390x","rootfs":{"type":"layers","diff_ids":[]}}"#
        let manifest = #"""
            {"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest.text)","config":\#(Self.entry(Self.describe(configuration, as: .ociConfiguration))),"layers":[\#(Self.entry(described))]}
            """#
        let children = [Self.entry(top), Self.entry(Self.describe(manifest, as: .ociManifest), platform: "linux/s390x")]
        let index = #"""
            {"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[\#(children.joined(separator: ","))],"annotations":{"org.opencontainers.image.revision":"c0ffee"}}
            """#
        return SampleImage(
            blobs: blobs + [layer, Array(configuration.utf8), Array(manifest.utf8), Array(index.utf8)],
            top: Self.describe(index, as: .ociIndex))
    }
}
