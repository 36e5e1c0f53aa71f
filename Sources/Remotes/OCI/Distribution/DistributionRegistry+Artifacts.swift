package import PromotionCore

extension DistributionRegistry: ArtifactStore {
    package func tagList(in repository: RepositoryName) async throws(Fault) -> TagList {
        try await asking("\(repository), its tags") { () throws(RegistryError) in try await client.tagList(in: repository) }
    }

    package func digests(of tags: [Tag], in repository: RepositoryName) async throws(Fault) -> [Tag: Digest] {
        try await asking("\(repository), \(tags.count) tags") { () throws(RegistryError) in
            try await client.digests(of: tags, in: repository)
        }
    }

    package func document(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> StoredDocument? {
        let document = try await asking("\(repository)@\(digest)") { () throws(RegistryError) in
            try await client.document(.digest(digest), in: repository)
        }
        if let document { memory.keep(document) }
        return document
    }

    package func blob(_ digest: Digest, limit: Int, in repository: RepositoryName) async throws(Fault) -> [UInt8]? {
        try await asking("\(repository)@\(digest)") { () throws(RegistryError) in
            try await client.blob(digest, limit: limit, in: repository)
        }
    }

    package func referrers(to digest: Digest, in repository: RepositoryName) async throws(Fault) -> [StoredDocument] {
        var descriptors: [Descriptor] = []
        if memory.capabilities(of: repository)?.referrersAPI != .no {
            let listed = try await asking("\(repository)@\(digest), its referrers") { () throws(RegistryError) in
                try await client.listedReferrers(to: digest, in: repository)
            }
            memory.learn(of: repository, referrersAPI: listed == nil ? .no : .yes)
            descriptors += listed ?? []
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
                do throws(Fault) { return .success(try await self.document(referrer, in: repository)) } catch {
                    return .failure(error)
                }
            }
            for case let document? in documents where document.links?.subject?.digest == digest {
                bytes += document.bytes.count
                guard bytes <= ImageWalk.byteLimit else {
                    throw fault(
                        .tooLarge("all that refers to it", limit: Int64(ImageWalk.byteLimit)), of: "\(repository)@\(digest)")
                }
                found.append(document)
            }
        }
        return found
    }

    /// Documents that are read beside each other before what they come to is counted.
    private static let referrersAtATime = 32

    /// What the fallback tag of a subject names and lists.
    private func fallback(
        of subject: Digest, in repository: RepositoryName
    ) async throws(Fault) -> (named: Digest?, index: ReferrerIndex) {
        let tag = Tag(referrersOf: subject)
        let document = try await asking("\(repository):\(tag)") { () throws(RegistryError) in
            try await client.document(.tag(tag), in: repository)
        }
        guard let document else { return (nil, ReferrerIndex()) }
        do { return (document.digest, try ReferrerIndex(parsing: document)) } catch {
            throw .refused(error, in: "\(client.address.name)/\(repository):\(tag)")
        }
    }

    package func upload(_ bytes: [UInt8], in repository: RepositoryName) async throws(Fault) {
        try await asking("\(repository), storing a blob") { () throws(RegistryError) in
            try await client.upload(bytes, in: repository)
        }
    }

    package func put(
        _ document: StoredDocument, as tag: Tag?, in repository: RepositoryName, under fence: Fence
    ) async throws(Fault) {
        let parsed: StoredDocument
        do { parsed = try StoredDocument(parsing: document.bytes, as: document.mediaType) } catch {
            throw .refused(error, in: "\(repository)@\(document.digest)")
        }
        if let tag {
            try await fences(of: repository).admit(.tag(tag), under: fence)
        }
        let answer = try await store(parsed, as: tag, in: repository)
        memory.keep(nil, of: repository)
        guard let subject = parsed.links?.subject?.digest, answer?.field("oci-subject") == nil else { return }
        try await list(parsed, under: subject, in: repository)
    }

