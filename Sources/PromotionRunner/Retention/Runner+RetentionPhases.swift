internal import Logging
internal import PromotionCore

/// The two phases of an item: the tombstone first, then the entry, then the change.
extension Runner {
    /// Keeps a fact about a repository, under the fence of the run.
    func note(_ fact: RetentionFact, in repository: RepositoryName, by actor: Account, under fence: Fence? = nil) async throws {
        try await record(.retention(repository, fact), by: actor, fence: fence)
    }

    private func note(_ fact: RetentionFact, _ batch: RetentionBatch) async throws(RetentionBatch.Stop) {
        do {
            try await note(fact, in: batch.ground.repository, by: batch.actor, under: batch.leases.fence)
        } catch {
            throw .end("the ledger could not be written: \(error)")
        }
    }

    /// First phase.
    func quarantine(_ item: RetentionPlan.Item, _ batch: inout RetentionBatch) async throws(RetentionBatch.Stop) {
        try await check(item, deletes: false, &batch)
        let ground = batch.ground
        let known = board.projection.retention[ground.repository]?.quarantined[item.digest]
        let since = known?.since ?? time.now()
        let mode = known?.mode ?? batch.snapshot.capabilities.quarantineMode
        let holding = Quarantine.tag(of: item.digest, since: since)
        let tags = Set((known?.tags ?? []) + item.tags).subtracting([holding].compactMap(\.self)).sorted()
        let parts = batch.reach.below(item.digest)
        let (tombstone, top) = try await bury(item.digest, parts, tags, batch)
        let quarantine = Quarantine(
            phase: .quarantining, mode: mode, tags: tags, parts: parts, since: since,
            until: time.now() + ground.wiring.rules.grace, tombstone: tombstone)
        try await note(.quarantining(item.digest, quarantine), batch)
        if mode == .tag, let holding {
            do throws(Fault) {
                try await ground.store.put(top, as: holding, in: ground.repository, under: batch.leases.fence)
                for tag in item.tags where tag != holding {
                    let answer = try await ground.store.delete(
                        tag, naming: item.digest, in: ground.repository, under: batch.leases.fence)
                    if case .conflict(let other) = answer { logger.notice("\(tag) names \(other.short()) by now and is left") }
                }
            } catch {
                throw .end("\(item.digest.short()) could not be quarantined: \(error.reason)")
            }
        }
        try await note(.quarantined(item.digest, until: time.now() + ground.wiring.rules.grace), batch)
    }

    /// Writes down everything that it takes to bring a digest back.
    private func bury(
        _ digest: Digest, _ parts: [Digest], _ tags: [Tag], _ batch: RetentionBatch
    ) async throws(RetentionBatch.Stop) -> (tombstone: Digest, top: StoredDocument) {
        let ground = batch.ground
        var documents: [StoredDocument] = []
        var size = 0
        do throws(Fault) {
            for member in [digest] + parts {
                guard let document = try await ground.store.document(member, in: ground.repository) else {
                    if member == digest { throw Fault(.refused, "it is gone") }
                    continue
                }
                size += document.bytes.count
                guard size <= Tombstone.byteLimit else { throw Fault(.refused, "more than 64 MiB hang on it") }
                documents.append(document)
            }
        } catch {
            throw .drop("it cannot be kept to be had back: \(error.reason)")
        }
        let texts = documents.compactMap(Tombstone.Document.init)
        guard texts.count == documents.count, let top = documents.first else { throw .drop("a document of it is no text") }
        let members = Set(documents.map(\.digest))
        let attached = batch.snapshot.tags.filter { tag, target in
            guard case .attached(let subject) = RetentionClass(of: tag, pointers: batch.snapshot.pointers) else { return false }
            return members.contains(subject) && members.contains(target)
        }
        let blobs = documents.compactMap(\.links).flatMap { [$0.configuration].compactMap(\.self) + $0.layers }
        let tombstone = Tombstone(
            repository: ground.repository, digest: digest, made: time.now(), tags: tags, documents: texts, attached: attached,
            blobs: Set(blobs.map { Tombstone.Blob(digest: $0.digest, size: $0.size) }).sorted { $0.digest < $1.digest })
        guard let bytes = try? CanonicalJSON.encode(tombstone) else { throw .drop("its tombstone cannot be written") }
        do throws(Fault) { try await ground.wiring.files.keep(bytes, as: .tombstone(ground.repository, digest)) } catch {
            throw .end("a tombstone could not be written: \(error.reason)")
        }
        return (Digest(of: bytes), top)
    }

