/// What an index or manifest says about one other blob (OCI image-spec, "Descriptor").
package struct Descriptor: Hashable, Sendable, Codable {
    package let mediaType: MediaType
    package let digest: Digest
    /// In bytes.
    package let size: Int64
    /// Nil where the descriptor names none.
    package let platform: Platform?
    package let annotations: [String: String]

    package init(
        mediaType: MediaType, digest: Digest, size: Int64, platform: Platform? = nil, annotations: [String: String] = [:]
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
        self.annotations = annotations
    }

    /// Whether this is what builders add beside the platforms, such as an attestation (buildx: `unknown/unknown`).
    package var isBesideThePlatforms: Bool { platform == Platform(system: "unknown", architecture: "unknown") }
}
