/// The contents of a registry beyond tags: documents, blobs, what refers to what, and their removal.
///
/// Every byte that comes out has been compared with its digest. A 404 is only ever returned as absence where the registry
/// said so in the format's own words; whatever cannot be told is a `Fault`.
package protocol ArtifactStore: Sendable {
    /// What a tag names now; nil where the tag does not exist.
    func resolve(_ tag: Tag, in repository: RepositoryName) async throws(Fault) -> Digest?
    /// Every name that the repository lists, without asking what each names.
    /// - Throws: `Fault` where one page of the list could not be had: a list is complete or it is none.
    func tagList(in repository: RepositoryName) async throws(Fault) -> TagList
    /// What each of these tags names, asked afresh and beside each other; tags that do not exist are left out.
    func digests(of tags: [Tag], in repository: RepositoryName) async throws(Fault) -> [Tag: Digest]
    /// A manifest or index; nil where it does not exist.
    func document(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> StoredDocument?
    /// The bytes of a blob; nil where it does not exist.
    /// - Parameter limit: in bytes; a larger blob is refused before it is held.
    func blob(_ digest: Digest, limit: Int, in repository: RepositoryName) async throws(Fault) -> [UInt8]?
    /// Whether a blob is there to be read, by as few bytes as tell.
    /// - Parameter size: its bytes.
    func holds(_ blob: Digest, size: Int64, in repository: RepositoryName) async throws(Fault) -> Bool
    /// Documents whose `subject` is this digest: what the referrers API lists, and what the fallback tag lists, each fetched
    /// and proved to name this subject.
    func referrers(to digest: Digest, in repository: RepositoryName) async throws(Fault) -> [StoredDocument]
    /// Stores a blob. Harmless whoever does it: the bytes name themselves.
    func upload(_ bytes: [UInt8], in repository: RepositoryName) async throws(Fault)
    /// Stores a document byte for byte and reads it back; with a `subject` it is then also among the referrers of that.
    /// - Parameter tag: what shall name it, whatever it named before; nil for the digest alone. The tag of a release, a candidate or
    ///     a build is only created.
    func put(
        _ document: StoredDocument, as tag: Tag?, in repository: RepositoryName, under fence: Fence
    ) async throws(Fault)
    /// Removes one tag and nothing else.
    /// - Parameter digest: what the tag must name before.
    /// - Throws: `Fault.refused` where the registry cannot do that; the digest is never removed instead.
    func delete(
        _ tag: Tag, naming digest: Digest, in repository: RepositoryName, under fence: Fence
    ) async throws(Fault) -> Deletion
    /// Removes a document and every tag that names it. Its blobs stay.
    func delete(_ digest: Digest, in repository: RepositoryName, under fence: Fence) async throws(Fault) -> Deletion
    /// What the registry is known to do for this repository, by reads alone.
    func capabilities(in repository: RepositoryName) async throws(Fault) -> RegistryCapabilities
    /// Finds out whether tags and digests can be deleted, by asking for the deletion of ones that do not exist.
    func probeDeletion(in repository: RepositoryName, under fence: Fence) async throws(Fault) -> RegistryCapabilities
    /// What the repository allows, found out without changing anything in it; nothing is found out about a directory.
    func examine(_ repository: RepositoryName) async -> [RegistryReport.Finding]
    /// The registry's own time; nil where it has no clock of its own, as a directory.
    func time() async throws(Fault) -> Timestamp?
}

extension ArtifactStore {
    /// Nothing, where a store has no rules of its own.
    package func examine(_ repository: RepositoryName) async -> [RegistryReport.Finding] { [] }

    /// The whole of it is read, where a store has nothing better.
    package func holds(_ blob: Digest, size: Int64, in repository: RepositoryName) async throws(Fault) -> Bool {
        try await self.blob(blob, limit: Int(max(0, size)), in: repository).map { Int64($0.count) == size } ?? false
    }

    /// One after the other, where a store has nothing better.
    package func digests(of tags: [Tag], in repository: RepositoryName) async throws(Fault) -> [Tag: Digest] {
        var found: [Tag: Digest] = [:]
        for tag in tags { found[tag] = try await resolve(tag, in: repository) }
        return found
    }
}

/// Every name in a repository's list.
package struct TagList: Hashable, Sendable {
    /// In order, each once.
    package let tags: [Tag]
    /// Names that are no tags; they may hold on to anything, so nothing may be deleted while there are some.
    package let strangers: [SafeText]
    /// Requests that the list took.
    package let pages: Int

    package init(tags: [Tag], strangers: [SafeText], pages: Int = 1) {
        self.pages = pages
        self.tags = tags
        self.strangers = strangers
    }
}

/// A manifest or index as it is stored: exact bytes, their type, and what they name.
package struct StoredDocument: Hashable, Sendable {
    package let digest: Digest
    package let mediaType: MediaType
    package let bytes: [UInt8]
    /// What it names; nil where the type is unknown, and then nobody can tell what it holds on to.
    package let links: DocumentLinks?

    /// A document whose digest is that of its bytes.
    package init(mediaType: MediaType, bytes: [UInt8], links: DocumentLinks? = nil) {
        digest = Digest(of: bytes)
        self.mediaType = mediaType
        self.bytes = bytes
        self.links = links
    }

    /// How another document names this one.
    package var descriptor: Descriptor { Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count)) }
}

