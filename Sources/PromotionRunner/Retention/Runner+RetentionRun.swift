internal import Logging
internal import PromotionCore

extension Runner {
    /// A dry run: reads, and changes nothing anywhere.
    func planRetention(of ground: RetentionGround) async -> RetentionDesk.ShownPlan {
        let (snapshot, _) = await retentionSnapshot(of: ground)
        let plan = RetentionPlan.make(snapshot, rules: ground.wiring.rules, now: time.now())
        let blobs = snapshot.manifests.values.flatMap(\.blobs).map { ($0.digest, $0.size) }
        let size = ByteCount.sum(Dictionary(blobs, uniquingKeysWith: { first, _ in first }).values)
        let shown = RetentionDesk.ShownPlan(plan, size: size)
        retention.remember(shown)
        retention.seen[ground.repository] = snapshot.sightings
        return shown
    }

    /// Begins a run beside everything else.
    /// - Parameter confirmed: the plan that a person has seen; nil for the whole of a fresh one.
    func beginRetention(of ground: RetentionGround, confirmed: RetentionPlan?, by actor: Account, reason: SafeText) {
        retention.reports[ground.repository] = RetentionReport(repository: ground.repository, startedAt: time.now())
        Task(executorPreference: time.executor) { await self.retain(ground, confirmed: confirmed, by: actor, reason: reason) }
    }

    /// Batch after batch until nothing is left to do, or something stands in the way.
    func retain(_ ground: RetentionGround, confirmed: RetentionPlan?, by actor: Account, reason: SafeText) async {
        var report = RetentionReport(repository: ground.repository, startedAt: time.now())
        var left: Set<Digest> = []
        retention.gone[ground.repository] = []
        while report.stopped == nil {
            let more = await runBatch(ground, confirmed, actor, reason, &left, &report)
            retention.reports[ground.repository] = report
            if !more { break }
        }
        // A run that doubts its clock, or anything else, lets no tombstone go either.
        if report.stopped == nil { await removeOldTombstones(of: ground) }
        report.endedAt = time.now()
        retention.reports[ground.repository] = report
        logger.info(
            "retention ended", metadata: ["repository": "\(ground.repository)", "stopped": "\(report.stopped?.text ?? "-")"])
    }

    /// One batch under its leases.
    /// - Parameter left: digests that this run does not touch again.
    /// - Returns: whether another one may follow.
    private func runBatch(
        _ ground: RetentionGround, _ confirmed: RetentionPlan?, _ actor: Account, _ reason: SafeText, _ left: inout Set<Digest>,
        _ report: inout RetentionReport
    ) async -> Bool {
        if let waiting = waitingPromotion(of: ground) {
            report.stopped = "promotion \(waiting) is under way: it comes first"
            return false
        }
        var batch: RetentionBatch
        do throws(Fault) {
            batch = try await prepare(ground, actor, reason, &report)
        } catch {
            report.stopped = error.reason
            return false
        }
        let items = wanted(batch.plan, confirmed, left)
        if report.planned == 0 { report.planned = items.count }
        var goesOn = !items.isEmpty
        for group in batch.groups(Array(items.prefix(batch.limit))) where goesOn {
            goesOn = await carryOut(group.items, deletes: group.deletes, &batch, &left, &report)
            retention.reports[ground.repository] = report
        }
        if !batch.deleted.isEmpty, let reason = await verify(batch) { await halt(&batch, reason, &report) }
        await batch.leases.giveBack()
        return items.count > 0 && report.stopped == nil
    }

    /// One group of items beside each other, after everything that decides about them was read again.
    /// - Returns: whether the batch goes on.
    private func carryOut(
        _ items: [RetentionPlan.Item], deletes: Bool, _ batch: inout RetentionBatch, _ left: inout Set<Digest>,
        _ report: inout RetentionReport
    ) async -> Bool {
        do throws(RetentionStop) { try await checkGround(&batch, deletes: deletes) } catch {
            // One of them gives way for good, so that planning again comes to an end.
            guard let first = items.first else { return false }
            left.insert(first.digest)
            return stop(error, first, &report)
        }
        left.formUnion(items.map(\.digest))
        let outcomes = deletes ? await delete(items, &batch) : await quarantine(items, &batch)
        var goesOn = true
        for (item, result) in outcomes {
            switch result {
            case .success:
                if deletes { report.deleted += 1 } else { report.quarantined += 1 }
                if deletes { report.freed = ByteCount.sum([report.freed, item.frees]) }
            case .failure(let failure): goesOn = stop(failure, item, &report) && goesOn
            }
        }
        return goesOn
    }

    /// Notes what became of an item that was not carried out.
    /// - Returns: whether the batch goes on.
    private func stop(_ stop: RetentionStop, _ item: RetentionPlan.Item, _ report: inout RetentionReport) -> Bool {
        switch stop {
        case .drop(let reason):
            report.drop(item, reason)
            return true
        case .replan(let reason): report.drop(item, reason)
        case .end(let reason): report.stopped = report.stopped ?? reason
        }
        return false
    }

