internal import PromotionCore

/// What a run does to a registry and its own files for one item; it may be done for several items beside each other.
struct RetentionWork: Sendable {
    let ground: RetentionGround
    let reader: RetentionReader
    let checks: RetentionChecks
    let changes: RetentionChanges

    /// Checks (e) and (f), on what is read of the item now.
    func check(_ item: RetentionPlan.Item) async -> Result<Void, RetentionStop> {
        do throws(RetentionStop) {
            let now: [Tag: Digest]
            do throws(Fault) { now = try await reader.digests(of: checks.tags(of: item)) } catch { throw Self.silence(error) }
            try checks.checkTags(item, now)
            for digest in checks.askable(of: item) {
                let list: [StoredDocument]
                do throws(Fault) { list = try await reader.referrers(to: digest).get() } catch { throw Self.silence(error) }
                try checks.checkReferrers(of: digest, list.map(\.digest))
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private static func silence(_ fault: Fault) -> RetentionStop { .end("the registry did not answer: \(fault.reason)") }

    /// What was written down so that an item can be had back.
    struct Burial: Sendable {
        let tombstone: Digest
        let top: StoredDocument
        let parts: [Digest]
    }

    /// Writes down everything that it takes to bring an item back.
    /// - Parameter parts: all that is below it.
    func bury(
        _ item: RetentionPlan.Item, _ parts: [Digest], _ tags: [Tag]
    ) async -> Result<Burial, RetentionStop> {
        do throws(RetentionStop) {
            let documents: [StoredDocument]
            do throws(Fault) { documents = try await self.documents(item.digest, parts) } catch {
                throw .drop("it cannot be kept to be had back: \(error.reason)")
            }
            let texts = documents.compactMap(Tombstone.Document.init)
            guard texts.count == documents.count, let top = documents.first else { throw .drop("a document of it is no text") }
            let members = Set(documents.map(\.digest))
            // A layer that no registry need hold is not looked for when the item is brought back.
            let blobs = documents.compactMap(\.links).flatMap(\.blobs).filter { !$0.mediaType.isForeignLayer }
            let tombstone = Tombstone(
                repository: ground.repository, digest: item.digest, made: reader.time.now(), tags: tags, documents: texts,
                attached: checks.tags(goingWith: item, members: members),
                blobs: Set(blobs.map { Tombstone.Blob(digest: $0.digest, size: $0.size) }).sorted { $0.digest < $1.digest })
            guard let bytes = try? CanonicalJSON.encode(tombstone) else { throw .drop("its tombstone cannot be written") }
            do throws(Fault) { try await ground.wiring.files.keep(bytes, as: .tombstone(ground.repository, item.digest)) } catch {
                throw .end("a tombstone could not be written: \(error.reason)")
            }
            return .success(Burial(tombstone: Digest(of: bytes), top: top, parts: parts))
        } catch {
            return .failure(error)
        }
    }

    private func documents(_ top: Digest, _ parts: [Digest]) async throws(Fault) -> [StoredDocument] {
        var documents: [StoredDocument] = []
        var size = 0
        for member in [top] + parts {
            guard let document = try await ground.store.document(member, in: ground.repository) else {
                if member == top { throw Fault(.refused, "it is gone") }
                continue
            }
            size += document.bytes.count
            guard size <= Tombstone.byteLimit else { throw Fault(.refused, "more than 64 MiB hang on it") }
            documents.append(document)
        }
        return documents
    }

    /// Whether the tombstone of an item is there as it was written: without it, nothing is deleted.
    func proveTombstone(of item: RetentionPlan.Item, _ hash: Digest) async -> Result<Void, RetentionStop> {
        let file = try? await ground.wiring.files.read(.tombstone(ground.repository, item.digest))
        guard let file, Digest(of: file) == hash else {
            return .failure(.drop("its tombstone is missing or altered: it could not be had back"))
        }
        return .success(())
    }

    /// Gives an item the tag that holds it, and takes its own away.
    func hold(_ item: RetentionPlan.Item, _ top: StoredDocument, by holding: Tag) async -> Fault? {
        do throws(Fault) {
            try await changes.put(top, as: holding)
            for tag in item.tags where tag != holding { try await changes.delete(tag, naming: item.digest) }
            return nil
        } catch {
            return error
        }
    }

    /// What became of the documents of one item.
    struct Removal: Sendable {
        var gone: [Digest] = []
        var fault: Fault?
    }

    /// Deletes an item from the top down: a crash in between leaves garbage that the tombstone lists, never a hole.
    /// - Parameters:
    ///   - holding: the tag that holds it in quarantine.
    ///   - holders: what else holds on to its parts; one that something still holds on to stays.
    func remove(_ item: RetentionPlan.Item, _ holding: Tag?, _ holders: [Digest: [Digest]]) async -> Removal {
        var removal = Removal()
        do throws(Fault) {
            if let holding, item.tags.contains(holding) { try await changes.delete(holding, naming: item.digest) }
            for digest in item.digests {
                let above = (holders[digest] ?? []).filter { !removal.gone.contains($0) }
                guard digest == item.digest || above.isEmpty else { continue }
                try await remove(digest)
                removal.gone.append(digest)
            }
            // From now on, and not from the quarantine on, it is kept for its 90 days; without that it only goes earlier.
            try? await ground.wiring.files.date(.tombstone(ground.repository, item.digest), reader.time.now())
        } catch {
            removal.fault = error
        }
        return removal
    }

    private func remove(_ digest: Digest) async throws(Fault) {
        var silence: Fault?
        do throws(Fault) {
            try await changes.delete(digest)
        } catch {
            guard error.kind == .unknown else { throw error }
            silence = error
        }
        guard try await ground.store.document(digest, in: ground.repository) == nil else {
            throw silence ?? Fault(.broke, "\(digest.short()) is still there after its deletion")
        }
    }
}
