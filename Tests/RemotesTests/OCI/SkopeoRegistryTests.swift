import PromotionCore
import Remotes
import Testing

/// Another client of the same registry: what it fills is read back equal here, and the other way round.
@Suite(.enabled(if: RealRegistry.isInstalled && Skopeo.isInstalled, "docker-registry and skopeo are wanted: make setup"))
struct `Skopeo and a distribution registry` {
    @Test(arguments: [SampleImage.single("one", revision: "c0ffee"), .multi("many", revision: "c0ffee")])
    func `reads back equal what skopeo filled`(image: SampleImage) async throws {
        let (layout, registry) = (try SampleLayout(), try await RealRegistry())
        try layout.push(image, tags: ["v1.0.0-rc.1"])
        try Skopeo.run(
            "copy", "--all", "--preserve-digests", "--dest-tls-verify=false", "oci:\(layout.path):v1.0.0-rc.1",
            registry.skopeoName("v1.0.0-rc.1"))
        let asked = registry.open()
        _ = try await asked.resolve(try Tag("v1.0.0-rc.1"), in: registry.repository)
        let here = try await asked.release(image.top.digest, in: registry.repository)
        #expect(here == (try await layout.open().release(image.top.digest, in: layout.repository)))
        #expect(here?.revision == "c0ffee")
        let (there, kept) = (registry.open(), layout.open())
        #expect(
            Set(try await there.tags(in: registry.repository).named.keys)
                == Set(try await kept.tags(in: layout.repository).named.keys))
        for blob in image.blobs {
            let digest = Digest(of: blob)
            let isDocument = (try? StoredDocument(parsing: blob))?.links != nil
            let found =
                isDocument
                ? try await registry.open().document(digest, in: registry.repository)?.bytes
                : try await registry.open().blob(digest, limit: 10_000, in: registry.repository)
            #expect(found == blob)
        }
    }

    @Test(arguments: [(SampleImage.single("one"), MediaType.dockerManifest), (.plainMulti("many"), .dockerList)])
    func `what skopeo turned into Docker's own formats is read, proven and moved byte for byte`(
        image: SampleImage, type: MediaType
    ) async throws {
        let (layout, registry) = (try SampleLayout(), try await RealRegistry())
        try layout.push(image, tags: ["v1.0.0-rc.1"])
        try Skopeo.run(
            "copy", "--all", "--format", "v2s2", "--dest-tls-verify=false", "oci:\(layout.path):v1.0.0-rc.1",
            registry.skopeoName("v1.0.0-rc.1"))
        let raw = try Skopeo.run("inspect", "--raw", "--tls-verify=false", registry.skopeoName("v1.0.0-rc.1"))
        let (digest, port) = (Digest(of: raw), registry.registry())
        #expect(try await port.document(digest, in: registry.repository)?.mediaType == type)
        #expect(try await port.resolve(Tag("v1.0.0-rc.1"), in: registry.repository) == digest)
        let configured = try await port.configuration(
            of: digest, for: Platform(system: "linux", architecture: "amd64"), in: registry.repository)
        #expect(configured.user == "app")
        #expect(try await port.move(Tag("prod"), in: registry.repository, from: nil, to: digest, under: Fence(1)) == .moved)
        #expect(try Skopeo.run("inspect", "--raw", "--tls-verify=false", registry.skopeoName("prod")) == raw)
    }

    @Test(arguments: [RealRegistry.plain, .init(isEncrypted: true, needsPassword: true)])
    func `skopeo pulls what was stored and moved here`(manner: RealRegistry.Manner) async throws {
        let (registry, layout) = (try await RealRegistry(manner), try SampleLayout())
        let image = SampleImage.multi("many")
        let port = registry.registry()
        for blob in image.blobs where (try? StoredDocument(parsing: blob))?.links == nil {
            try await port.upload(blob, in: registry.repository)
        }
        for blob in image.blobs {
            guard let document = try? StoredDocument(parsing: blob), document.links != nil else { continue }
            try await port.put(document, as: nil, in: registry.repository, under: Fence(1))
        }
        let moved = try await port.move(Tag("prod"), in: registry.repository, from: nil, to: image.top.digest, under: Fence(1))
        #expect(moved == .moved)
        var options = ["--src-tls-verify=false", "--src-creds", "baton:hunter2"]
        if !manner.needsPassword { options.removeLast(2) }
        try Skopeo.run(
            ["copy", "--all", "--preserve-digests"] + options + [registry.skopeoName("prod"), "oci:\(layout.path):prod"])
        #expect(try await layout.open().tags(in: layout.repository).known == [try Tag("prod"): image.top.digest])
    }

    @Test func `a move that skopeo made is a conflict, and nothing is changed`() async throws {
        let registry = try await RealRegistry()
        let (one, two) = (SampleImage.single("one"), SampleImage.single("two"))
        try await registry.push(one, tags: ["prod", "v1.0.0"])
        try await registry.push(two, tags: ["v1.1.0-rc.1"])
        try Skopeo.run(
            "copy", "--src-tls-verify=false", "--dest-tls-verify=false", registry.skopeoName("v1.1.0-rc.1"),
            registry.skopeoName("prod"))
        let outcome = try await registry.registry().move(
            Tag("prod"), in: registry.repository, from: one.top.digest, to: one.top.digest, under: Fence(1))
        #expect(outcome == .conflict(observed: two.top.digest))
    }

    @Test func `a move costs two round trips to change the tag and one to prove it`() async throws {
        let registry = try await RealRegistry()
        let images = [SampleImage.multi("one"), SampleImage.multi("two")]
        try await registry.push(images[0], tags: ["prod"])
        try await registry.push(images[1], tags: ["v1.1.0-rc.1"])
        let client = registry.client()
        let port = DistributionRegistry(client: client, state: "\(registry.scratch.path)/state")
        for image in images { _ = try await port.release(image.top.digest, in: registry.repository) }
        var current = images[0].top.digest
        for turn in 1...4 {
            let next = images[turn % 2].top.digest
            let before = client.requests
            #expect(try await port.move(Tag("prod"), in: registry.repository, from: current, to: next, under: Fence(1)) == .moved)
            // HEAD of the tag, PUT, GET of the tag: the bytes are held, and every platform was proven at the preparation.
            #expect(client.requests - before == 3)
            current = next
        }
    }

    @Test func `watching a tag that does not move is answered without a body`() async throws {
        let registry = try await RealRegistry()
        let image = SampleImage.single("one")
        try await registry.push(image, tags: ["prod"])
        let client = registry.client()
        let port = DistributionRegistry(client: client, state: "\(registry.scratch.path)/state")
        let prod = try Tag("prod")
        for _ in 1...3 { #expect(try await port.resolve(prod, in: registry.repository) == image.top.digest) }
        #expect(client.requests == 3)
        let other = SampleImage.single("two")
        try await registry.push(other, tags: ["prod"])
        #expect(try await port.resolve(prod, in: registry.repository) == other.top.digest)
    }
}
