package import PromotionCore

/// The index under a fallback tag: which documents refer to one subject (OCI distribution-spec, "Referrers Tag Schema").
///
/// It keeps the whole document, so that an entry that somebody else wrote stays as it was.
package struct ReferrerIndex: Hashable, Sendable {
    private var document: JSONValue
    private var entries: [JSONValue]

    /// An index that lists nothing.
    package init() {
        document = .object([
            .init("schemaVersion", .number("2")), .init("mediaType", .string(MediaType.ociIndex.text)),
            .init("manifests", .array([])),
        ])
        entries = []
    }

    /// Parses the document of a fallback tag.
    /// - Throws: `ImageDocumentError` where it is no index.
    package init(parsing document: StoredDocument) throws(ImageDocumentError) {
        guard case .index(let index) = try ImageDocument(parsing: document.bytes, as: document.mediaType) else {
            throw .unknownType(SafeText(document.mediaType.text, limit: 100))
        }
        self.document = try JSONParser.document(document.bytes)
        entries = self.document["manifests"]?.elements ?? []
        descriptors = index.children
    }

    /// What the index lists, in its order; whether each refers to the subject, its own bytes tell.
    package private(set) var descriptors: [Descriptor] = []

    /// Whether a document is listed.
    package func lists(_ digest: Digest) -> Bool { descriptors.contains { $0.digest == digest } }

    /// The same with one document more, named with its kind and all its annotations, as the specification asks.
    package func adding(_ referrer: StoredDocument) -> ReferrerIndex {
        guard !lists(referrer.digest) else { return self }
        let annotations = (referrer.links?.annotations ?? [:]).sorted { $0.key < $1.key }
        var members: [JSONValue.Member] = [
            .init("mediaType", .string(referrer.mediaType.text)), .init("digest", .string(referrer.digest.description)),
            .init("size", .number("\(referrer.bytes.count)")),
        ]
        if let type = referrer.links?.artifactType { members.append(.init("artifactType", .string(type.text))) }
        if !annotations.isEmpty {
            members.append(.init("annotations", .object(annotations.map { .init($0.key, .string($0.value)) })))
        }
        var changed = self
        changed.entries.append(.object(members))
        changed.descriptors.append(referrer.descriptor)
        return changed
    }

    /// The same without a document.
    package func removing(_ digest: Digest) -> ReferrerIndex {
        var changed = self
        changed.entries.removeAll { $0["digest"]?.text == digest.description }
        changed.descriptors.removeAll { $0.digest == digest }
        return changed
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// The index as a document that can be stored.
    package var stored: StoredDocument {
        let bytes = document.replacing("manifests", with: .array(entries)).bytes
        return StoredDocument(
            mediaType: document["mediaType"]?.text.map(MediaType.init) ?? .ociIndex, bytes: bytes,
            links: DocumentLinks(children: descriptors))
    }
}
