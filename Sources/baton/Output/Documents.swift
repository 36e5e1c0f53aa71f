internal import PromotionCore

/// What `status --json` prints.
struct StatusDocument: Encodable {
    let agent: AgentDescription
    let alarm: SafeText?
    let sequence: Int64
    /// The last step of the wall clock; `nil` if none was seen lately.
    let clockStep: ClockStep?
    let services: [ServiceDocument]

    init(_ board: Board) {
        agent = board.agent
        clockStep = board.clockStep(at: WallClock.now)
        alarm = board.alarm
        sequence = board.projection.head.sequence
        services = board.services.map { ServiceDocument($0, board) }
    }
}

/// One service of it.
struct ServiceDocument: Encodable {
    let service: ServiceName
    let slots: [SlotDocument]
    let rollback: RollbackDocument?
    let promotions: [PromotionDocument]
    let failures: [FailureDocument]
    let overrides: [OverrideDocument]
    let pins: [EnvironmentName: Pin]
    let explanations: [Explanation]
    let leases: [Lease]
    /// Tags that should name another digest, and could not be moved yet.
    let owed: [OwedDocument]
    let automation: [AutomationDocument]
    let calls: [CallDocument]
    let undelivered: [UndeliveredDocument]
    let joint: JointNumber?
    /// Version tags that were pushed again lately, or whose earlier image still runs.
    let movedTags: [TagMove]
    /// What could not be read at the last look, with its cause and since when.
    let unreadable: [Unreadable]
    /// What the last look for candidates came to; `nil` before the first.
    let candidates: CandidateLook?

    init(_ service: Service, _ board: Board) {
        self.service = service.name
        slots = board.rows(of: service).map(SlotDocument.init)
        rollback = board.rollbackPlace(of: service).map { RollbackDocument($0, board.rollback(of: $0)) }
        failures = board.projection.services[service.name]?.openFailures.map(FailureDocument.init) ?? []
        let places = service.path.map { Place(service.name, $0.name) }
        leases = places.compactMap(board.lease)
        automation = board.automatedPlaces.filter { $0.service == service.name }.map { AutomationDocument($0, board) }
        undelivered = board.projection.services[service.name]?.undelivered.map(UndeliveredDocument.init) ?? []
        calls = board.openCalls.filter { $0.place.service == service.name }.map { CallDocument($0.place, $0.call) }
        joint = board.projection.joints.last { $0.isUnderWay && $0.members.contains { $0.place.service == service.name } }?.number
        promotions =
            board.projection.services[service.name]?.promotions.filter { !$0.hasEnded }
            .map { PromotionDocument($0, copying: board.copies[$0.number]) } ?? []
        let known = board.projection.services[service.name]?.environments ?? [:]
        overrides = service.path.flatMap { environment in
            (known[environment.name]?.overrides ?? []).map { OverrideDocument(environment: environment.name, override: $0) }
        }
        pins = known.compactMapValues(\.pin)
        owed = service.path.flatMap { environment in
            (known[environment.name]?.debts ?? []).map {
                OwedDocument(environment: environment.name, pointer: $0, words: $0.words)
            }
        }
        movedTags = board.shownTagMoves(of: service.name, at: WallClock.now)
        unreadable = board.unreadables(of: service)
        candidates = board.candidateLooks[service.name]
        explanations = board.explanations(of: service, at: WallClock.now)
    }
}

/// A tag that should name another digest, and could not be moved yet.
struct OwedDocument: Encodable {
    let environment: EnvironmentName
    let pointer: OwedPointer
    let words: SafeText
}

/// A notice that could not be delivered and is tried again.
struct UndeliveredDocument: Encodable {
    let occasion: Occasion
    let promotion: PromotionNumber?
    let environment: EnvironmentName
    let at: Timestamp
    let receivers: [SafeText]
    let since: Timestamp
    let fault: SafeText

    init(_ kept: KeptNotice) {
        occasion = kept.notice.occasion
        promotion = kept.notice.promotion
        environment = kept.notice.place.environment
        at = kept.notice.at
        receivers = kept.receivers
        since = kept.since
        fault = kept.fault
    }
}

/// An override that nobody has closed.
struct OverrideDocument: Encodable {
    let environment: EnvironmentName
    let override: Override
}

/// One slot: what the ledger says, what was observed, and what sets them apart.
struct SlotDocument: Encodable {
    let environment: EnvironmentName
    let slot: SlotName
    let digest: Digest?
    let tag: Tag?
    let since: Timestamp?
    let by: SafeText?
    let observedDigest: Digest?
    let observedAt: Timestamp?
    let pointerDigest: Digest?
    let health: String
    /// Why the health is not known, or what is wrong.
    let healthReason: SafeText?
    let weight: Int?
    /// Why the slot could not be looked at; `nil` if it could.
    let unknown: UnknownDocument?
    /// Why the switch could not be asked; `nil` if it could.
    let unknownTraffic: UnknownDocument?
    let drift: [String]