    /// Second phase, from the top down: a crash in between leaves garbage that the tombstone lists, never a hole.
    func delete(_ item: RetentionPlan.Item, _ batch: inout RetentionBatch) async throws(RetentionBatch.Stop) {
        let ground = batch.ground
        guard let known = board.projection.retention[ground.repository]?.quarantined[item.digest],
            known.phase == .deleting || known.until <= time.now()
        else { throw .drop("its grace is not over") }
        let own = Set(item.digests).union(batch.gone)
        if let holder = (batch.holders[item.digest] ?? []).first(where: { !own.contains($0) }) {
            throw .drop("\(holder.short()) still holds on to it")
        }
        try await check(item, deletes: true, &batch)
        let file = try? await ground.wiring.files.read(.tombstone(ground.repository, item.digest))
        guard let file, Digest(of: file) == known.tombstone else {
            throw .drop("its tombstone is missing or altered: it could not be had back")
        }
        if known.phase != .deleting { try await note(.deleting(item.digest), batch) }
        do throws(Fault) {
            let holding = Quarantine.tag(of: item.digest, since: known.since)
            if known.mode == .tag, let holding, item.tags.contains(holding) {
                _ = try await ground.store.delete(
                    holding, naming: item.digest, in: ground.repository, under: batch.leases.fence)
            }
            for digest in item.digests { try await remove(digest, of: item, &batch) }
        } catch {
            throw .end("\(item.digest.short()) could not be deleted: \(error.reason)")
        }
        try await note(.deleted(item.digest, parts: item.parts, frees: item.frees), batch)
    }

    private func remove(
        _ digest: Digest, of item: RetentionPlan.Item, _ batch: inout RetentionBatch
    ) async throws(Fault) {
        let ground = batch.ground
        // A part stays while anything that was left alone after all holds on to it.
        let holders = (batch.holders[digest] ?? []).filter { !batch.gone.contains($0) }
        guard digest == item.digest || holders.isEmpty else { return }
        do throws(Fault) {
            _ = try await ground.store.delete(digest, in: ground.repository, under: batch.leases.fence)
        } catch {
            guard error.kind == .unknown else { throw error }
        }
        guard try await ground.store.document(digest, in: ground.repository) == nil else {
            throw Fault(.broke, "\(digest.short()) is still there after its deletion")
        }
        batch.gone.insert(digest)
        retention.shelf[ground.repository]?[digest] = nil
        await time.wait(Milliseconds(Int64(1_000 / ground.wiring.pace)))
    }

    /// After deletions: what every pointer tag and some final tags name is there whole.
    func verify(_ batch: RetentionBatch) async -> SafeText? {
        let finals = batch.snapshot.tags.keys.filter { tag in
            if case .final = RetentionClass(of: tag, pointers: batch.snapshot.pointers) { true } else { false }
        }.sorted()
        let turn = finals.isEmpty ? 0 : Int(time.now().millisecondsSinceEpoch % Int64(finals.count))
        let some = (finals[turn...] + finals[..<turn]).prefix(3)
        for tag in batch.ground.pointers.intersection(batch.snapshot.tags.keys).sorted() + some {
            guard let digest = batch.snapshot.tags[tag] else { continue }
            if let reason = await hole(in: digest, of: batch) { return "\(tag): \(reason)" }
        }
        return nil
    }

    private func hole(in digest: Digest, of batch: RetentionBatch) async -> SafeText? {
        let store = batch.ground.store
        do throws(Fault) {
            guard let document = try await store.document(digest, in: batch.ground.repository) else {
                return "\(digest.short()) is gone"
            }
            for child in document.links?.children ?? [] where batch.snapshot.manifests[child.digest] != nil {
                if let reason = await hole(in: child.digest, of: batch) { return reason }
            }
            guard let configuration = document.links?.configuration, configuration.size <= 4 << 20 else { return nil }
            let bytes = try await store.blob(configuration.digest, limit: 4 << 20, in: batch.ground.repository)
            return bytes == nil ? "the configuration \(configuration.digest.short()) is gone" : nil
        } catch {
            return "\(digest.short()) cannot be read: \(error.reason)"
        }
    }
}
