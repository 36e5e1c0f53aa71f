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

    /// Whether a document of this type lists other documents.
    package var isIndex: Bool { self == .ociIndex || self == .dockerList }

    /// Whether a document of this type is the manifest of one image or artifact.
    package var isManifest: Bool { self == .ociManifest || self == .dockerManifest }

    /// Whether this is the configuration of an image that can run; artifacts have others.
    package var isImageConfiguration: Bool { self == .ociConfiguration || self == .dockerConfiguration }

    package var description: String { SafeText(text, limit: 100).text }

    package init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
