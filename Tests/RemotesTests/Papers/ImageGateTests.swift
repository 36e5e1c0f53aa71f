import PromotionCore
import PromotionRunner
import Remotes
import Testing

/// The rules about an image, asked of a registry once more before anything changes.
@Suite struct `The gate before a change` {
    private static let here = Platform(system: "linux", architecture: "amd64")

    private static func gate(_ desk: PaperDesk, _ port: DistributionRegistry, _ rules: ImageRules) -> ImageGate {
        ImageGate(rules: rules, platform: here, reader: PaperReader(store: port, repository: desk.repository))
    }

    @Test func `asks nothing where no rule does, and names the key where one does`() async throws {
        let registry = try await RealRegistry()
        let desk = try PaperDesk()
        try await registry.push(desk.image, tags: ["v1.1.0-rc.1"])
        let port = registry.registry()
        #expect(try await Self.gate(desk, port, .none).prove(desk.digest) == nil)
        let rules = ImageRules(papers: [desk.signature], user: .notRoot)
        let refusal = try await fault(of: { _ = try await Self.gate(desk, port, rules).prove(desk.digest) })
        #expect(refusal.kind == .refused && refusal.reason.text.contains("has no signature"))
        try await Self.sign(desk, in: port)
        let seen = try #require(try await Self.gate(desk, port, rules).prove(desk.digest))
        #expect(seen.text.contains("signature by release (") && seen.text.contains("runs as app"))
    }

    @Test func `sees that a signature was withdrawn after the plan`() async throws {
        let registry = try await RealRegistry()
        let desk = try PaperDesk()
        try await registry.push(desk.image, tags: ["v1.1.0-rc.1"])
        let port = registry.registry()
        let signature = try await Self.sign(desk, in: port)
        let gate = Self.gate(desk, port, ImageRules(papers: [desk.signature]))
        #expect(try await gate.prove(desk.digest) != nil)
        #expect(try await port.delete(signature, in: desk.repository, under: Fence(1)) == .deleted)
        let refusal = try await fault(of: { _ = try await gate.prove(desk.digest) })
        #expect(refusal.reason.text.contains("has no signature"))
    }

    @Test func `refuses where the registry cannot be asked at all`() async throws {
        let desk = try PaperDesk()
        let gate = ImageGate(rules: ImageRules(papers: [desk.signature]), platform: Self.here, reader: nil)
        let refusal = try await fault(of: { _ = try await gate.prove(desk.digest) })
        #expect(refusal.reason == "signatures and image policy cannot be asked of this registry")
    }

    /// Stores a signature of the image as cosign does.
    @discardableResult
    private static func sign(_ desk: PaperDesk, in port: DistributionRegistry) async throws -> Digest {
        var contents = ScriptedRegistry.Contents()
        let document = try contents.file([desk.signed(by: desk.release)])
        for blob in contents.blobs.values { try await port.upload(blob, in: desk.repository) }
        try await port.put(document, as: Tag(desk.signatures), in: desk.repository, under: Fence(1))
        return document.digest
    }

    // MARK: What an image is made of

    /// Whether a request is for the configuration of the image's first platform.
    private static func asksConfiguration(_ request: ScriptedRegistry.Request, _ desk: PaperDesk) -> Bool {
        FaultWorld.asks(request, for: Digest(of: desk.image.blobs[0]))
    }

    static let lies: [PaperCase] = [
        .init("an image that is gone", says: "is missing in shop/payments, or is no image", { _, _ in }) { desk, request in
            FaultWorld.asks(request, for: desk.digest) ? .error(404, "MANIFEST_UNKNOWN") : nil
        },
        .init("a configuration that is gone", says: "refused: the configuration of", { _, _ in }) { desk, request in
            asksConfiguration(request, desk) ? .error(404, "BLOB_UNKNOWN") : nil
        },
        .init("a configuration with other bytes", says: "they were dropped", { _, _ in }) { desk, request in
            asksConfiguration(request, desk) ? .answer(200, body: Array("{}".utf8)) : nil
        },
        .init("a registry that is away", says: "broke: ", { _, _ in }) { _, _ in .reset },
    ]

    @Test(arguments: lies)
    func `an image that cannot be read to the end is refused with the reason`(row: PaperCase) async throws {
        let desk = try PaperDesk()
        let said = try await `What hangs on an image`.read(desk, desk.contents, { request, _ in row.lie(desk, request) }) {
            "\(try await $0.contents(of: desk.digest, for: Self.here).configuration.user)"
        }
        #expect(said.contains(row.says), "\(said)")
    }

    @Test func `the platform that is asked for is read, and one that is not offered refused`() async throws {
        let desk = try PaperDesk()
        let said = try await `What hangs on an image`.read(desk, desk.contents, { _, _ in nil }) { reader in
            let read = try await reader.contents(of: desk.digest, for: Self.here)
            #expect(read.platform == Self.here && read.configuration.user == "app")
            // The annotation of the index stands above the labels of the platform.
            #expect(read.word("org.opencontainers.image.revision") == "c0ffee")
            return "\(try await reader.contents(of: desk.digest, for: Platform(system: "windows", architecture: "amd64")).size)"
        }
        #expect(said.contains("does not offer windows/amd64"))
    }

    @Test func `indexes within indexes are followed four deep and no deeper`() async throws {
        let desk = try PaperDesk()
        var contents = desk.contents
        var top = SampleImage.single("deep").top
        contents.push(.single("deep"), tags: [])
        var tops: [Digest] = []
        for _ in 1...4 {
            let text =
                #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[\#(SampleImage.entry(top, platform: "linux/amd64"))]}"#
            let document = try StoredDocument(parsing: Array(text.utf8))
            contents.documents[document.digest] = document
            top = document.descriptor
            tops.append(top.digest)
        }
        let said = try await `What hangs on an image`.read(desk, contents, { _, _ in nil }) { reader in
            #expect(try await reader.contents(of: tops[2], for: Self.here).configuration.user == "app")
            return "\(try await reader.contents(of: tops[3], for: Self.here).size)"
        }
        #expect(said.contains("nests deeper than 4 documents"))
    }
}