    /// Stores a document and reads it back. A tag that is put once is never moved.
    @discardableResult
    func store(
        _ document: StoredDocument, as tag: Tag?, in repository: RepositoryName
    ) async throws(Fault) -> RegistryAnswer? {
        let reference = tag.map(ManifestReference.tag) ?? .digest(document.digest)
        let what = "\(repository)/\(reference)"
        let outcome = try await put(document, as: reference, in: repository, madeOnce: tag.flatMap { $0.isMadeOnce ? $0 : nil })
        let stored = try await asking(what) { () throws(RegistryError) in try await client.document(reference, in: repository) }
        switch outcome {
        case .created(let answer) where stored?.digest == document.digest: return answer
        case .unknown(let error) where stored?.digest != document.digest: throw fault(error, of: what, kind: .unknown)
        case .unknown: return nil
        case .notSent: throw fault(.notSent, of: what)
        case .created, .conditionFailed:
            let found = stored.map { "names \($0.digest)" } ?? "does not exist"
            throw Fault(
                .unknown, SafeText("\(client.address.name)/\(what) was stored as \(document.digest), but \(found) by now"))
        }
    }

    /// Stores a document.
    /// - Parameter tag: the name that it is put under, where that is put once: it is looked at right before.
    private func put(
        _ document: StoredDocument, as reference: ManifestReference, in repository: RepositoryName, madeOnce tag: Tag?
    ) async throws(Fault) -> PutOutcome {
        for _ in 1...Self.looks {
            if let tag, let named = try await resolve(tag, in: repository), named != document.digest {
                throw Fault(.refused, SafeText("\(tag) is put once: it names \(named) and is never moved"))
            }
            let sentBy = tag.map { _ in now + Self.lookLife }
            let outcome = try await asking("\(repository)/\(reference)") { () throws(RegistryError) in
                try await client.put(document, as: reference, in: repository, expecting: .anything, sentBy: sentBy)
            }
            guard case .notSent = outcome else { return outcome }
        }
        return .notSent
    }

    /// Adds a referrer to the list under its subject's fallback tag: read, add, write, and read again, since another writer may
    /// have written between.
    func list(_ referrer: StoredDocument, under subject: Digest, in repository: RepositoryName) async throws(Fault) {
        memory.learn(of: repository, referrersAPI: .no)
        let tag = Tag(referrersOf: subject)
        for _ in 1...3 {
            let before = try await fallback(of: subject, in: repository)
            if before.index.lists(referrer.digest) { return }
            let longer = before.index.adding(referrer)
            guard longer.descriptors.count <= ImageDocument.childLimit else {
                throw Fault(
                    .refused,
                    SafeText(
                        "\(repository):\(tag) lists \(ImageDocument.childLimit) documents already: nobody could read one more"))
            }
            try await store(longer.stored, as: tag, in: repository)
        }
        guard try await fallback(of: subject, in: repository).index.lists(referrer.digest) else {
            throw Fault(
                .broke,
                SafeText(
                    "\(repository):\(tag) is written by somebody else again and again; \(referrer.digest.short()) is not in it"))
        }
    }
}

extension DistributionRegistry {
    package func delete(
        _ tag: Tag, naming digest: Digest, in repository: RepositoryName, under fence: Fence
    ) async throws(Fault) -> Deletion {
        try await fences(of: repository).admit(.deletions, under: fence)
        memory.keep(nil, of: repository)
        var looks = 0
        while true {
            looks += 1
            guard let named = try await resolve(tag, in: repository) else { return .absent }
            guard named == digest else { return .conflict(observed: named) }
            if try await isSent(deletionOf: tag, in: repository, by: now + Self.lookLife) { break }
            guard looks < Self.looks else { throw fault(.notSent, of: "\(repository):\(tag)") }
        }
        memory.see(tag, as: nil, in: repository)
        guard let left = try await resolve(tag, in: repository) else {
            memory.learn(of: repository, tagDeletion: .yes)
            return .deleted
        }
        throw Fault(.unknown, SafeText("\(client.address.name)/\(repository):\(tag) was deleted, but names \(left) by now"))
    }

