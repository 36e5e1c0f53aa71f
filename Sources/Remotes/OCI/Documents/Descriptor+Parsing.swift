package import PromotionCore

extension Descriptor {
    /// Annotations of one descriptor or document that are read.
    package static let annotationLimit = 1_000

    /// Parses a descriptor.
    /// - Throws: `ImageDocumentError` with the member that is wrong.
    package init(parsing value: JSONValue) throws(ImageDocumentError) {
        try self.init(DocumentField(value: value, path: ""))
    }

    init(_ field: DocumentField) throws(ImageDocumentError) {
        _ = try field.object()
        self.init(
            mediaType: MediaType(try field.required("mediaType").text()),
            digest: try field.required("digest").digest(),
            size: try field.required("size").count(),
            platform: try field.optional("platform").map(Platform.init(named:)),
            artifactType: try field.optional("artifactType").map { field throws(ImageDocumentError) in
                MediaType(try field.text())
            },
            annotations: try field.optional("annotations")?.texts(limit: Self.annotationLimit) ?? [:])
    }
}

extension Platform {
    /// A platform as a descriptor names it. OCI image-spec, "Image Index", asks for `os` and `architecture`; tools that attach an
    /// artifact leave one or both empty, which says that it is no image, and nothing of its neighbours.
    init(named field: DocumentField) throws(ImageDocumentError) {
        let system = try field.optional("os")?.text() ?? ""
        let architecture = try field.optional("architecture")?.text() ?? ""
        self.init(system: SafeText(system, limit: 64), architecture: SafeText(architecture, limit: 64))
    }
}
