import PromotionCore
import Remotes

/// An image, two keys, and the papers that they make: what a registry is filled with before a script makes it lie.
struct PaperDesk {
    let image = SampleImage.multi("many", revision: "c0ffee")
    let other = SampleImage.single("other")
    let release: PassportKey
    let stranger: PassportKey
    let repository: RepositoryName
    private let scratch: Scratch

    static let tests: SafeText = "https://in-toto.io/attestation/test-result/v0.1"

    init() throws {
        scratch = try Scratch()
        repository = try RepositoryName("shop/payments")
        release = try PassportKey.generate(at: "\(scratch.path)/release")
        stranger = try PassportKey.generate(at: "\(scratch.path)/stranger")
    }

    var digest: Digest { image.top.digest }
    var trusted: TrustedKey { TrustedKey(name: "release", key: release.publicKey) }
    var signature: PaperRule { PaperRule(kind: .signature, keys: [trusted], threshold: 1) }
    var attestation: PaperRule { PaperRule(kind: .attestation(predicateType: Self.tests), keys: [trusted], threshold: 1) }

    var contents: ScriptedRegistry.Contents {
        var contents = ScriptedRegistry.Contents()
        contents.push(image, tags: ["v1.1.0-rc.1"])
        contents.push(other, tags: ["prod"])
        return contents
    }

    /// What a passport says of a promotion.
    func record() throws -> PromotionRecord {
        let digest = other.top.digest
        return try CanonicalJSON.decode(
            PromotionRecord.self,
            from: Array(
                """
                {"service":"payments","repository":"shop/payments","environment":"prod","slot":"green","from":"staging",
                "replaced":"\(digest)","promotion":7,"plan":"\(digest)","checks":[{"name":"health","title":"GET /health"}],
                "evidence":["staging: 3 of 3 by promotion 5"],"actor":"ann","ledger":{"sequence":41,"hash":"\(digest)"},
                "startedAt":"2026-11-24T09:00:00Z","finishedAt":"2026-11-24T09:01:00Z"}
                """.utf8))
    }

    /// The tags that cosign keeps its papers of the image under.
    var signatures: String { "sha256-\(digest.hex).sig" }
    var attestations: String { "sha256-\(digest.hex).att" }
    /// The tag that lists the image's referrers.
    var list: String { "sha256-\(digest.hex)" }

    /// One layer of a paper's manifest.
    struct Layer {
        let type: MediaType
        let bytes: [UInt8]
        var annotations: [String: String] = [:]
        /// What the manifest says of its size; nil for the truth.
        var size: Int?
    }

    /// A signature in cosign's tag form.
    func signed(by key: PassportKey, of digest: Digest? = nil) throws -> Layer {
        let payload = Array(
            #"{"critical":{"identity":{"docker-reference":"x"},"image":{"docker-manifest-digest":"\#(digest ?? self.digest)"},"type":"cosign container image signature"}}"#
                .utf8)
        return Layer(
            type: Paper.simpleSigning, bytes: payload,
            annotations: ["dev.cosignproject.cosign/signature": Base64.encode(try key.sign(payload))])
    }

    /// Test results in a signed statement.
    func attested(by key: PassportKey, failed: [String] = [], of digest: Digest? = nil) throws -> Layer {
        let failures = failed.map { "\"\($0)\"" }.joined(separator: ",")
        let predicate = try JSONParser.parse(
            Array(
                #"{"result":"\#(failed.isEmpty ? "PASSED" : "FAILED")","passedTests":["unit"],"failedTests":[\#(failures)]}"#.utf8
            ))
        let statement = Statement(
            subjects: [digest ?? self.digest], predicateType: Self.tests.text, predicate: predicate)
        let unsigned = Envelope(
            payloadType: Statement.payloadType, payload: statement.payload(naming: "image"), signatures: [])
        let envelope = Envelope(
            payloadType: unsigned.payloadType, payload: unsigned.payload, signatures: [try key.sign(unsigned.authenticated)])
        return Layer(type: Envelope.mediaType, bytes: envelope.bytes(keyID: key.publicKey.fingerprint))
    }
}

extension ScriptedRegistry.Contents {
    /// Files a manifest over these layers.
    /// - Parameters:
    ///   - tag: what names it; nil for nothing.
    ///   - subject: what it refers to; nil for nothing.
    @discardableResult
    mutating func file(
        _ layers: [PaperDesk.Layer], under tag: String? = nil, subject: Descriptor? = nil, type: MediaType? = nil
    ) throws -> StoredDocument {
        let listed = layers.map { layer in
            JSONValue.object([
                .init("mediaType", .string(layer.type.text)), .init("digest", .string("\(Digest(of: layer.bytes))")),
                .init("size", .number("\(layer.size ?? layer.bytes.count)")),
                .init("annotations", .object(layer.annotations.map { .init($0.key, .string($0.value)) })),
            ])
        }
        let configuration = #"{"mediaType":"application/vnd.oci.empty.v1+json","digest":"\#(Digest(of: "{}".utf8))","size":2}"#
        var members: [JSONValue.Member] = [
            .init("schemaVersion", .number("2")), .init("mediaType", .string(MediaType.ociManifest.text)),
            .init("config", try JSONParser.parse(Array(configuration.utf8))), .init("layers", .array(listed)),
        ]
        if let type { members.append(.init("artifactType", .string(type.text))) }
        if let subject {
            members.append(.init("subject", try JSONParser.parse(Array(SampleImage.entry(subject).utf8))))
        }
        let document = try StoredDocument(parsing: JSONValue.object(members).bytes)
        documents[document.digest] = document
        for layer in layers { blobs[Digest(of: layer.bytes)] = layer.bytes }
        blobs[Digest(of: "{}".utf8)] = Array("{}".utf8)
        if let tag { tags[tag] = document.digest }
        return document
    }

    /// Files an index that lists documents under a tag, as a registry without the referrers API needs it.
    mutating func list(_ referrers: [StoredDocument], under tag: String) throws {
        let index = referrers.reduce(ReferrerIndex()) { $0.adding($1) }.stored
        documents[index.digest] = index
        tags[tag] = index.digest
    }
}
