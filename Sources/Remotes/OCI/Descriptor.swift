package import PromotionCore

/// What an index or manifest says about one other blob (OCI image-spec, "Descriptor").
package struct Descriptor: Hashable, Sendable {
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

    /// Annotations of one descriptor or document that are read.
    package static let annotationLimit = 1_000

    /// Parses a descriptor.
    /// - Throws: `ImageDocumentError` with the member that is wrong.
    package init(parsing value: JSONValue) throws(ImageDocumentError) {
        try self.init(DocumentField(value: value, path: ""))
    }

    init(_ field: DocumentField) throws(ImageDocumentError) {
        _ = try field.object()
        mediaType = MediaType(try field.required("mediaType").text())
        digest = try field.required("digest").digest()
        size = try field.required("size").count()
        platform = try field.optional("platform").map(Platform.init(named:))
        annotations = try field.optional("annotations")?.texts(limit: Self.annotationLimit) ?? [:]
    }

    /// Whether this is what builders add beside the platforms, such as an attestation (buildx: `unknown/unknown`).
    package var isBesideThePlatforms: Bool { platform == Platform(system: "unknown", architecture: "unknown") }
}

extension Platform {
    /// A platform as a descriptor names it (OCI image-spec, "Image Index": `os` and `architecture` are required).
    init(named field: DocumentField) throws(ImageDocumentError) {
        let system = try field.required("os").text()
        let architecture = try field.required("architecture").text()
        guard !system.isEmpty, !architecture.isEmpty else { throw .missing(SafeText(field.path + " os or architecture")) }
        self.init(system: SafeText(system, limit: 64), architecture: SafeText(architecture, limit: 64))
    }
}
