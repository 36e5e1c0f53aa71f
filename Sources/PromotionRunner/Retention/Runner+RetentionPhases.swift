internal import Logging
internal import PromotionCore

/// The two phases of an item: the tombstone first, then the entry, then the change. Items of one group go beside each other; what
/// is decided about each, and what the ledger is told, is told one after the other.
extension Runner {
    /// An item with what came of its reading or changing.
    typealias Outcome<Value: Sendable> = (item: RetentionPlan.Item, result: Result<Value, RetentionStop>)

    /// Keeps a fact about a repository, under the fence of the run.
    func note(_ fact: RetentionFact, in repository: RepositoryName, by actor: Account, under fence: Fence? = nil) async throws {
        try await record(.retention(repository, fact), by: actor, fence: fence)
    }

    private func note(_ fact: RetentionFact, _ batch: RetentionBatch) async throws(RetentionStop) {
        do {
            try await note(fact, in: batch.ground.repository, by: batch.actor, under: batch.leases.fence)
        } catch {
            throw .end("the ledger could not be written: \(error)")
        }
    }

    /// First phase, for a group of items.
    func quarantine(_ items: [RetentionPlan.Item], _ batch: inout RetentionBatch) async -> [Outcome<Void>] {
        let (work, reach) = (batch.work, batch.reach)
        let known = board.projection.retention[batch.ground.repository]?.quarantined ?? [:]
        let now = time.now()
        let buried = await batch.reader.inParallel(items) { item -> Result<RetentionWork.Burial, RetentionStop> in
            if case .failure(let stop) = await work.check(item) { return .failure(stop) }
            let tags = Self.tags(of: item, known[item.digest], now)
            return await work.bury(item, reach.below(item.digest), tags)
        }
        if let stop = Self.replanning(buried.map(\.1)) { return items.map { ($0, .failure(stop)) } }
        var outcomes: [Outcome<Void>] = []
        var begun: [(item: RetentionPlan.Item, top: StoredDocument, holding: Tag?)] = []
        for (item, result) in buried {
            do throws(RetentionStop) {
                let burial = try result.get()
                let holding = try await begin(item, burial, known[item.digest], now, batch)
                if let holding { batch.checks.set(holding, item.digest) }
                begun.append((item, burial.top, holding))
            } catch {
                outcomes.append((item, .failure(error)))
            }
        }
        let held = await batch.reader.inParallel(begun.map { Held(item: $0.item, top: $0.top, holding: $0.holding) }) { held in
            guard let holding = held.holding else { return Fault?.none }
            return await work.hold(held.item, held.top, by: holding)
        }
        let until = time.now() + batch.ground.wiring.rules.grace
        for (held, fault) in held {
            do throws(RetentionStop) {
                if let fault { throw .end("\(held.item.digest.short()) could not be quarantined: \(fault.reason)") }
                try await note(.quarantined(held.item.digest, until: until), batch)
                outcomes.append((held.item, .success(())))
            } catch {
                outcomes.append((held.item, .failure(error)))
            }
        }
        return outcomes
    }

    /// Why none of a group is changed: what was done to one of them may keep another too.
    private static func replanning<Value>(_ results: [Result<Value, RetentionStop>]) -> RetentionStop? {
        for case .failure(let stop) in results { if case .replan = stop { return stop } }
        return nil
    }

    private struct Held: Sendable {
        let item: RetentionPlan.Item
        let top: StoredDocument
        let holding: Tag?
    }

    /// The tags that a quarantine takes away: those of a quarantine that was begun, and those of the item.
    private static func tags(of item: RetentionPlan.Item, _ known: Quarantine?, _ now: Timestamp) -> [Tag] {
        let holding = Quarantine.tag(of: item.digest, since: known?.since ?? now)
        return Set((known?.tags ?? []) + item.tags).subtracting([holding].compactMap(\.self)).sorted()
    }

    /// Writes down that an item is being quarantined.
    /// - Returns: the tag that shall hold it; nil where the registry is not touched.
    private func begin(
        _ item: RetentionPlan.Item, _ burial: RetentionWork.Burial, _ known: Quarantine?, _ now: Timestamp,
        _ batch: RetentionBatch
    ) async throws(RetentionStop) -> Tag? {
        let since = known?.since ?? now
        let mode = known?.mode ?? batch.snapshot.capabilities.quarantineMode
        let quarantine = Quarantine(
            phase: .quarantining, mode: mode, tags: Self.tags(of: item, known, now), parts: burial.parts, since: since,
            until: time.now() + batch.ground.wiring.rules.grace, tombstone: burial.tombstone)
        try await note(.quarantining(item.digest, quarantine), batch)
        return mode == .tag ? Quarantine.tag(of: item.digest, since: since) : nil
    }

