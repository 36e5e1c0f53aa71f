/// What an index or manifest says about one other blob (OCI image-spec, "Descriptor").
package struct Descriptor: Hashable, Sendable, Codable {
    package let mediaType: MediaType
    package let digest: Digest
    /// In bytes.
    package let size: Int64
    /// Nil where the descriptor names none; a part that the descriptor leaves out is empty.
    package let platform: Platform?
    /// What kind of artifact the other one is, in the descriptor's own words; nil where it does not say.
    package let artifactType: MediaType?
    package let annotations: [String: String]

    package init(
        mediaType: MediaType, digest: Digest, size: Int64, platform: Platform? = nil, artifactType: MediaType? = nil,
        annotations: [String: String] = [:]
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
        self.artifactType = artifactType
        self.annotations = annotations
    }

    /// Whether the descriptor itself says that this is no image for a platform, but something that travels with the images:
    /// an attestation (buildx: `unknown/unknown`, or its annotation), an artifact, or a platform of which a part is empty.
    package var isBesideThePlatforms: Bool {
        if let artifactType, !artifactType.isImageConfiguration { return true }
        if annotations[Self.referenceType] != nil { return true }
        guard let platform else { return false }
        return platform == Platform(system: "unknown", architecture: "unknown") || platform.isIncomplete
    }

    /// BuildKit, "Image attestation storage": what a manifest beside the platforms is.
    private static let referenceType = "vnd.docker.reference.type"
}

extension Platform {
    /// Whether no runtime can be meant by it.
    package var isIncomplete: Bool { system.text.isEmpty || architecture.text.isEmpty }
}
