internal import PromotionCore

/// What must hold right before an item is changed for the first time.
extension Runner {
    /// Checks (a) to (f) of an item, in this order.
    func check(_ item: RetentionPlan.Item, deletes: Bool, _ batch: inout RetentionBatch) async throws(RetentionBatch.Stop) {
        if let waiting = waitingPromotion(of: batch.ground) {
            throw .end("promotion \(waiting) waits: it comes first")
        }
        do throws(Fault) { try await batch.leases.prove() } catch { throw .replan(error.reason) }
        try await checkLedger(item, &batch)
        do {
            let now = try await batch.reader.resolve(all: batch.ground.pointers.sorted())
            for pointer in batch.ground.pointers where now[pointer] != batch.snapshot.tags[pointer] {
                throw RetentionBatch.Stop.replan("pointer tag \(pointer) was moved")
            }
            let list = try await listed(&batch)
            try await checkTags(item, list, deletes: deletes, &batch)
            try await checkOwnTags(item, batch)
            try await checkReferrers(item, list, batch)
        } catch let stop as RetentionBatch.Stop {
            throw stop
        } catch let fault as Fault {
            throw .end("the registry did not answer: \(fault.reason)")
        } catch {
            throw .end("\(error)")
        }
    }

    /// A promotion or rollback of any service of the repository that has not ended.
    func waitingPromotion(of ground: RetentionGround) -> PromotionNumber? {
        board.projection.unfinished.first { promotion in
            promotion.isActive && ground.places.contains(promotion.plan.place)
        }?.number
    }

    /// (b): no entry since the snapshot names a digest of the item.
    private func checkLedger(_ item: RetentionPlan.Item, _ batch: inout RetentionBatch) async throws(RetentionBatch.Stop) {
        let own = ["planned", "refused", "quarantining", "quarantined", "rescued", "deleting", "deleted"].map {
            "retention." + $0
        }
        while true {
            let entries: [LedgerEntry]
            do throws(Fault) { entries = try await ledger.entries(after: batch.lookedUpTo, limit: 1_000) } catch {
                throw .end("the ledger cannot be read: \(error.reason)")
            }
            guard let last = entries.last else { break }
            for entry in entries where !own.contains(entry.draft.kind) {
                batch.touched.formUnion(Digest.mentioned(in: entry.draft.payload))
            }
            batch.lookedUpTo = last.sequence
        }
        if let digest = item.digests.first(where: batch.touched.contains) {
            throw .replan("an entry of the ledger names \(digest.short()) by now")
        }
    }

    private func listed(_ batch: inout RetentionBatch) async throws -> [Tag] {
        let list = try await batch.ground.store.tagList(in: batch.ground.repository)
        guard list.strangers.isEmpty else { throw RetentionBatch.Stop.replan("a name that is no tag has come up") }
        return list.tags
    }

    /// (d): no new tag names a digest of the item; where a digest is deleted with all its tags, no tag at all but its own.
    ///
    /// All tags are resolved again where the last time is longer ago than four times what it took: a small repository every
    /// time, a large one every few seconds.
    private func checkTags(
        _ item: RetentionPlan.Item, _ list: [Tag], deletes: Bool, _ batch: inout RetentionBatch
    ) async throws {
        let began = time.now()
        if deletes, began - batch.sweptAt > Milliseconds(4 * batch.sweepTook.count) {
            batch.swept = try await batch.reader.resolve(all: list)
            batch.sweptAt = time.now()
            batch.sweepTook = batch.sweptAt - began
        } else {
            let fresh = list.filter { batch.swept[$0] == nil }
            batch.swept.merge(try await batch.reader.resolve(all: fresh)) { $1 }
        }
        let digests = Set(item.digests)
        let own = Set(item.tags)
        for (tag, digest) in batch.swept where digests.contains(digest) && !own.contains(tag) {
            if digest == item.digest || batch.snapshot.tags[tag] != digest {
                throw RetentionBatch.Stop.drop("\(tag) names \(digest.short()) by now")
            }
        }
    }

    /// (e): each of its tags still names it.
    private func checkOwnTags(_ item: RetentionPlan.Item, _ batch: RetentionBatch) async throws {
        let now = try await batch.reader.resolve(all: item.tags)
        for tag in item.tags where now[tag] != item.digest {
            throw RetentionBatch.Stop.drop("\(tag) names \(now[tag]?.short() ?? "nothing") by now")
        }
    }

    /// (f): what refers to its digests is what referred to them: somebody may just have signed one.
    private func checkReferrers(_ item: RetentionPlan.Item, _ list: [Tag], _ batch: RetentionBatch) async throws {
        let digests = Set(item.digests).intersection(batch.snapshot.manifests.keys)
        let attached = list.filter { tag in
            guard case .attached(let subject) = RetentionClass(of: tag, pointers: batch.snapshot.pointers) else { return false }
            return digests.contains(subject)
        }
        for (tag, digest) in try await batch.reader.resolve(all: attached) where batch.snapshot.tags[tag] != digest {
            throw RetentionBatch.Stop.drop("\(tag) was written by now")
        }
        guard batch.snapshot.capabilities.referrersAPI == .yes else { return }
        for digest in digests.sorted() {
            let now = try await batch.reader.referrers(to: digest).get().map(\.digest)
            guard Set(now) == Set(batch.snapshot.referrers[digest] ?? []) else {
                throw RetentionBatch.Stop.drop("something new refers to \(digest.short())")
            }
        }
    }
}