    /// Second phase, for a group of items of which none holds on to anything of another.
    func delete(_ items: [RetentionPlan.Item], _ batch: inout RetentionBatch) async -> [Outcome<Void>] {
        let ground = batch.ground
        let known = board.projection.retention[ground.repository]?.quarantined ?? [:]
        let (now, began) = (time.now(), time.elapsed)
        let judge = batch.work
        let members = Set(items.flatMap(\.digests))
        let holders = batch.holders.filter { members.contains($0.key) }.mapValues { $0.filter { !batch.gone.contains($0) } }
        let judged = await batch.reader.inParallel(items) { item -> Result<Void, RetentionStop> in
            if let stop = Self.hindrance(to: item, known[item.digest], holders, now) { return .failure(stop) }
            if case .failure(let stop) = await judge.check(item) { return .failure(stop) }
            return await judge.proveTombstone(of: item, known[item.digest]?.tombstone ?? item.digest)
        }
        if let stop = Self.replanning(judged.map(\.1)) { return items.map { ($0, .failure(stop)) } }
        // Judging may have taken its time: the leases, and what the ledger names, once more.
        do throws(RetentionStop) { try await checkLedger(&batch) } catch { return items.map { ($0, .failure(error)) } }
        let work = batch.work
        var outcomes: [Outcome<Void>] = []
        var begun: [RetentionPlan.Item] = []
        for (item, result) in judged {
            do throws(RetentionStop) {
                try result.get()
                if known[item.digest]?.phase != .deleting { try await note(.deleting(item.digest), batch) }
                begun.append(item)
            } catch {
                outcomes.append((item, .failure(error)))
            }
        }
        let removed = await batch.reader.inParallel(begun) { item in
            let quarantine = known[item.digest]
            let holding = quarantine.flatMap { $0.mode == .tag ? Quarantine.tag(of: item.digest, since: $0.since) : nil }
            return await work.remove(item, holding, holders)
        }
        for (item, removal) in removed { outcomes.append((item, await finish(item, removal, &batch))) }
        await pace(removed.reduce(0) { $0 + $1.1.gone.count }, since: began, ground)
        return outcomes
    }

    /// Waits until so many documents have taken as long as they may at the pace of a repository.
    private func pace(_ documents: Int, since began: Milliseconds, _ ground: RetentionGround) async {
        await time.wait(time.rest(of: Milliseconds(Int64(documents) * 1_000 / Int64(ground.wiring.pace)), since: began))
    }

    /// Why an item is not deleted, by what is known without asking.
    private static func hindrance(
        to item: RetentionPlan.Item, _ known: Quarantine?, _ holders: [Digest: [Digest]], _ now: Timestamp
    ) -> RetentionStop? {
        guard let known, known.phase == .deleting || known.until <= now else { return .drop("its grace is not over") }
        let own = Set(item.digests)
        if let holder = (holders[item.digest] ?? []).first(where: { !own.contains($0) }) {
            return .drop("\(holder.short()) still holds on to it")
        }
        return nil
    }

    /// Keeps what became of an item's documents.
    private func finish(
        _ item: RetentionPlan.Item, _ removal: RetentionWork.Removal, _ batch: inout RetentionBatch
    ) async -> Result<Void, RetentionStop> {
        let repository = batch.ground.repository
        batch.gone.formUnion(removal.gone)
        batch.checks.forget(removal.gone)
        retention.gone[repository, default: []].formUnion(removal.gone)
        for digest in removal.gone { retention.shelf[repository]?[digest] = nil }
        if removal.gone.contains(item.digest) { batch.deleted.append(item.digest) }
        if let fault = removal.fault {
            return .failure(.end("\(item.digest.short()) could not be deleted: \(fault.reason)"))
        }
        do throws(RetentionStop) {
            try await note(.deleted(item.digest, parts: item.parts, frees: item.frees), batch)
            return .success(())
        } catch {
            return .failure(error)
        }
    }
}