/// What a document names (OCI image-spec, "Image Index" and "Image Manifest").
package struct DocumentLinks: Hashable, Sendable {
    /// Of an index.
    package let children: [Descriptor]
    /// Of a manifest.
    package let configuration: Descriptor?
    package let layers: [Descriptor]
    /// What it refers to; the subject may be missing in the registry.
    package let subject: Descriptor?
    /// What kind of artifact it is: its own word, else the type of its configuration; nil for an index that names none.
    package let artifactType: MediaType?
    package let annotations: [String: String]

    package init(
        children: [Descriptor] = [], configuration: Descriptor? = nil, layers: [Descriptor] = [], subject: Descriptor? = nil,
        artifactType: MediaType? = nil, annotations: [String: String] = [:]
    ) {
        self.children = children
        self.configuration = configuration
        self.layers = layers
        self.subject = subject
        self.artifactType = artifactType
        self.annotations = annotations
    }

    /// Children that are documents, or may be.
    package var documents: [Descriptor] { children.filter { !$0.mediaType.isBlob } }

    /// What it names that is no document: configuration, layers, and the children of a build cache.
    package var blobs: [Descriptor] {
        [configuration].compactMap(\.self) + layers + children.filter(\.mediaType.isBlob)
    }
}

/// What became of a wanted deletion.
package enum Deletion: Hashable, Sendable, Codable {
    case deleted
    /// It was not there.
    case absent
    /// The tag names something else by now; nothing was changed.
    case conflict(observed: Digest)
}

/// What one registry does for one repository. What is not known counts as not done: nothing is deleted then.
package struct RegistryCapabilities: Hashable, Sendable, Codable {
    /// Whether the registry does something.
    package enum Answer: String, Hashable, Sendable, Codable {
        case yes, no, unknown
    }

    /// Removes one tag and leaves its digest.
    package let tagDeletion: Answer
    /// Removes a digest with all its tags.
    package let digestDeletion: Answer
    /// Lists referrers itself (OCI distribution-spec, "Listing Referrers"); without it, a tag does.
    package let referrersAPI: Answer

    package init(tagDeletion: Answer, digestDeletion: Answer, referrersAPI: Answer) {
        self.tagDeletion = tagDeletion
        self.digestDeletion = digestDeletion
        self.referrersAPI = referrersAPI
    }
}

extension Tag {
    /// The tag under which referrers of a digest are listed where the registry does not list them (OCI distribution-spec,
    /// "Referrers Tag Schema").
    package init(referrersOf digest: Digest) { self.init(unchecked: "sha256-\(digest.hex)") }
}
