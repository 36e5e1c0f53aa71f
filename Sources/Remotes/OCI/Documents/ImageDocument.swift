package import PromotionCore

/// An image index or image manifest, OCI's or Docker's.
package enum ImageDocument: Hashable, Sendable {
    case index(ImageIndex)
    case manifest(ImageManifest)

    /// Bytes of one index, manifest or configuration that are read; every registry must take manifests of this size
    /// (OCI distribution-spec, "Pushing manifests").
    package static let byteLimit = 4 << 20
    /// Children of one index, and of all indexes of one image together, that are read.
    package static let childLimit = 1_000
    /// Layers of one manifest that are read.
    package static let layerLimit = 1_000

    /// Parses a document.
    /// - Parameter announced: the type that a descriptor or `Content-Type` gave; nil where nobody said.
    /// - Throws: `ImageDocumentError` that says what is wrong and where.
    package init(parsing bytes: [UInt8], as announced: MediaType? = nil) throws(ImageDocumentError) {
        guard bytes.count <= Self.byteLimit else { throw .tooLarge(bytes: Int64(bytes.count), limit: Self.byteLimit) }
        let root = DocumentField(value: try JSONParser.document(bytes), path: "")
        _ = try root.object()
        let type = try Self.type(of: root, announced: announced)
        let version = try root.required("schemaVersion")
        guard try version.count() == 2 else { throw .schema(SafeText("\(try version.count())")) }
        self = type.isIndex ? .index(try ImageIndex(root, type)) : .manifest(try ImageManifest(root, type))
    }

    /// The document's own type.
    package var mediaType: MediaType {
        switch self {
        case .index(let index): index.mediaType
        case .manifest(let manifest): manifest.mediaType
        }
    }

    /// What the builder wrote on the document.
    package var annotations: [String: String] {
        switch self {
        case .index(let index): index.annotations
        case .manifest(let manifest): manifest.annotations
        }
    }

    /// What the document names.
    package var links: DocumentLinks {
        switch self {
        case .index(let index):
            DocumentLinks(
                children: index.children, subject: index.subject, artifactType: index.artifactType, annotations: index.annotations
            )
        case .manifest(let manifest):
            DocumentLinks(
                configuration: manifest.configuration, layers: manifest.layers, subject: manifest.subject,
                artifactType: manifest.artifactType ?? manifest.configuration.mediaType, annotations: manifest.annotations)
        }
    }

    /// Three voices name the type: who announced it, the member `mediaType`, and the shape. All that speak must agree.
    private static func type(of root: DocumentField, announced: MediaType?) throws(ImageDocumentError) -> MediaType {
        let hasChildren = root.value["manifests"] != nil
        let hasLayers = root.value["layers"] != nil
        if hasChildren && hasLayers { throw .ambiguous }
        let own = try root.optional("mediaType").map { field throws(ImageDocumentError) in MediaType(try field.text()) }
        if let announced, let own, announced != own {
            throw .typesDisagree(announced: SafeText(announced.text, limit: 100), found: SafeText(own.text, limit: 100))
        }
        let type = announced ?? own ?? (hasChildren ? .ociIndex : .ociManifest)
        guard MediaType.documents.contains(type) else { throw .unknownType(SafeText(type.text, limit: 100)) }
        if type.isIndex && hasLayers || type.isManifest && hasChildren {
            throw .typesDisagree(
                announced: SafeText(type.text), found: hasChildren ? "\"manifests\", as an index" : "\"layers\", as a manifest")
        }
        return type
    }
}

/// A list of images for platforms, and of what belongs to them (OCI image-spec, "Image Index").
package struct ImageIndex: Hashable, Sendable {
    package let mediaType: MediaType
    package let children: [Descriptor]
    /// What it refers to (OCI image-spec, `subject`).
    package let subject: Descriptor?
    /// Its own word for what it is.
    package let artifactType: MediaType?
    package let annotations: [String: String]

    init(_ root: DocumentField, _ type: MediaType) throws(ImageDocumentError) {
        mediaType = type
        let fields = try root.required("manifests").elements(limit: ImageDocument.childLimit)
        children = try fields.map { field throws(ImageDocumentError) in try Descriptor(field) }
        subject = try root.optional("subject").map(Descriptor.init)
        artifactType = try root.optional("artifactType").map { field throws(ImageDocumentError) in MediaType(try field.text()) }
        annotations = try root.optional("annotations")?.texts(limit: Descriptor.annotationLimit) ?? [:]
    }
}

/// One image for one platform, or an artifact (OCI image-spec, "Image Manifest").
package struct ImageManifest: Hashable, Sendable {
    package let mediaType: MediaType
    package let configuration: Descriptor
    package let layers: [Descriptor]
    /// What it refers to (OCI image-spec, `subject`).
    package let subject: Descriptor?
    /// Its own word for what it is; nil for an image.
    package let artifactType: MediaType?
    package let annotations: [String: String]

    init(_ root: DocumentField, _ type: MediaType) throws(ImageDocumentError) {
        mediaType = type
        configuration = try Descriptor(try root.required("config"))
        let fields = try root.required("layers").elements(limit: ImageDocument.layerLimit)
        layers = try fields.map { field throws(ImageDocumentError) in try Descriptor(field) }
        subject = try root.optional("subject").map(Descriptor.init)
        artifactType = try root.optional("artifactType").map { field throws(ImageDocumentError) in MediaType(try field.text()) }
        annotations = try root.optional("annotations")?.texts(limit: Descriptor.annotationLimit) ?? [:]
    }
}

extension JSONParser {
    /// The same as `parse`, for documents of an image.
    static func document(_ bytes: [UInt8]) throws(ImageDocumentError) -> JSONValue {
        do { return try parse(bytes) } catch { throw .json(error) }
    }
}
