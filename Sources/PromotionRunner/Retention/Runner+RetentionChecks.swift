internal import PromotionCore

/// What must hold right before a group of items is changed for the first time, whatever items they are.
extension Runner {
    /// Checks (a) to (d): the leases, the ledger, the pointer tags, and the list of tags, all read again now.
    func checkGround(_ batch: inout RetentionBatch, deletes: Bool) async throws(RetentionStop) {
        try await checkLedger(&batch)
        let (ground, reader) = (batch.ground, batch.reader)
        let list = try await asking { () throws(Fault) in try await ground.store.tagList(in: ground.repository) }
        guard list.strangers.isEmpty else { throw .replan("a name that is no tag has come up") }
        let pointers = try await asking { () throws(Fault) in try await reader.resolve(all: ground.pointers.sorted()) }
        try batch.checks.checkPointers(pointers)
        try await sweep(list.tags, deletes: deletes, &batch)
        try batch.checks.checkNames()
    }

    /// Checks (a) and (b): nothing of ours waits, the leases are held, and no entry of others names what would keep what goes.
    func checkLedger(_ batch: inout RetentionBatch) async throws(RetentionStop) {
        if let waiting = waitingPromotion(of: batch.ground) {
            throw .end("promotion \(waiting) waits: it comes first")
        }
        do throws(Fault) { try await batch.leases.prove() } catch { throw .replan(error.reason) }
        try await readLedger(&batch)
        try await readStrangers(&batch)
        try batch.checks.checkEntries()
        try batch.checks.checkNames()
    }

    private func asking<Value: Sendable>(
        _ question: () async throws(Fault) -> Value
    ) async throws(RetentionStop) -> Value {
        do throws(Fault) { return try await question() } catch { throw .end("the registry did not answer: \(error.reason)") }
    }

    /// A promotion or rollback of any service of the repository that has not ended.
    func waitingPromotion(of ground: RetentionGround) -> PromotionNumber? {
        board.projection.unfinished.first { promotion in
            promotion.isActive && ground.places.contains(promotion.plan.place)
        }?.number
    }

    /// For (b): reads the digests that entries since the snapshot name. What retention writes itself touches nothing.
    private func readLedger(_ batch: inout RetentionBatch) async throws(RetentionStop) {
        let own = ["planned", "refused", "quarantining", "quarantined", "rescued", "deleting", "deleted"].map {
            "retention." + $0
        }
        while true {
            let entries: [LedgerEntry]
            do throws(Fault) { entries = try await ledger.entries(after: batch.lookedUpTo, limit: 1_000) } catch {
                throw .end("the ledger cannot be read: \(error.reason)")
            }
            guard let last = entries.last else { return }
            for entry in entries where !own.contains(entry.draft.kind) {
                batch.checks.see(entries: Set(Digest.mentioned(in: entry.draft.payload)))
            }
            batch.lookedUpTo = last.sequence
        }
    }

    /// For (d): reads documents that came after the snapshot, and what is below them. A new index may list what was to go.
    private func readStrangers(_ batch: inout RetentionBatch) async throws(RetentionStop) {
        let reader = batch.reader
        for _ in 0..<Self.depthOfIndexes where !batch.checks.unread.isEmpty {
            for (digest, result) in await reader.inParallel(
                batch.checks.unread, { digest in await reader.manifest(digest, false) })
            {
                batch.checks.see(digest, try await asking { () throws(Fault) in try result.get() })
            }
        }
        guard batch.checks.unread.isEmpty else { throw .replan("an index has come up that is nested too deep") }
    }

    /// As deep as indexes may be nested.
    private static let depthOfIndexes = 5

    /// For (d): asks new tags what they name; where a digest is deleted with all its tags, from time to time every one.
    ///
    /// All tags are resolved again where that takes no more than a second, or where the last time is longer ago than four times
    /// what it took: a small repository every time, a large one every few seconds.
    private func sweep(_ list: [Tag], deletes: Bool, _ batch: inout RetentionBatch) async throws(RetentionStop) {
        let began = time.elapsed
        let isLong = time.rest(of: Milliseconds(4 * batch.sweepTook.count), since: batch.sweptAt) == .zero
        let isDue = deletes && (batch.sweepTook <= .seconds(1) || isLong)
        let (reader, wanted) = (batch.reader, isDue ? list : batch.checks.unasked(in: list))
        let named = try await asking { () throws(Fault) in try await reader.resolve(all: wanted) }
        batch.checks.see(named)
        let empty = Set(wanted).subtracting(named.keys)
        batch.checks.see(list: list.lazy.filter { !empty.contains($0) })
        try await readStrangers(&batch)
        guard isDue else { return }
        batch.sweptAt = time.elapsed
        batch.sweepTook = Milliseconds(batch.sweptAt.count - began.count)
    }
}
