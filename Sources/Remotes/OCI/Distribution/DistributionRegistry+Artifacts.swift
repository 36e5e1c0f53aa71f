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

    package func holds(_ blob: Digest, size: Int64, in repository: RepositoryName) async throws(Fault) -> Bool {
        try await asking("\(repository)@\(blob)") { () throws(RegistryError) in
            try await client.holds(Descriptor(mediaType: .empty, digest: blob, size: size), in: repository)
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
        if let tag { memory.see(tag, as: nil, in: repository) }
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
        let madeOnce = tag.flatMap { scheme(of: repository).isMadeOnce($0) ? $0 : nil }
        let outcome = try await put(document, as: reference, in: repository, madeOnce: madeOnce)
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

}

extension DistributionRegistry {
    package func delete(
        _ tag: Tag, naming digest: Digest, in repository: RepositoryName, under fence: Fence
    ) async throws(Fault) -> Deletion {
        try await fences(of: repository).admit(.deletions, under: fence)
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
        memory.forgetTags(of: repository)
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

    package func capabilities(in repository: RepositoryName) async throws(Fault) -> RegistryCapabilities {
        if let known = memory.capabilities(of: repository), known.referrersAPI != .unknown,
            known.referrersAPI == .yes || !memory.isAbsenceOld(of: repository, now)
        {
            return known
        }
        let hasAPI = try await asking("\(repository), its referrers") { () throws(RegistryError) in
            try await client.hasReferrersAPI(in: repository)
        }
        if !hasAPI { memory.noteAbsence(of: repository, now) }
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
