/// What it takes to bring a digest back: every document that goes with it, byte for byte, its tags, and the blobs that they need.
package struct Tombstone: Hashable, Sendable, Codable {
    /// The form of the file.
    package static let format = "baton.tombstone/1"
    /// Bytes of one tombstone; an item that needs more is not touched.
    package static let byteLimit = 64 << 20
    /// How long a tombstone is kept after the deletion.
    package static let lifetime = Milliseconds(90 * 86_400_000)

    package let format: String
    package let repository: RepositoryName
    package let digest: Digest
    package let made: Timestamp
    /// The tags that named the digest.
    package let tags: [Tag]
    /// The digest first, then what is below it, those above before those below.
    package let documents: [Document]
    /// Tags of the schema for referrers, and of cosign, that go with it, and names of the parts' own.
    package let attached: [Tag: Digest]
    /// Configurations and layers.
    package let blobs: [Blob]

    /// A manifest or index as text; JSON is always text.
    package struct Document: Hashable, Sendable, Codable {
        package let digest: Digest
        package let mediaType: MediaType
        package let text: String

        /// Nil where the bytes are no text and could not be written back exactly.
        package init?(_ document: StoredDocument) {
            guard let text = String(validating: document.bytes, as: UTF8.self) else { return nil }
            digest = document.digest
            mediaType = document.mediaType
            self.text = text
        }

        /// The document as a registry stores it.
        package var bytes: [UInt8] { Array(text.utf8) }
    }

    /// A blob and its size in bytes.
    package struct Blob: Hashable, Sendable, Codable {
        package let digest: Digest
        package let size: Int64

        package init(digest: Digest, size: Int64) {
            self.digest = digest
            self.size = size
        }
    }

    package init(
        repository: RepositoryName, digest: Digest, made: Timestamp, tags: [Tag], documents: [Document], attached: [Tag: Digest],
        blobs: [Blob]
    ) {
        format = Self.format
        self.repository = repository
        self.digest = digest
        self.made = made
        self.tags = tags
        self.documents = documents
        self.attached = attached
        self.blobs = blobs
    }
}

extension Tombstone.Document {
    /// What the document names, as its bytes say.
    package var links: DocumentLinks? {
        guard let root = try? JSONParser.parse(bytes), root.members != nil else { return nil }
        let artifactType = root["artifactType"]?.text ?? root["config"]?["mediaType"]?.text
        let annotations = (root["annotations"]?.members ?? []).compactMap { one in one.value.text.map { (one.name, $0) } }
        return DocumentLinks(
            children: Self.descriptors(root["manifests"]), configuration: root["config"].flatMap(Self.descriptor),
            layers: Self.descriptors(root["layers"]), subject: root["subject"].flatMap(Self.descriptor),
            artifactType: artifactType.map(MediaType.init),
            annotations: Dictionary(annotations, uniquingKeysWith: { first, _ in first }))
    }

    private static func descriptors(_ list: JSONValue?) -> [Descriptor] { (list?.elements ?? []).compactMap(descriptor) }

    private static func descriptor(_ value: JSONValue) -> Descriptor? {
        guard let type = value["mediaType"]?.text, let text = value["digest"]?.text, let digest = try? Digest(parsing: text),
            let size = value["size"]?.integer
        else { return nil }
        return Descriptor(mediaType: MediaType(type), digest: digest, size: size)
    }
}