    init(_ row: SlotRow) {
        environment = row.place.environment
        slot = row.slot
        digest = row.holding?.release.digest
        tag = row.holding?.release.tag
        since = row.holding?.since
        by = row.holding?.by?.name
        switch row.seen {
        case .known(let look, _): (observedDigest, unknown) = (look.digest, nil)
        case .unknown(let cause, let since): (observedDigest, unknown) = (nil, UnknownDocument(cause: cause, since: since))
        }
        observedAt = row.observedAt
        switch row.pointer {
        case .known(let digest, _): pointerDigest = digest
        case .unknown: pointerDigest = nil
        }
        health = Words.health(row.health).lowercased()
        switch row.health {
        case .unhealthy(let reason), .unknown(let reason): healthReason = reason
        case .empty, .starting, .healthy: healthReason = nil
        }
        switch row.traffic {
        case .known(let share, _): (weight, unknownTraffic) = (share, nil)
        case .unknown(let cause, let since): (weight, unknownTraffic) = (nil, UnknownDocument(cause: cause, since: since))
        }
        drift = row.drift.map(\.sentence.text)
    }
}

/// Why something is not known, and since when.
struct UnknownDocument: Encodable {
    let cause: SafeText
    let since: Timestamp
}

/// Where a rollback would go.
struct RollbackDocument: Encodable {
    let environment: EnvironmentName
    let readiness: String
    let digest: Digest?
    let slot: SlotName?
    let reason: SafeText?
    let proofs: [RollbackProof]
    let estimateMilliseconds: Int64?

    init(_ place: Place, _ goal: RollbackReadiness) {
        environment = place.environment
        digest = goal.release?.digest
        proofs = goal.goal?.proofs ?? []
        estimateMilliseconds = goal.goal?.estimate?.count
        switch goal {
        case .warm(let slot, _): (readiness, self.slot, reason) = ("warm", slot, nil)
        case .cold(let goal) where goal.returning != nil: (readiness, slot, reason) = ("returning", goal.returning, nil)
        case .cold: (readiness, slot, reason) = ("cold", nil, nil)
        case .unknown(_, let cause, _): (readiness, slot, reason) = ("unknown", nil, cause)
        case .none(let reason): (readiness, slot, self.reason) = ("none", nil, reason)
        }
    }
}

/// A promotion as it stands; the last line of `promote --wait --json`.
struct PromotionDocument: Encodable {
    let promotion: PromotionNumber
    let kind: PromotionPlan.Kind
    let service: ServiceName
    let environment: EnvironmentName
    let slot: SlotName
    let digest: Digest
    let tag: Tag?
    let by: SafeText
    let startedAt: Timestamp
    let state: String
    let outcome: Outcome?
    /// Tags that could not be moved, and are tried again by themselves.
    let owed: [OwedPointer]
    let failure: Failure?
    /// Where the image is copied from; nil where it is in its place already.
    let source: ImageHome?
    /// How far a copy under way has come.
    let copying: CopyProgress?
    /// What a copy came to.
    let copied: CopyReport?

    init(_ promotion: Promotion, copying: CopyProgress? = nil) {
        source = promotion.plan.source
        self.copying = copying
        copied = promotion.copied
        self.promotion = promotion.number
        kind = promotion.plan.kind
        service = promotion.plan.place.service
        environment = promotion.plan.place.environment
        slot = promotion.plan.slot
        digest = promotion.plan.release.digest
        tag = promotion.plan.release.tag
        by = promotion.startedBy.name
        startedAt = promotion.startedAt
        state = promotion.state.words
        outcome = promotion.state.outcome
        owed = promotion.owed.values.sorted { $0.tag < $1.tag }
        failure = promotion.failure
    }
}

/// What `plan --json` prints.
struct PlanDocument: Encodable {
    let hash: Digest?
    let plan: PromotionPlan?
    /// What the strategy does with the traffic, in words; with what would be done where something stands against it.
    let strategy: SafeText?
    /// What would happen, step by step, in words.
    let steps: [PlanStep]
    let conditions: [Condition]

    init(_ answer: PlanAnswer) {
        strategy = answer.proposed?.strategyWords
        steps = answer.proposed?.outline ?? []
        hash = answer.plan?.hash
        plan = answer.plan
        conditions = answer.conditions
    }
}