    /// Asks for the deletion of a tag.
    /// - Returns: false where there was no time left to send it in.
    private func isSent(deletionOf tag: Tag, in repository: RepositoryName, by end: Timestamp) async throws(Fault) -> Bool {
        let what = "\(repository):\(tag)"
        do throws(RegistryError) {
            if case .unsupported(let words) = try await client.delete(.tag(tag), in: repository, sentBy: end) {
                memory.learn(of: repository, tagDeletion: .no)
                throw .unexpected(
                    status: 405, words: "the registry deletes no single tag (\(words)); its digest is never deleted instead")
            }
        } catch {
            switch error {
            case .notSent: return false
            // Without an answer nobody knows; what the tag names now tells.
            case .noAnswer: break
            default: throw fault(error, of: what)
            }
        }
        return true
    }

    package func delete(_ digest: Digest, in repository: RepositoryName, under fence: Fence) async throws(Fault) -> Deletion {
        try await fences(of: repository).admit(.deletions, under: fence)
        let what = "\(repository)@\(digest)"
        let before = try await document(digest, in: repository)
        memory.keep(nil, of: repository)
        memory.forgetProof(of: digest, in: repository)
        let answer = try await asking(what) { () throws(RegistryError) in
            try await client.delete(.digest(digest), in: repository)
        }
        if case .unsupported(let words) = answer {
            memory.learn(of: repository, digestDeletion: .no)
            throw Fault(
                .refused,
                SafeText(
                    "\(client.address.name)/\(what): the registry deletes nothing (\(words)): deletion is switched off there"))
        }
        guard try await document(digest, in: repository) == nil else {
            throw Fault(.broke, SafeText("\(client.address.name)/\(what) was deleted, but is there still"))
        }
        memory.learn(of: repository, digestDeletion: .yes)
        guard let before else { return .absent }
        if let subject = before.links?.subject?.digest { try await unlist(before, from: subject, in: repository) }
        return .deleted
    }

    /// Takes a deleted referrer out of the list under its subject's fallback tag.
    private func unlist(_ referrer: StoredDocument, from subject: Digest, in repository: RepositoryName) async throws(Fault) {
        let before = try await fallback(of: subject, in: repository)
        guard let named = before.named, before.index.lists(referrer.digest) else { return }
        let left = before.index.removing(referrer.digest).stored
        try await store(left, as: Tag(referrersOf: subject), in: repository)
        if left.digest != named {
            _ = try? await asking("\(repository)@\(named)") { () throws(RegistryError) in
                try await client.delete(.digest(named), in: repository)
            }
        }
    }

    package func capabilities(in repository: RepositoryName) async throws(Fault) -> RegistryCapabilities {
        if let known = memory.capabilities(of: repository), known.referrersAPI != .unknown { return known }
        let hasAPI = try await asking("\(repository), its referrers") { () throws(RegistryError) in
            try await client.hasReferrersAPI(in: repository)
        }
        return memory.learn(of: repository, referrersAPI: hasAPI ? .yes : .no)
    }

    package func probeDeletion(in repository: RepositoryName, under fence: Fence) async throws(Fault) -> RegistryCapabilities {
        try await fences(of: repository).admit(.deletions, under: fence)
        // A name and a digest that nobody has: the answer tells what would be done, and nothing is.
        let nobody = Digest(of: "baton asks whether this can be deleted \(now)".utf8)
        guard let tag = try? Tag("baton-probe-\(nobody.short(40))") else { return try await capabilities(in: repository) }
        try await asking("\(repository), asking for deletion") { () throws(RegistryError) in
            switch try await client.delete(.tag(tag), in: repository) {
            case .absent: memory.learn(of: repository, tagDeletion: .yes)
            case .unsupported: memory.learn(of: repository, tagDeletion: .no)
            case .accepted: break
            }
            switch try await client.delete(.digest(nobody), in: repository) {
            case .absent: memory.learn(of: repository, digestDeletion: .yes)
            case .unsupported: memory.learn(of: repository, digestDeletion: .no)
            case .accepted: break
            }
        }
        return try await capabilities(in: repository)
    }

    package func time() async throws(Fault) -> Timestamp? {
        try await asking("v2") { () throws(RegistryError) in try await client.time() }
    }
}
