internal import PromotionCore
internal import Synchronization

/// What was read of a registry and can be used again: documents by digest, which never change, and what tags named, which may.
final class RegistryMemory: Sendable {
    /// A tag as it was last seen.
    struct SeenTag: Sendable {
        let digest: Digest
        let etag: String?
    }

    /// An image that was walked whole, and when.
    struct Proof: Sendable {
        let image: WalkedImage
        let at: Timestamp
    }

    private struct State {
        var documents = BoundedCache<Digest, StoredDocument>(limit: RegistryMemory.byteLimit)
        var proofs = BoundedCache<Key, Proof>(limit: RegistryMemory.imageLimit)
        var watched: [RepositoryName: [Tag: SeenTag]] = [:]
        var schemes: [RepositoryName: TagScheme] = [:]
        var capabilities: [RepositoryName: RegistryCapabilities] = [:]
        /// When it was last found that a repository has no referrers API.
        var absences: [RepositoryName: Timestamp] = [:]
    }

    /// A digest in a repository: what is whole in one may be missing in another.
    private struct Key: Hashable {
        let repository: RepositoryName
        let digest: Digest
    }

    /// Bytes of documents that are kept.
    private static let byteLimit = 32 << 20
    /// Images whose digest sets are kept.
    private static let imageLimit = 4_096
    /// Tags of one repository whose last digest is kept.
    private static let watchedLimit = 10_000

    private let state = Mutex(State())

    func document(_ digest: Digest) -> StoredDocument? { state.withLock { $0.documents[digest] } }

    func keep(_ document: StoredDocument) {
        state.withLock { $0.documents.insert(document, for: document.digest, weight: document.bytes.count + 200) }
    }

    func proof(of digest: Digest, in repository: RepositoryName) -> Proof? {
        state.withLock { $0.proofs[Key(repository: repository, digest: digest)] }
    }

    func keep(_ proof: Proof, of digest: Digest, in repository: RepositoryName) {
        state.withLock { $0.proofs.insert(proof, for: Key(repository: repository, digest: digest), weight: 1) }
    }

    func forgetProof(of digest: Digest, in repository: RepositoryName) {
        state.withLock { $0.proofs.remove(Key(repository: repository, digest: digest)) }
    }

    func seen(_ tag: Tag, in repository: RepositoryName) -> SeenTag? {
        state.withLock { $0.watched[repository]?[tag] }
    }

    func see(_ tag: Tag, as seen: SeenTag?, in repository: RepositoryName) {
        state.withLock { state in
            if state.watched[repository, default: [:]].count >= Self.watchedLimit { state.watched[repository] = nil }
            state.watched[repository, default: [:]][tag] = seen
        }
    }

    /// Notes how the versions of a repository are written.
    func know(_ tags: TagScheme, in repository: RepositoryName) { state.withLock { $0.schemes[repository] = tags } }

    func scheme(of repository: RepositoryName) -> TagScheme { state.withLock { $0.schemes[repository] ?? .standard } }

    /// What each of some tags named when it was last asked about; `nil` if it never was.
    func named(by tags: [Tag], in repository: RepositoryName) -> [Tag: Digest?] {
        state.withLock { state in
            let seen = state.watched[repository] ?? [:]
            return Dictionary(tags.map { ($0, seen[$0]?.digest) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Tags that named a digest when they were last asked about.
    func tags(naming digest: Digest, in repository: RepositoryName) -> [Tag] {
        state.withLock { $0.watched[repository, default: [:]].filter { $0.value.digest == digest }.map(\.key) }
    }

    /// Forgets what the tags of a repository named, after which each is asked anew.
    func forgetTags(of repository: RepositoryName) { state.withLock { $0.watched[repository] = nil } }

    func capabilities(of repository: RepositoryName) -> RegistryCapabilities? { state.withLock { $0.capabilities[repository] } }

    /// How long it is believed that a registry has no referrers API: what stands in front of one may have answered for it.
    private static let absenceLife = Milliseconds.minutes(10)

    /// Notes that a repository was found without the referrers API.
    func noteAbsence(of repository: RepositoryName, _ now: Timestamp) { state.withLock { $0.absences[repository] = now } }

    /// Whether it was long ago, or never, that a repository was found without the referrers API.
    func isAbsenceOld(of repository: RepositoryName, _ now: Timestamp) -> Bool {
        state.withLock { $0.absences[repository].map { now - $0 > Self.absenceLife } ?? true }
    }

    /// Notes what was learnt; what is not known of an answer stays as it was.
    @discardableResult
    func learn(
        of repository: RepositoryName, tagDeletion: RegistryCapabilities.Answer = .unknown,
        digestDeletion: RegistryCapabilities.Answer = .unknown, referrersAPI: RegistryCapabilities.Answer = .unknown
    ) -> RegistryCapabilities {
        state.withLock { state in
            let known = state.capabilities[repository]
            let learnt = RegistryCapabilities(
                tagDeletion: tagDeletion == .unknown ? known?.tagDeletion ?? .unknown : tagDeletion,
                digestDeletion: digestDeletion == .unknown ? known?.digestDeletion ?? .unknown : digestDeletion,
                referrersAPI: referrersAPI == .unknown ? known?.referrersAPI ?? .unknown : referrersAPI)
            state.capabilities[repository] = learnt
            return learnt
        }
    }
}

/// Values within a bound of weight; the ones that were put in first go first.
package struct BoundedCache<Key: Hashable, Value> {
    private var values: [Key: (value: Value, weight: Int, serial: Int)] = [:]
    /// Keys as they were put in; one that was put in again, or taken out, has another serial by now, or none.
    private var order: [(key: Key, serial: Int)] = []
    private var first = 0
    private var lastSerial = 0
    private let limit: Int
    package private(set) var weight = 0

    package init(limit: Int) { self.limit = limit }

    package var count: Int { values.count }

    /// Places in the order, those of the past among them.
    package var places: Int { order.count }

    package subscript(key: Key) -> Value? { values[key]?.value }

    /// Keeps a value; one that is heavier than the bound is not kept.
    package mutating func insert(_ value: Value, for key: Key, weight added: Int) {
        remove(key)
        guard added <= limit else { return }
        lastSerial += 1
        values[key] = (value, added, lastSerial)
        weight += added
        order.append((key, lastSerial))
        while weight > limit, first < order.count {
            let oldest = order[first]
            first += 1
            if values[oldest.key]?.serial == oldest.serial { remove(oldest.key) }
        }
        if order.count > 2 * values.count + 1_024 {
            order = order[first...].filter { values[$0.key]?.serial == $0.serial }
            first = 0
        }
    }

    /// Forgets a value.
    package mutating func remove(_ key: Key) {
        guard let old = values.removeValue(forKey: key) else { return }
        weight -= old.weight
    }
}
