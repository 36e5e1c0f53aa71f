import PromotionCore
import Remotes

/// Images as other tools build them, and things under tags that are none.
extension SampleImage {
    /// What lies next to the platforms of an index.
    struct Extra {
        let type: MediaType
        /// Members of its descriptor, such as a platform.
        let words: String
        let document: String
    }

    private static let empty = describe("{}", as: .empty)

    /// An artifact's manifest, which names nothing but its kind.
    private static func artifact(_ kind: String, configuration: MediaType = .empty) -> String {
        let configuration = Descriptor(mediaType: configuration, digest: empty.digest, size: 2)
        return
            #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest.text)","artifactType":"\#(kind)","config":\#(entry(configuration)),"layers":[]}"#
    }

    /// An index of linux/amd64 and linux/arm64, with more beside them.
    static func index(_ name: String, first: [Extra] = [], last: [Extra] = []) -> SampleImage {
        var blobs: [[UInt8]] = [Array("{}".utf8)]
        func add(_ extra: Extra) -> String {
            let descriptor = describe(extra.document, as: extra.type)
            blobs.append(Array(extra.document.utf8))
            return
                #"{"mediaType":"\#(extra.type.text)","digest":"\#(descriptor.digest)","size":\#(descriptor.size)\#(extra.words)}"#
        }
        var children = first.map(add)
        children += ["linux/amd64", "linux/arm64"].map { entry(addManifest(name, platform: $0, to: &blobs), platform: $0) }
        children += last.map(add)
        return index(of: children, blobs)
    }

    private static func index(of children: [String], _ blobs: [[UInt8]]) -> SampleImage {
        let text =
            #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[\#(children.joined(separator: ","))]}"#
        return SampleImage(blobs: blobs + [Array(text.utf8)], top: describe(text, as: .ociIndex))
    }

    /// `soci convert`: each platform has an index of its layers next to it, with the same platform.
    static let soci = index(
        "soci",
        last: ["amd64", "arm64"].map { architecture in
            Extra(
                type: .ociManifest,
                words:
                    #","artifactType":"application/vnd.amazon.soci.index.v2+json","platform":{"os":"linux","architecture":"\#(architecture)"}"#,
                document: artifact(
                    "soci \(architecture)", configuration: MediaType("application/vnd.amazon.soci.index.v2+json")))
        })

    /// The same where the descriptor does not say what it is, and stands before the image.
    static let bareSoci = index(
        "bare",
        first: [
            Extra(
                type: .ociManifest, words: #","platform":{"os":"linux","architecture":"amd64"}"#,
                document: artifact("soci", configuration: MediaType("application/vnd.amazon.soci.index.v2+json")))
        ])

    /// A bill of materials that was attached with a platform of which nothing, or only a half, is named.
    static func emptyPlatform(system: String) -> SampleImage {
        index(
            "empty\(system)",
            last: [
                Extra(
                    type: .ociManifest, words: #","platform":{"os":"\#(system)","architecture":""}"#,
                    document: artifact("application/spdx+json"))
            ])
    }

    /// BuildKit's attestation as an artifact, without a platform.
    static let attestation = index(
        "attested",
        last: [
            Extra(
                type: .ociManifest,
                words:
                    #","annotations":{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"\#(empty.digest)"}"#,
                document: artifact("application/vnd.docker.attestation.manifest.v1+json"))
        ])

    /// A child of a type that only its maker knows, which the registry holds as a blob.
    static let stranger = index(
        "stranger",
        last: [
            Extra(type: MediaType("application/vnd.example.model.v1"), words: "", document: "no JSON at all")
        ])

    /// Two builds of one platform in one index, as a second compression makes them.
    static let twice: SampleImage = {
        var blobs: [[UInt8]] = []
        let children = ["gzip", "zstd"].map {
            entry(addManifest($0, platform: "linux/amd64", to: &blobs), platform: "linux/amd64")
        }
        return index(of: children, blobs)
    }()

    /// A mirror's index: linux/arm64 is listed, and was left out.
    static let sparse: SampleImage = {
        var (whole, blobs): ([[UInt8]], [[UInt8]]) = ([], [])
        let amd64 = addManifest("sparse", platform: "linux/amd64", to: &blobs)
        let arm64 = addManifest("sparse", platform: "linux/arm64", to: &whole)
        return index(of: [entry(amd64, platform: "linux/amd64"), entry(arm64, platform: "linux/arm64")], blobs)
    }()

    /// An image whose first layer is fetched from its maker's address.
    static let foreign: SampleImage = {
        var image = single("foreign")
        let layer = Descriptor(
            mediaType: MediaType("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"),
            digest: Digest(of: "a layer that only its maker may hand out".utf8), size: 103_153_235)
        let named = String(entry(layer).dropLast()) + #","urls":["https://mcr.example/layer"]}"#
        let text = String(decoding: image.blobs[1], as: UTF8.self).replacing(#""layers":[]"#, with: #""layers":[\#(named)]"#)
        image.blobs[1] = Array(text.utf8)
        image.top = describe(text, as: .ociManifest)
        return image
    }()

    /// What `buildx --cache-to type=registry,mode=max,image-manifest=false` writes: an index of layers.
    static let buildCache: SampleImage = {
        let layers = (0..<3).map { Array("\u{1F}layer \($0)".utf8) }
        let configuration = Array(#"{"layers":[{"blob":"x"}]}"#.utf8)
        func named(_ blob: [UInt8], _ type: String) -> String {
            entry(Descriptor(mediaType: MediaType(type), digest: Digest(of: blob), size: Int64(blob.count)))
        }
        let children =
            layers.map { named($0, "application/vnd.oci.image.layer.v1.tar+gzip") }
            + [named(configuration, "application/vnd.buildkit.cacheconfig.v0")]
        return index(of: children, layers + [configuration])
    }()

    /// The same release built again: one label more.
    static let rebuilt = single("new", revision: "again")
}

/// What another tool made, as it left it in a registry (`Tests/Vectors/other-tools.json`).
struct ForeignImage: Sendable {
    let name: String
    /// The tool, and what it was told.
    let made: String
    let image: SampleImage

    static let all = Result {
        try JSONParser.parse(try Scratch.vector("other-tools.json")).elements?.compactMap(ForeignImage.init) ?? []
    }

    static func named(_ name: String) throws -> ForeignImage {
        guard let found = try all.get().first(where: { $0.name == name }) else { throw Impatient() }
        return found
    }

    private init?(_ value: JSONValue) {
        let blobs = (value["blobs"]?.elements ?? []).compactMap { $0.text.flatMap { Base64.decode($0) } }
        guard let name = value["name"]?.text, let made = value["made"]?.text, let type = value["mediaType"]?.text,
            let top = blobs.last
        else { return nil }
        (self.name, self.made) = (name, made)
        image = SampleImage(
            blobs: blobs, top: Descriptor(mediaType: MediaType(type), digest: Digest(of: top), size: Int64(top.count)))
    }
}
