/// A media type of the OCI image format or of Docker's, or any other that a document names.
package struct MediaType: Hashable, Sendable, Codable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// OCI image-spec, "Image Index".
    package static let ociIndex = MediaType("application/vnd.oci.image.index.v1+json")
    /// OCI image-spec, "Image Manifest".
    package static let ociManifest = MediaType("application/vnd.oci.image.manifest.v1+json")
    /// Docker's "manifest list" (distribution, manifest v2 schema 2).
    package static let dockerList = MediaType("application/vnd.docker.distribution.manifest.list.v2+json")
    /// Docker's manifest (distribution, manifest v2 schema 2).
    package static let dockerManifest = MediaType("application/vnd.docker.distribution.manifest.v2+json")
    /// OCI image-spec, "Image Configuration".
    package static let ociConfiguration = MediaType("application/vnd.oci.image.config.v1+json")
    /// Docker's image configuration.
    package static let dockerConfiguration = MediaType("application/vnd.docker.container.image.v1+json")

    /// The empty object `{}` where a manifest needs a configuration and has none (OCI image-spec, "Guidance for an Empty Descriptor").
    package static let empty = MediaType("application/vnd.oci.empty.v1+json")

    /// All four types of a document that a tag can name, as `Accept` must list them.
    package static let documents: [MediaType] = [ociIndex, ociManifest, dockerList, dockerManifest]

    /// A manifest of the format before the present one, signed or not (distribution, manifest v2 schema 1). It makes no image here.
    package static let schema1: [MediaType] = [
        MediaType("application/vnd.docker.distribution.manifest.v1+prettyjws"),
        MediaType("application/vnd.docker.distribution.manifest.v1+json"),
    ]

    /// Whether a document of this type lists other documents.
    package var isIndex: Bool { self == .ociIndex || self == .dockerList }

    /// Whether a document of this type is the manifest of one image or artifact.
    package var isManifest: Bool { self == .ociManifest || self == .dockerManifest }

    /// Whether this is the configuration of an image that can run; artifacts have others.
    package var isImageConfiguration: Bool { self == .ociConfiguration || self == .dockerConfiguration }

    /// Whether this is a layer of a file system, or another blob that is no document, whoever lists it: a build cache is an index
    /// of such (BuildKit, "Registry cache storage", `image-manifest=false`).
    package var isBlob: Bool {
        isImageConfiguration
            || ["application/vnd.oci.image.layer.", "application/vnd.docker.image.rootfs.", "application/vnd.buildkit."]
                .contains { text.hasPrefix($0) }
    }

    /// Whether this is a layer that a registry need not hold, since its license keeps it at its own address (OCI image-spec,
    /// "Non-Distributable Layers"; distribution, manifest v2 schema 2, `urls`).
    package var isForeignLayer: Bool {
        text.hasPrefix("application/vnd.oci.image.layer.nondistributable.")
            || text.hasPrefix("application/vnd.docker.image.rootfs.foreign.")
    }

    package var description: String { SafeText(text, limit: 100).text }

    package init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
