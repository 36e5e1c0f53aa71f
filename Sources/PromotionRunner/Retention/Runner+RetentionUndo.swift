internal import PromotionCore

extension Runner {
    /// Brings a digest back: out of quarantine, or, until the registry has collected its blobs, from its tombstone.
    func undo(_ digest: Digest, of service: ServiceName, by account: Account) async -> Answer {
        guard let ground = ground(of: service) else { return .refused([unretained(service)]) }
        guard let tombstone = await tombstone(of: digest, ground) else {
            let reason: SafeText = "\(digest.short()) was neither quarantined nor deleted here"
            return .refused([Objection(.unknownImage, reason, remedy: "see baton retention status")])
        }
        let holder = LeaseHolder(owner: account, session: session, promotion: nil, reason: "undo of \(digest.short())")
        do {
            var leases = try await RetentionLeases(
                of: ground, holder: holder, from: leases, time, after: board.projection.head.sequence)
            let answer = await restore(tombstone, ground, under: leases.fence)
            await leases.giveBack()
            switch answer {
            case .success(let words):
                try await note(.undone(digest, reason: words), in: ground.repository, by: account)
                return words.text.isEmpty ? .accepted : .retention(.undone(words))
            case .failure(let fault):
                return .refused([.init(.unreadableImage, "it cannot be restored: \(fault.reason)", remedy: "push it again")])
            }
        } catch {
            return .refused([.init(.busy, "\(error)", remedy: "wait for its end")])
        }
    }

    func tombstone(of digest: Digest, _ ground: RetentionGround) async -> Tombstone? {
        guard let bytes = try? await ground.wiring.files.read(.tombstone(ground.repository, digest)),
            let tombstone = try? CanonicalJSON.decode(Tombstone.self, from: bytes), tombstone.format == Tombstone.format,
            tombstone.digest == digest, tombstone.repository == ground.repository
        else { return nil }
        if let known = board.projection.retention[ground.repository]?.quarantined[digest], known.tombstone != Digest(of: bytes) {
            return nil
        }
        return tombstone
    }

    /// Puts everything back.
    /// - Returns: what was left as it is, in words; empty where everything is as it was.
    func restore(
        _ tombstone: Tombstone, _ ground: RetentionGround, under fence: Fence
    ) async -> Result<SafeText, Fault> {
        do throws(Fault) {
            var missing: [Tombstone.Document] = []
            for document in tombstone.documents {
                if try await ground.store.document(document.digest, in: ground.repository) == nil { missing.append(document) }
            }
            if !missing.isEmpty { try await proveBlobs(of: tombstone, ground) }
            // From below: an index goes in only over children that are there.
            for document in missing.reversed() { try await put(document, as: nil, ground, fence) }
            var left: [SafeText] = []
            for tag in tombstone.tags { try await name(tag, tombstone.digest, tombstone, ground, fence, &left) }
            for (tag, digest) in tombstone.attached.sorted(by: { $0.key < $1.key }) {
                try await name(tag, digest, tombstone, ground, fence, &left)
            }
            try await removeHolding(of: tombstone, ground, fence)
            for document in tombstone.documents {
                guard try await ground.store.document(document.digest, in: ground.repository) != nil else {
                    throw Fault(.broke, "\(document.digest.short()) is not there after it was put back")
                }
            }
            return .success(SafeText(left.map(\.text).joined(separator: "; "), limit: 400))
        } catch {
            return .failure(error)
        }
    }

    private func put(
        _ document: Tombstone.Document, as tag: Tag?, _ ground: RetentionGround, _ fence: Fence
    ) async throws(Fault) {
        let stored = StoredDocument(mediaType: document.mediaType, bytes: document.bytes, links: document.links)
        guard stored.digest == document.digest else {
            throw Fault(.refused, "the tombstone of \(document.digest.short()) is altered")
        }
        try await ground.store.put(stored, as: tag, in: ground.repository, under: fence)
    }

    /// Puts a tag back where it is still free; one that names something else by now is left.
    private func name(
        _ tag: Tag, _ digest: Digest, _ tombstone: Tombstone, _ ground: RetentionGround, _ fence: Fence, _ left: inout [SafeText]
    ) async throws(Fault) {
        let now = try await ground.store.resolve(tag, in: ground.repository)
        if let now {
            if now != digest { left.append("\(tag) names \(now.short()) by now and is left") }
            return
        }
        guard let document = tombstone.documents.first(where: { $0.digest == digest }) else { return }
        try await put(document, as: tag, ground, fence)
    }

    /// Takes away the tags that held a digest, those of a quarantine that has ended since as well; one that is its last name stays.
    private func removeHolding(of tombstone: Tombstone, _ ground: RetentionGround, _ fence: Fence) async throws(Fault) {
        let digest = tombstone.digest
        var isNamed = false
        for tag in tombstone.tags where !isNamed {
            isNamed = try await ground.store.resolve(tag, in: ground.repository) == digest
        }
        guard isNamed else { return }
        let list = try await ground.store.tagList(in: ground.repository).tags
        for tag in list where RetentionClass(of: tag, pointers: ground.pointers) == .quarantine(subject: digest) {
            _ = try await ground.store.delete(tag, naming: digest, in: ground.repository, under: fence)
        }
    }

    /// Bytes of one blob that are read to prove that it is there.
    private static let blobLimit = 1 << 30

    /// A length that a registry announces proves nothing once it has collected: every blob is read.
    private func proveBlobs(of tombstone: Tombstone, _ ground: RetentionGround) async throws(Fault) {
        for blob in tombstone.blobs {
            guard blob.size <= Self.blobLimit else {
                throw Fault(.refused, "blob \(blob.digest.short()) is larger than 1 GiB and cannot be proved to be there")
            }
            let bytes = try await ground.store.blob(blob.digest, limit: Int(blob.size), in: ground.repository)
            guard let bytes, Int64(bytes.count) == blob.size else {
                throw Fault(.refused, "blob \(blob.digest.short()) was collected by the registry")
            }
        }
    }
}
