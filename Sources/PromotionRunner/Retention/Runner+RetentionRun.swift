internal import Logging
internal import PromotionCore

extension Runner {
    /// A dry run: reads, and changes nothing anywhere.
    func planRetention(of ground: RetentionGround) async -> RetentionPlan {
        let (snapshot, _) = await retentionSnapshot(of: ground)
        let plan = RetentionPlan.make(snapshot, rules: ground.wiring.rules, now: time.now())
        retention.plans[ground.repository] = plan
        retention.seen[ground.repository] = snapshot.sightings
        return plan
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
        while report.stopped == nil {
            let more = await runBatch(ground, confirmed, actor, reason, &left, &report)
            retention.reports[ground.repository] = report
            if !more { break }
        }
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
        var deletions = 0
        var goesOn = !items.isEmpty
        for (item, deletes) in items.prefix(batch.limit) where goesOn {
            left.insert(item.digest)
            do throws(RetentionBatch.Stop) {
                if deletes { try await delete(item, &batch) } else { try await quarantine(item, &batch) }
                if deletes { deletions += 1 }
                if deletes { report.deleted += 1 } else { report.quarantined += 1 }
                if deletes { report.freed += item.frees }
            } catch {
                goesOn = stop(error, item, &report)
            }
            retention.reports[ground.repository] = report
        }
        if deletions > 0, let reason = await verify(batch) { await halt(ground, actor, reason, &report) }
        await batch.leases.giveBack()
        return items.count > 0 && report.stopped == nil
    }

    /// Notes what became of an item that was not carried out.
    /// - Returns: whether the batch goes on.
    private func stop(_ stop: RetentionBatch.Stop, _ item: RetentionPlan.Item, _ report: inout RetentionReport) -> Bool {
        switch stop {
        case .drop(let reason):
            report.drop(item, reason)
            return true
        case .replan(let reason): report.drop(item, reason)
        case .end(let reason): report.stopped = reason
        }
        return false
    }

    private func halt(_ ground: RetentionGround, _ actor: Account, _ reason: SafeText, _ report: inout RetentionReport) async {
        report.stopped = "what is kept is no longer whole (\(reason)): nothing more is retained here until a person has looked"
        retention.halt[ground.repository] = report.stopped
        logger.error("retention stopped", metadata: ["reason": "\(reason)"])
        try? await note(.refused([RetentionPlan.Refusal(.missing, report.stopped ?? reason)]), in: ground.repository, by: actor)
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
        var leases = try await RetentionLeases(of: ground, holder: holder, from: leases, time)
        do throws(Fault) {
            try await learnCapabilities(of: ground, actor, leases.fence)
            let began = time.now()
            var (snapshot, sightings) = await retentionSnapshot(of: ground)
            let took = time.now() - began
            try await leases.prove()
            let plan = RetentionPlan.make(snapshot, rules: ground.wiring.rules, now: time.now())
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
                actor: actor, leases: leases, lookedUpTo: snapshot.sequence, sweptAt: began, sweepTook: took, swept: snapshot.tags
            )
        } catch {
            await leases.giveBack()
            throw error
        }
    }

    /// Asks for the deletion of what does not exist, where nobody knows yet what the registry answers.
    private func learnCapabilities(of ground: RetentionGround, _ actor: Account, _ fence: Fence) async throws(Fault) {
        let known = try await ground.store.capabilities(in: ground.repository)
        guard known.tagDeletion == .unknown || known.digestDeletion == .unknown else { return }
        _ = try await ground.store.probeDeletion(in: ground.repository, under: fence)
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
