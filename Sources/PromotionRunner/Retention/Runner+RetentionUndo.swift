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
        // Before the leases are taken: this may take longer than they last.
        let proved: Set<Digest>
        switch await proveMissing(of: tombstone, ground) {
        case .success(let missing): proved = missing
        case .failure(let fault): return unrestorable(fault)
        }
        do {
            var leases = try await RetentionLeases(
                of: ground, holder: holder, from: leases, time, after: board.projection.head.sequence)
            let answer = await restore(tombstone, proved, leases.changes(of: ground))
            await leases.giveBack()
            switch answer {
            case .success(let words):
                try await note(.undone(digest, reason: words), in: ground.repository, by: account)
                return words.text.isEmpty ? .accepted : .retention(.undone(words))
            case .failure(let fault): return unrestorable(fault)
            }
        } catch {
            return .refused([.init(.busy, "\(error)", remedy: "wait for its end")])
        }
    }

    private func unrestorable(_ fault: Fault) -> Answer {
        .refused([.init(.unreadableImage, "it cannot be restored: \(fault.reason)", remedy: "ask once more, or push it again")])
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

    /// Proves that what is missing can be put back; it is read, and nothing is changed.
    /// - Returns: what is missing.
    func proveMissing(of tombstone: Tombstone, _ ground: RetentionGround) async -> Result<Set<Digest>, Fault> {
        do throws(Fault) {
            let missing = try await missing(of: tombstone, ground)
            if !missing.isEmpty { try await proveBlobs(of: tombstone, ground) }
            return .success(Set(missing.map(\.digest)))
        } catch {
            return .failure(error)
        }
    }

    /// Documents that are not there any more.
    private func missing(of tombstone: Tombstone, _ ground: RetentionGround) async throws(Fault) -> [Tombstone.Document] {
        var missing: [Tombstone.Document] = []
        for document in tombstone.documents {
            if try await ground.store.document(document.digest, in: ground.repository) == nil { missing.append(document) }
        }
        return missing
    }

    /// Puts everything back.
    /// - Parameter proved: documents of which it was proved that they can be put back.
    /// - Returns: what was left as it is, in words; empty where everything is as it was.
    func restore(
        _ tombstone: Tombstone, _ proved: Set<Digest>, _ changes: RetentionChanges
    ) async -> Result<SafeText, Fault> {
        let ground = changes.ground
        do throws(Fault) {
            let missing = try await missing(of: tombstone, ground)
            if let late = missing.first(where: { !proved.contains($0.digest) }) {
                throw Fault(.refused, "\(late.digest.short()) has gone only now")
            }
            // From below: an index goes in only over children that are there.
            for document in missing.reversed() { try await put(document, as: nil, changes) }
            var left: [SafeText] = []
            for tag in tombstone.tags { try await name(tag, tombstone.digest, tombstone, changes, &left) }
            for (tag, digest) in tombstone.attached.sorted(by: { $0.key < $1.key }) {
                try await name(tag, digest, tombstone, changes, &left)
            }
            try await removeHolding(of: tombstone, changes)
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
        _ document: Tombstone.Document, as tag: Tag?, _ changes: RetentionChanges
    ) async throws(Fault) {
        let stored = StoredDocument(mediaType: document.mediaType, bytes: document.bytes, links: document.links)
        guard stored.digest == document.digest else {
            throw Fault(.refused, "the tombstone of \(document.digest.short()) is altered")
        }
        try await changes.put(stored, as: tag)
    }

    /// Puts a tag back where it is still free; one that names something else by now is left.
    private func name(
        _ tag: Tag, _ digest: Digest, _ tombstone: Tombstone, _ changes: RetentionChanges, _ left: inout [SafeText]
    ) async throws(Fault) {
        let ground = changes.ground
        let now = try await ground.store.resolve(tag, in: ground.repository)
        if let now {
            if now != digest { left.append("\(tag) names \(now.short()) by now and is left") }
            return
        }
        guard let document = tombstone.documents.first(where: { $0.digest == digest }) else { return }
        try await put(document, as: tag, changes)
    }

    /// Takes away the tags that held a digest, those of a quarantine that has ended since as well; one that is its last name stays.
    private func removeHolding(of tombstone: Tombstone, _ changes: RetentionChanges) async throws(Fault) {
        let (digest, ground) = (tombstone.digest, changes.ground)
        var isNamed = false
        for tag in tombstone.tags where !isNamed {
            isNamed = try await ground.store.resolve(tag, in: ground.repository) == digest
        }
        guard isNamed else { return }
        let list = try await ground.store.tagList(in: ground.repository).tags
        for tag in list where ground.retentionClass(of: tag) == .quarantine(subject: digest) {
            try await changes.delete(tag, naming: digest)
        }
    }

    /// A length that a registry announces proves nothing once it has collected: of every blob something is read.
    private func proveBlobs(of tombstone: Tombstone, _ ground: RetentionGround) async throws(Fault) {
        for blob in tombstone.blobs {
            guard try await ground.store.holds(blob.digest, size: blob.size, in: ground.repository) else {
                throw Fault(.refused, "blob \(blob.digest.short()) was collected by the registry")
            }
        }
    }
}
