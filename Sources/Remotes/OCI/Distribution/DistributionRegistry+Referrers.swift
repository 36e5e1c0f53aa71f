package import PromotionCore

/// What refers to a digest: by the registry's own list, and by the fallback tag that Baton keeps where there is none.
extension DistributionRegistry {
    package func referrers(to digest: Digest, in repository: RepositoryName) async throws(Fault) -> [StoredDocument] {
        var descriptors: [Descriptor] = []
        if memory.capabilities(of: repository)?.referrersAPI != .no || memory.isAbsenceOld(of: repository, now) {
            descriptors += try await listed(to: digest, in: repository)
        }
        descriptors += try await fallback(of: digest, in: repository).index.descriptors
        var seen: Set<Digest> = []
        var left = descriptors.map(\.digest).filter { seen.insert($0).inserted }[...]
        var found: [StoredDocument] = []
        var bytes = 0
        while !left.isEmpty {
            // A few at a time: a list of thousands neither waits for one after the other nor fills the memory.
            let some = Array(left.prefix(Self.referrersAtATime))
            left = left.dropFirst(some.count)
            let documents = try await abreast(some) { referrer in
                do throws(Fault) { return .success(try await self.referrer(referrer, in: repository)) } catch {
                    return .failure(error)
                }
            }
            for case let document? in documents {
                bytes += document.bytes.count
                guard bytes <= ImageWalk.byteLimit else {
                    throw fault(
                        .tooLarge("all that refers to it", limit: Int64(ImageWalk.byteLimit)), of: "\(repository)@\(digest)")
                }
                if document.links.map({ $0.subject?.digest == digest }) ?? true { found.append(document) }
            }
        }
        return found
    }

    /// A document that is listed. One that cannot be read is one of an unknown type: it says nothing of the others, and what it
    /// refers to is what it was listed for.
    private func referrer(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> StoredDocument? {
        let document = try await asking("\(repository)@\(digest)") { () throws(RegistryError) in
            try await client.document(.digest(digest), in: repository, leniently: true)
        }
        if let document, document.links != nil { memory.keep(document) }
        return document
    }

    /// What the referrers API lists; nothing where there is none.
    private func listed(to digest: Digest, in repository: RepositoryName) async throws(Fault) -> [Descriptor] {
        let what = "\(repository)@\(digest), its referrers"
        let listed = try await asking(what) { () throws(RegistryError) in
            try await client.listedReferrers(to: digest, in: repository)
        }
        if listed == nil, memory.capabilities(of: repository)?.referrersAPI == .yes {
            throw fault(.noSuchRoute(words: "it has listed referrers before"), of: what)
        }
        memory.learn(of: repository, referrersAPI: listed == nil ? .no : .yes)
        if listed == nil { memory.noteAbsence(of: repository, now) }
        return listed ?? []
    }

    /// Documents that are read beside each other before what they come to is counted.
    private static let referrersAtATime = 32

    /// What the fallback tag of a subject names and lists.
    private func fallback(of subject: Digest, in repository: RepositoryName) async throws(Fault) -> FallbackList {
        let tag = Tag(referrersOf: subject)
        let document = try await asking("\(repository):\(tag)") { () throws(RegistryError) in
            try await client.document(.tag(tag), in: repository, leniently: true)
        }
        do throws(ImageDocumentError) { return try FallbackList(document, of: subject) } catch {
            throw .refused(error, in: "\(client.address.name)/\(repository):\(tag)")
        }
    }

    /// The list under a subject's fallback tag, to be written anew.
    /// - Throws: `Fault.refused` where the tag names something else: an index of platforms and attestations together would be an
    ///   image that nobody built.
    private func writable(
        _ subject: Digest, in repository: RepositoryName
    ) async throws(Fault) -> (named: Digest?, index: ReferrerIndex) {
        let fallback = try await fallback(of: subject, in: repository)
        guard let reason = fallback.reasonNotToWrite else { return (fallback.named, fallback.index) }
        let what = "\(client.address.name)/\(repository):\(Tag(referrersOf: subject))"
        throw Fault(
            .refused,
            SafeText("\(what) \(reason), and the registry lists no referrers itself: nothing can be listed there", limit: 900))
    }

    /// Adds a referrer to the list under its subject's fallback tag: read, add, write, and read again, since another writer may
    /// have written between.
    func list(_ referrer: StoredDocument, under subject: Digest, in repository: RepositoryName) async throws(Fault) {
        let tag = Tag(referrersOf: subject)
        for _ in 1...Self.looks {
            let before = try await writable(subject, in: repository)
            if before.index.lists(referrer.digest) { return }
            let longer = before.index.adding(referrer)
            guard longer.descriptors.count <= ImageDocument.childLimit else {
                throw Fault(
                    .refused,
                    SafeText(
                        "\(repository):\(tag) lists \(ImageDocument.childLimit) documents already: nobody could read one more"))
            }
            try await rewrite(tag, longer, in: repository)
        }
        guard try await fallback(of: subject, in: repository).index.lists(referrer.digest) else {
            throw Fault(
                .broke,
                SafeText(
                    "\(repository):\(tag) is written by somebody else again and again; \(referrer.digest.short()) is not in it"))
        }
    }
    /// Takes a deleted referrer out of the list under its subject's fallback tag.
    func unlist(_ referrer: StoredDocument, from subject: Digest, in repository: RepositoryName) async throws(Fault) {
        for _ in 1...Self.looks {
            let before = try await fallback(of: subject, in: repository)
            guard let named = before.named, before.reasonNotToWrite == nil, before.index.lists(referrer.digest) else {
                return
            }
            let left = before.index.removing(referrer.digest)
            try await rewrite(Tag(referrersOf: subject), left, in: repository)
            guard try await fallback(of: subject, in: repository).named == left.stored.digest else { continue }
            _ = try? await asking("\(repository)@\(named)") { () throws(RegistryError) in
                try await client.delete(.digest(named), in: repository)
            }
            return
        }
    }

    /// Puts a list under its tag, unless the look that it was made from has grown old meanwhile; who asks looks again.
    private func rewrite(_ tag: Tag, _ index: ReferrerIndex, in repository: RepositoryName) async throws(Fault) {
        let end = now + Self.lookLife
        _ = try await asking("\(repository):\(tag)") { () throws(RegistryError) in
            try await client.put(index.stored, as: .tag(tag), in: repository, expecting: .anything, sentBy: end)
        }
    }
}
