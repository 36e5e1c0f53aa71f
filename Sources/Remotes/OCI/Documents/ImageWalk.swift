package import PromotionCore

/// The way from an image's top digest down to every platform's configuration, without the reading.
///
/// The owner fetches what is `wanted`, in any order, and hands the bytes over. Nothing is believed before its size and
/// digest have been compared.
package struct ImageWalk {
    /// One blob that is wanted next.
    package struct Wanted: Hashable, Sendable {
        package let digest: Digest
        /// In bytes; nil where nobody announced it.
        package let size: Int64?
        let mediaType: MediaType?
        let role: Role
        /// Whether this is a configuration, which is a blob; everything else on the way is a document.
        var isConfiguration: Bool { if case .configuration = role { true } else { false } }
        /// The platform that a document was listed for.
        var platform: Platform? { if case .document(let platform) = role { platform } else { nil } }
        /// Positions from the top to this blob; they put the platforms in the order of the index.
        let path: [Int]
    }

    enum Role: Hashable, Sendable {
        case document(platform: Platform?)
        case configuration(of: Digest, platform: Platform?)
    }

    /// Documents from the top to a manifest, both counted.
    package static let depthLimit = 4
    /// Bytes of all documents of one image.
    package static let byteLimit = 64 << 20

    package let top: Digest
    /// Blobs that were named and not handed over yet.
    package private(set) var wanted: [Wanted]
    /// The type of the top document, once it was read.
    package private(set) var mediaType: MediaType?
    /// The size of the top document in bytes, once it was read.
    package private(set) var size: Int?

    /// Platforms that the image lists and the registry does not hold, as a mirror leaves them.
    private var missing: [Wanted] = []
    private var children = 0
    private var bytesRead = 0
    private var members: [(path: [Int], member: DigestSet.Member)] = []
    private var configurations: [Digest: ImageConfiguration] = [:]
    private var revisions: [(rank: Int, path: [Int], text: String)] = []

    /// - Parameters:
    ///   - mediaType: as a tag's descriptor announced it.
    ///   - size: as a tag's descriptor announced it, in bytes.
    package init(top: Digest, mediaType: MediaType? = nil, size: Int64? = nil) {
        self.top = top
        wanted = [Wanted(digest: top, size: size, mediaType: mediaType, role: .document(platform: nil), path: [])]
    }

    /// Takes the bytes of a wanted blob.
    /// - Throws: `ImageDocumentError`; the walk ends there.
    package mutating func receive(_ bytes: [UInt8], for blob: Wanted) throws(ImageDocumentError) {
        guard let position = wanted.firstIndex(of: blob) else { return }
        wanted.remove(at: position)
        if let size = blob.size, size != Int64(bytes.count) {
            throw .wrongSize(of: blob.digest, announced: size, found: bytes.count)
        }
        let found = Digest(of: bytes)
        guard found == blob.digest else { throw .wrongDigest(wanted: blob.digest, found: found) }
        bytesRead += bytes.count
        guard bytesRead <= Self.byteLimit else { throw .tooMuch(bytes: Self.byteLimit) }
        switch blob.role {
        case .document(let platform): try receive(document: bytes, for: blob, platform: platform)
        case .configuration(let manifest, let platform):
            let document = try ConfigurationDocument(parsing: bytes)
            configurations[blob.digest] = document.configuration
            note(document.configuration.labels[Self.revision]?.text, rank: 2, at: blob.path)
            let member = DigestSet.Member(
                platform: platform ?? document.platform, manifest: manifest, configuration: blob.digest)
            members.append((blob.path, member))
        }
    }

    /// Takes note that a wanted blob does not exist. A platform whose manifest a mirror left out is not offered here; the others
    /// are what they are.
    /// - Throws: `ImageDocumentError.incomplete` where a platform is there in part.
    package mutating func miss(_ blob: Wanted) throws(ImageDocumentError) {
        guard !blob.isConfiguration, !blob.path.isEmpty, let position = wanted.firstIndex(of: blob) else {
            throw .incomplete(missing: blob.digest)
        }
        missing.append(wanted.remove(at: position))
    }

    /// The image, once nothing more is wanted.
    /// - Throws: `ImageDocumentError.incomplete` where something still is, or no platform is whole; `.noImage` where none was found.
    package func image() throws(ImageDocumentError) -> WalkedImage {
        if let missing = wanted.first { throw .incomplete(missing: missing.digest) }
        if members.isEmpty, let missing = missing.first { throw .incomplete(missing: missing.digest) }
        guard !members.isEmpty else { throw .noImage }
        let ordered = members.sorted { $0.path.lexicographicallyPrecedes($1.path) }.map(\.member)
        let revision = revisions.min { ([$0.rank] + $0.path).lexicographicallyPrecedes([$1.rank] + $1.path) }
        return WalkedImage(
            digests: DigestSet(top: top, members: ordered), revision: revision.map { SafeText($0.text, limit: 128) },
            configurations: configurations, missing: missing.compactMap(\.platform))
    }
}

