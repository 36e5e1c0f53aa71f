import PromotionCore
import Remotes

/// An image made of real documents: every blob and the descriptor of the top one.
struct SampleImage: Sendable {
    var blobs: [[UInt8]] = []
    var top: Descriptor

    /// One manifest for one platform.
    static func single(
        _ name: String, platform: String = "linux/amd64", revision: String? = nil, user: String = "app"
    ) -> SampleImage {
        var blobs: [[UInt8]] = []
        let manifest = addManifest(name, platform: platform, revision: revision, user: user, to: &blobs)
        return SampleImage(blobs: blobs, top: manifest)
    }

    /// An index of two platforms with an attestation beside them, as buildx makes it.
    static func multi(_ name: String, revision: String? = nil) -> SampleImage {
        var blobs: [[UInt8]] = []
        let amd64 = addManifest(name, platform: "linux/amd64", to: &blobs)
        let arm64 = addManifest(name, platform: "linux/arm64", to: &blobs)
        let attestation = addAttestation(name, to: &blobs)
        let children = [
            entry(amd64, platform: "linux/amd64"), entry(arm64, platform: "linux/arm64"),
            entry(attestation, platform: "unknown/unknown"),
        ]
        let words = revision.map { #","annotations":{"org.opencontainers.image.revision":"\#($0)"}"# } ?? ""
        let index = #"""
            {"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[\#(children.joined(separator: ","))]\#(words)}
            """#
        return SampleImage(blobs: blobs + [Array(index.utf8)], top: describe(index, as: .ociIndex))
    }

    /// An index of two platforms and nothing beside them.
    static func plainMulti(_ name: String) -> SampleImage {
        var blobs: [[UInt8]] = []
        let children = ["linux/amd64", "linux/arm64"].map {
            entry(addManifest(name, platform: $0, to: &blobs), platform: $0)
        }
        let index =
            #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex.text)","manifests":[\#(children.joined(separator: ","))]}"#
        return SampleImage(blobs: blobs + [Array(index.utf8)], top: describe(index, as: .ociIndex))
    }

    /// The descriptor of a document.
    static func describe(_ document: String, as type: MediaType) -> Descriptor {
        Descriptor(mediaType: type, digest: Digest(of: document.utf8), size: Int64(document.utf8.count))
    }

    /// A descriptor as a member of an index.
    static func entry(_ descriptor: Descriptor, platform: String? = nil, name: String? = nil) -> String {
        let place = platform?.split(separator: "/")
        let platform = place.map { #","platform":{"os":"\#($0[0])","architecture":"\#($0[1])"}"# } ?? ""
        let name = name.map { #","annotations":{"org.opencontainers.image.ref.name":"\#($0)"}"# } ?? ""
        return #"""
            {"mediaType":"\#(descriptor.mediaType.text)","digest":"\#(descriptor.digest)","size":\#(descriptor.size)\#(platform)\#(name)}
            """#
    }

    static func addManifest(
        _ name: String, platform: String, revision: String? = nil, user: String = "app", to blobs: inout [[UInt8]]
    ) -> Descriptor {
        let place = platform.split(separator: "/")
        let label = revision.map { #","org.opencontainers.image.revision":"\#($0)""# } ?? ""
        let configuration = #"""
            {"os":"\#(place[0])","architecture":"\#(place[1])","config":{"User":"\#(user)","Env":["A=1"],"Labels":{"name":"\#(name)"\#(label)}},"rootfs":{"type":"layers","diff_ids":[]}}
            """#
        let manifest = #"""
            {"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest.text)","config":\#(entry(describe(configuration, as: .ociConfiguration))),"layers":[]}
            """#
        blobs += [Array(configuration.utf8), Array(manifest.utf8)]
        return describe(manifest, as: .ociManifest)
    }

    private static func addAttestation(_ name: String, to blobs: inout [[UInt8]]) -> Descriptor {
        let empty = Descriptor(
            mediaType: MediaType("application/vnd.oci.empty.v1+json"), digest: Digest(of: "{}".utf8), size: 2)
        let manifest = #"""
            {"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest.text)","artifactType":"application/vnd.in-toto+json","config":\#(entry(empty)),"layers":[],"annotations":{"of":"\#(name)"}}
            """#
        blobs += [Array("{}".utf8), Array(manifest.utf8)]
        return describe(manifest, as: .ociManifest)
    }
}
