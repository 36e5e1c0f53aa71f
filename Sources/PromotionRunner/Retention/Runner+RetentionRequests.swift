internal import PromotionCore

extension Runner {
    /// Answers a question about retention; nothing is changed.
    func answer(_ question: RetentionQuestion) async -> Answer {
        switch question {
        case .plan(let service, let ratio):
            guard var ground = ground(of: service) else { return .refused([unretained(service)]) }
            if let ratio { ground = ground.allowing(ratio) }
            var first = lines(of: await planRetention(of: ground), from: 0, limit: RetentionLines.limit)
            first.spared = ground.spared
            return .retention(.lines(first))
        case .lines(let service, let hash, let from, let limit):
            guard let plan = known(hash, of: service) else { return .refused([unknownPlan]) }
            var part = lines(of: plan, from: from, limit: limit)
            part.spared = ground(of: service)?.spared ?? []
            return .retention(.lines(part))
        case .file(let service, let hash, let from):
            guard let plan = known(hash, of: service) else { return .refused([unknownPlan]) }
            return .retention(Self.part(of: plan.bytes, from: from))
        case .status(let service):
            guard let ground = ground(of: service) else { return .refused([unretained(service)]) }
            return .retention(.status(await status(of: ground)))
        }
    }

    /// Carries out an order.
    func carryOut(_ order: RetentionOrder, by account: Account) async -> Answer {
        if let objection = order.weighed.flatMap(Reason.objection) { return .refused([objection]) }
        return switch order {
        case .apply(let service, let hash, let count, let reason):
            await apply(hash, of: service, count: count, reason, by: account)
        case .undo(let service, let digest): await undo(digest, of: service, by: account)
        case .hold(let service, let digest, let reason, let until):
            await hold(digest, .init(by: account, reason: reason, until: until, since: time.now()), of: service, account)
        case .release(let service, let digest, let reason): await letGo(digest, of: service, reason, account)
        case .resume(let service, let reason): await resume(service, reason, account)
        }
    }

    private func known(_ hash: Digest, of service: ServiceName) -> RetentionDesk.ShownPlan? {
        (wirings[service]?.service.repository).flatMap { retention.plan(hash, of: $0) }
    }

    private func lines(of shown: RetentionDesk.ShownPlan, from: Int, limit: Int) -> RetentionLines {
        let plan = shown.plan
        let shelf = retention.shelf[plan.repository] ?? [:]
        var snapshot = RetentionSnapshot(repository: plan.repository, capabilities: plan.capabilities)
        (snapshot.manifests, snapshot.sightings) = (shelf, retention.seen[plan.repository] ?? Sightings())
        return plan.lines(
            from: from, limit: limit, hash: shown.hash, total: shown.size,
            size: { Self.bytes(of: $0, on: shelf) },
            age: { [snapshot] in snapshot.age(of: $0, by: plan.rules, now: plan.made) })
    }

    /// Bytes of the blobs of a digest and of the images that it lists, each once.
    private static func bytes(of digest: Digest, on shelf: [Digest: StoredManifest]) -> Int64 {
        guard let manifest = shelf[digest] else { return 0 }
        var seen: Set<Digest> = []
        let blobs = ([manifest] + manifest.children.compactMap { shelf[$0] }).flatMap(\.blobs)
        return ByteCount.sum(blobs.filter { seen.insert($0.digest).inserted }.map(\.size))
    }

    /// A part of a text that ends where a character ends.
    private static func part(of bytes: [UInt8], from: Int) -> RetentionAnswer {
        let from = max(0, min(from, bytes.count))
        var end = min(bytes.count, from + 1 << 20)
        while end > from, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return .file(String(decoding: bytes[from..<end], as: UTF8.self), next: end < bytes.count ? end : nil)
    }

    private func status(of ground: RetentionGround) async -> RetentionStatus {
        let tombstones = (try? await ground.wiring.files.tombstones(of: ground.repository)) ?? [:]
        let known = board.projection.retention[ground.repository] ?? RetentionProjection()
        let shelf = retention.shelf[ground.repository] ?? [:]
        let gone = retention.gone[ground.repository] ?? []
        // A tombstone outlives the end of its quarantine; what is in the repository again was not deleted.
        let deleted = tombstones.filter { digest, _ in
            known.quarantined[digest] == nil && known.undone[digest] == nil && (shelf[digest] == nil || gone.contains(digest))
        }
        return RetentionStatus(
            repository: ground.repository, rules: ground.wiring.rules, schedule: ground.wiring.schedule, ledger: known,
            report: retention.reports[ground.repository], halted: halt(of: ground),
            buried: deleted.map { .init(digest: $0.key, until: $0.value + Tombstone.lifetime) })
    }

    private func apply(
        _ hash: Digest, of service: ServiceName, count: Int, _ reason: SafeText, by account: Account
    ) async -> Answer {
        guard let ground = ground(of: service) else { return .refused([unretained(service)]) }
        guard let plan = known(hash, of: service)?.plan else { return .refused([unknownPlan]) }
        if let objection = objection(to: plan, count: count, ground) { return .refused([objection]) }
        beginRetention(of: ground.allowing(plan.rules.allowRatio), confirmed: plan, by: account, reason: reason)
        return .accepted
    }