    /// What of a fresh plan is carried out: deletions first, and never more than was confirmed.
    private func wanted(
        _ plan: RetentionPlan, _ confirmed: RetentionPlan?, _ left: Set<Digest>
    ) -> [(RetentionPlan.Item, Bool)] {
        guard plan.refused.isEmpty else { return [] }
        let (quarantine, delete) = confirmed.map(plan.intersection) ?? (plan.quarantine, plan.delete)
        return delete.filter { !left.contains($0.digest) }.map { ($0, true) }
            + quarantine.filter { !left.contains($0.digest) }.map { ($0, false) }
    }

    /// Takes the leases, reads, plans, and writes down what was found.
    private func prepare(
        _ ground: RetentionGround, _ actor: Account, _ reason: SafeText, _ report: inout RetentionReport
    ) async throws(Fault) -> RetentionBatch {
        let holder = LeaseHolder(owner: actor, session: session, promotion: nil, reason: "retention of \(ground.repository)")
        var leases = try await RetentionLeases(
            of: ground, holder: holder, from: leases, time, after: board.projection.head.sequence)
        do throws(Fault) {
            if let words = await silence() {
                try await keep(.halted(reason: words), ground, actor)
                throw Fault(.refused, words)
            }
            // A right that was withdrawn, or deletion switched off, is found here and not midway.
            if report.planned == 0 { _ = try await ground.store.probeDeletion(in: ground.repository, under: leases.fence) }
            let began = time.elapsed
            var (snapshot, sightings) = await retentionSnapshot(of: ground)
            let took = Milliseconds(time.elapsed.count - began.count)
            try await leases.prove()
            let plan = RetentionPlan.make(snapshot, rules: ground.wiring.rules, now: time.now())
            // What is missing is missed until a person has looked.
            if plan.refused.contains(where: { $0.kind == .missing }) { sightings.tags = snapshot.sightings.tags }
            for rescue in plan.rescue {
                try await keep(.rescued(rescue.digest, reason: rescue.reason), ground, actor)
                sightings.tagged[rescue.digest] = time.now()
                report.rescued += 1
            }
            try await keep(plan, sightings, ground, actor, reason, isFirst: report.planned == 0)
            report.refused = plan.refused
            if let refusal = plan.refused.first { report.stopped = "refused: \(refusal.reason)" }
            // What this run writes itself touches nothing; what others wrote since the snapshot does.
            return RetentionBatch(
                ground: ground, snapshot: snapshot, plan: plan,
                reader: RetentionReader(store: ground.store, repository: ground.repository, time: time),
                reach: RetentionReach(snapshot), holders: snapshot.holders(of: Set(plan.delete.flatMap(\.digests))),
                actor: actor, leases: leases, checks: RetentionChecks(snapshot, plan), lookedUpTo: snapshot.sequence,
                sweptAt: began,
                sweepTook: took)
        } catch {
            await leases.giveBack()
            throw error
        }
    }

    /// Looks at a repository that only people clean, and keeps what it saw: without that nothing there would ever grow old.
    func look(at ground: RetentionGround) async {
        let (snapshot, sightings) = await retentionSnapshot(of: ground)
        let plan = RetentionPlan.make(snapshot, rules: ground.wiring.rules, now: time.now())
        guard snapshot.obstacles.isEmpty, !retention.isRunning(ground.repository),
            !plan.refused.contains(where: { $0.kind == .clock || $0.kind == .missing })
        else { return }
        do throws(Fault) { try await keep(plan, sightings, ground, identity, "a look, by itself", isFirst: true) } catch {
            logger.warning("what was seen was not kept", metadata: ["reason": "\(error.reason)"])
        }
    }

    private func keep(_ fact: RetentionFact, _ ground: RetentionGround, _ actor: Account) async throws(Fault) {
        do { try await note(fact, in: ground.repository, by: actor) } catch { throw Fault(.broke, "the ledger: \(error)") }
    }

    /// The file first, then the entry that says that it counts, then the one before it goes.
    private func keep(
        _ plan: RetentionPlan, _ sightings: Sightings, _ ground: RetentionGround, _ actor: Account, _ reason: SafeText,
        isFirst: Bool
    ) async throws(Fault) {
        guard isFirst || !plan.rescue.isEmpty else { return }
        guard let bytes = try? CanonicalJSON.encode(sightings) else { throw Fault(.broke, "the sightings cannot be written") }
        let hash = Digest(of: bytes)
        let before = board.projection.retention[ground.repository]?.lastRun?.sightings
        try await ground.wiring.files.keep(bytes, as: .sightings(hash))
        try await keep(.planned(.init(plan, sightings: hash, reason: reason)), ground, actor)
        if !plan.refused.isEmpty { try await keep(.refused(plan.refused), ground, actor) }
        if let before, before != hash { try await ground.wiring.files.remove(.sightings(before)) }
    }
}