/// What a finished walk found; every byte behind it has been checked.
package struct WalkedImage: Hashable, Sendable {
    package let digests: DigestSet
    /// `org.opencontainers.image.revision` of index, manifest or labels, in this order.
    package let revision: SafeText?
    package let configurations: [Digest: ImageConfiguration]
    /// Platforms that are listed, and whose manifest the registry does not hold.
    package let missing: [Platform]
}

extension ImageWalk {
    static let revision = "org.opencontainers.image.revision"

    private mutating func receive(
        document bytes: [UInt8], for blob: Wanted, platform: Platform?
    ) throws(ImageDocumentError) {
        let document = try ImageDocument(parsing: bytes, as: blob.mediaType)
        if blob.path.isEmpty { (mediaType, size) = (document.mediaType, bytes.count) }
        switch document {
        case .index(let index):
            note(index.annotations[Self.revision], rank: 0, at: blob.path)
            try want(childrenOf: index, at: blob.path)
        case .manifest(let manifest):
            try want(configurationOf: manifest, for: blob, platform: platform)
        }
    }

    private mutating func want(childrenOf index: ImageIndex, at path: [Int]) throws(ImageDocumentError) {
        // OCI image-spec, "Image Index": a child of unknown type is no error; it is no platform either.
        let documents = index.children.enumerated().filter { _, child in
            !child.isBesideThePlatforms && MediaType.documents.contains(child.mediaType)
        }
        guard documents.isEmpty || path.count + 2 <= Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
        children += documents.count
        guard children <= ImageDocument.childLimit else {
            throw .tooMany("children in all indexes", count: children, limit: ImageDocument.childLimit)
        }
        for (position, child) in documents {
            try want(child, .document(platform: child.platform), at: path + [position])
        }
    }

    private mutating func want(
        configurationOf manifest: ImageManifest, for blob: Wanted, platform: Platform?
    ) throws(ImageDocumentError) {
        let type = manifest.configuration.mediaType
        guard type.isImageConfiguration else {
            // An artifact in an index is no platform, whatever platform it is listed for (SOCI lists its own so).
            if blob.path.isEmpty { throw .artifact(configuration: SafeText(type.text, limit: 100)) }
            return
        }
        note(manifest.annotations[Self.revision], rank: 1, at: blob.path)
        try want(manifest.configuration, .configuration(of: blob.digest, platform: platform), at: blob.path)
    }

    private mutating func want(_ descriptor: Descriptor, _ role: Role, at path: [Int]) throws(ImageDocumentError) {
        guard descriptor.size <= Int64(ImageDocument.byteLimit) else {
            throw .tooLarge(bytes: descriptor.size, limit: ImageDocument.byteLimit)
        }
        wanted.append(
            Wanted(
                digest: descriptor.digest, size: descriptor.size, mediaType: descriptor.mediaType, role: role, path: path))
    }

    private mutating func note(_ revision: String?, rank: Int, at path: [Int]) {
        guard let revision, !revision.isEmpty else { return }
        revisions.append((rank, path, revision))
    }
}