    private func objection(to plan: RetentionPlan, count: Int, _ ground: RetentionGround) -> Objection? {
        if let halt = halt(of: ground) {
            return Objection(.changed, halt, remedy: "look, then baton retention resume")
        }
        if retention.isRunning(ground.repository) {
            return Objection(.busy, "a run over \(ground.repository) is under way", remedy: "see baton retention status")
        }
        if plan.isVoid(at: time.now()) { return Objection(.changed, "the plan is older than a day", remedy: "make it again") }
        if let refusal = plan.refused.first(where: \.bars) {
            return Objection(.changed, refusal.reason, remedy: "see baton retention plan")
        }
        guard count == plan.count else {
            return Objection(
                .changed, "the plan has \(plan.count) digests, confirmed were \(count)", remedy: "count what it takes again")
        }
        return nil
    }

    /// Why nothing goes from a repository until a person has looked; nil where nothing stands against it.
    private func halt(of ground: RetentionGround) -> SafeText? {
        retention.halt[ground.repository] ?? board.projection.retention[ground.repository]?.halted
    }

    private func resume(_ service: ServiceName, _ reason: SafeText, _ account: Account) async -> Answer {
        guard let ground = ground(of: service) else { return .refused([unretained(service)]) }
        let refused =
            (retention.plans[ground.repository]?.last?.plan.refused ?? [])
            + (board.projection.retention[ground.repository]?.lastRefusal ?? [])
        guard halt(of: ground) != nil || refused.contains(where: { [.missing, .clock].contains($0.kind) }) else {
            return .refused([
                .init(.changed, "retention of \(ground.repository) is not stopped", remedy: "see baton retention status")
            ])
        }
        let answer = await keep(.resumed(reason: reason), of: service, account)
        if answer == .accepted { retention.halt[ground.repository] = nil }
        return answer
    }

    func unretained(_ service: ServiceName) -> Objection {
        guard wirings[service] != nil else {
            return Objection(.unknownPlace, "there is no service \(service)", remedy: "see baton status")
        }
        return Objection(
            .unknownPlace, "service \(service) has no retention", remedy: "write retention: into its configuration")
    }

    private var unknownPlan: Objection {
        Objection(
            .changed, "the agent knows no such plan (it remembers the last \(RetentionDesk.planLimit))",
            remedy: "make it again: baton retention plan")
    }

    /// Runs retention at its rhythm, counted from the last run that the ledger knows.
    func scheduleRetention() {
        var seen: Set<RepositoryName> = []
        for wiring in wirings.values.sorted(by: { $0.service.name < $1.service.name }) {
            guard let ground = ground(of: wiring.service.name), seen.insert(ground.repository).inserted,
                ground.wiring.schedule != nil || ground.wiring.looks
            else { continue }
            let schedule = ground.wiring.schedule ?? Self.lookRhythm
            observers.append(
                Task(executorPreference: time.executor) { [weak self, time] in
                    while !Task.isCancelled {
                        await time.wait(await self?.untilRetention(of: ground.repository, every: schedule) ?? schedule)
                        if Task.isCancelled { return }
                        await self?.retainOnSchedule(ground)
                    }
                })
        }
    }

    /// How often a repository that only people clean is looked at.
    private static let lookRhythm = Milliseconds.minutes(24 * 60)
    /// How long after a look that came to nothing it is looked again.
    private static let lookPause = Milliseconds.minutes(15)

    private func untilRetention(of repository: RepositoryName, every schedule: Milliseconds) -> Milliseconds {
        let last = max(
            board.projection.retention[repository]?.lastRunAt ?? Timestamp(millisecondsSinceEpoch: 0),
            retention.reports[repository]?.endedAt ?? Timestamp(millisecondsSinceEpoch: 0))
        let pause = retention.looks[repository].map { $0 + Self.lookPause - time.now() } ?? .zero
        return max(.seconds(60), pause, min(schedule, last + schedule - time.now()))
    }

    private func retainOnSchedule(_ ground: RetentionGround) async {
        guard halt(of: ground) == nil, !retention.isRunning(ground.repository) else { return }
        if ground.wiring.schedule == nil {
            retention.looks[ground.repository] = time.now()
            return await look(at: ground)
        }
        retention.reports[ground.repository] = RetentionReport(repository: ground.repository, startedAt: time.now())
        await retain(ground, confirmed: nil, by: identity, reason: "scheduled")
    }
}

extension RetentionGround {
    /// The same, with another bound on how much one plan may take.
    func allowing(_ ratio: Int) -> RetentionGround {
        var rules = wiring.rules
        rules.allowRatio = max(0, min(100, ratio))
        return RetentionGround(
            repository: repository, store: store,
            wiring: RetentionWiring(
                rules: rules, schedule: wiring.schedule, files: wiring.files, pace: wiring.pace,
                looks: wiring.looks),
            services: services, places: places, guests: guests)
    }
}
