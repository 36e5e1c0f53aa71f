internal import Logging
internal import PromotionCore

/// What a run proves after deletions, and what it does where the proof fails.
extension Runner {
    /// After deletions: what every pointer tag and some final tags name is there whole.
    func verify(_ batch: RetentionBatch) async -> SafeText? {
        let finals = batch.snapshot.tags.keys.filter { tag in
            if case .final = batch.snapshot.retentionClass(of: tag) { true } else { false }
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

    /// Stops all retention of the repository, over restarts of the agent too, and puts back what this batch has deleted.
    func halt(_ batch: inout RetentionBatch, _ reason: SafeText, _ report: inout RetentionReport) async {
        let (ground, actor) = (batch.ground, batch.actor)
        logger.error("retention stopped", metadata: ["repository": "\(ground.repository)", "reason": "\(reason)"])
        var back = 0
        for digest in batch.deleted {
            guard let tombstone = await tombstone(of: digest, ground),
                case .success(let missing) = await proveMissing(of: tombstone, ground),
                (try? await batch.leases.prove()) != nil,
                case .success(let words) = await restore(tombstone, missing, batch.leases.changes(of: ground))
            else { continue }
            back += 1
            retention.gone[ground.repository]?.subtract([digest] + tombstone.documents.map(\.digest))
            try? await note(
                .undone(digest, reason: words), in: ground.repository, by: actor, under: batch.leases.fence)
        }
        let words: SafeText =
            "what is kept is no longer whole (\(reason)); \(back) of \(batch.deleted.count) digests just deleted were put back; nothing goes until a person has looked: baton retention resume"
        report.stopped = words
        do { try await note(.halted(reason: words), in: ground.repository, by: actor) } catch {
            retention.halt[ground.repository] = words
        }
    }

    /// Why the clock is doubted: the ledger has said nothing for so long. It is asked before anything is written, for that would end
    /// the silence.
    func silence() async -> SafeText? {
        let head = board.projection.head.sequence
        guard let last = try? await ledger.entries(after: max(0, head - 1), limit: 1).first?.draft.at,
            time.now() - last > RetentionPlan.longSilence
        else { return nil }
        return
            "the clock says \(time.now()), the ledger's last entry is of \(last): nothing goes until a person has looked: baton retention resume"
    }

    /// Stops all retention where the clock is doubted as the agent starts, over restarts too.
    func doubtClock() async throws {
        guard let words = await silence() else { return }
        for repository in retainedRepositories { try await note(.halted(reason: words), in: repository, by: identity) }
    }

    /// The repositories of all services, each once.
    private var retainedRepositories: [RepositoryName] {
        Set(wirings.keys.compactMap { ground(of: $0)?.repository }).sorted { "\($0)" < "\($1)" }
    }

    /// The least step of the wall clock after which retention waits for a person: what ages by days looks older or younger by it.
    private static let doubtfulStep = Milliseconds.minutes(12 * 60)

    /// Stops all retention after a step of the wall clock. The fact that tells of the step ends the silence by which a wrong clock
    /// would be noticed.
    func doubtClock(after step: ClockStep) {
        guard abs(step.by.count) >= Self.doubtfulStep.count else { return }
        let words = SafeText("\(step.words): nothing goes until a person has looked: baton retention resume", limit: 300)
        for repository in retainedRepositories {
            retention.halt[repository] = words
            Task(executorPreference: time.executor) { [weak self, identity] in
                try? await self?.note(.halted(reason: words), in: repository, by: identity)
            }
        }
    }

    /// Removes tombstones whose time is over: nothing can be had back by them any more.
    func removeOldTombstones(of ground: RetentionGround) async {
        let quarantined = board.projection.retention[ground.repository]?.quarantined ?? [:]
        do throws(Fault) {
            for (digest, since) in try await ground.wiring.files.tombstones(of: ground.repository)
            where quarantined[digest] == nil && since + Tombstone.lifetime < time.now() {
                try await ground.wiring.files.remove(.tombstone(ground.repository, digest))
            }
        } catch {
            logger.warning("old tombstones were not removed", metadata: ["reason": "\(error.reason)"])
        }
    }
}
