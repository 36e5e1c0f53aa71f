/// Everything that the ledger can say.
package enum Fact: Hashable, Sendable, Codable {
    /// What was found running when an environment was first seen.
    case adopted(Adoption)
    /// A part of that was wrong or not known whole, and is replaced by what was seen since.
    case readopted(Readoption)
    case started(Start)
    case happened(PromotionEvent)
    /// A request was refused, with every reason.
    case refused(Refusal)
    case evidence(Evidence)
    case vetoLifted(digest: Digest, reason: SafeText)
    /// The checks of an environment were run again on what serves there.
    case verified(Verification)
    /// A failure, or its end, was written into the project's files.
    case recordsWritten(RecordsWritten)
    /// People were told of something, or could not be.
    case told(Told)
    /// What people decided by hand about what may be promoted.
    case policy(PolicyFact)
    /// A pointer tag was seen to name something that the ledger did not put there, twice; or to name the right thing again.
    case pointerDrifted(PointerDrift)
    /// A person takes what a pointer tag names for what it shall name.
    case pointerAdopted(tag: Tag, observed: Digest?, reason: SafeText)
    /// What became, after the end of a promotion, of what it left to be done.
    case owed(OwedEvent)
    /// A version tag was pushed again and names another image now.
    case tagMoved(TagMove)
    case lease(LeaseEvent)
    case automation(AutomationEvent)
    case joint(JointNumber, JointEvent)
    /// An agent started, with what both clocks said; agents of before kept no clocks.
    case agentStarted(version: SafeText, clock: ClockReading? = nil)
    /// The wall clock was set.
    case clockStepped(ClockStep)
    /// What became of the record of a promotion that was to travel with its image.
    case passport(PassportResult)
    /// What retention did to a repository, whatever services use it.
    case retention(RepositoryName, RetentionFact)

    /// The beginning of a promotion.
    package struct Start: Hashable, Sendable, Codable {
        package let plan: PromotionPlan
        package let reason: SafeText?
        /// What stood against it, where it was started to wait for that.
        package let objections: [Objection]
        /// The joint release that it is a member of; nil for a promotion of its own.
        package let joint: JointNumber?
        /// The promotion of the same place whose end it waits for; nil where none ran.
        package let behind: PromotionNumber?
        /// Numbers of the overrides without which its conditions would not have held.
        package let overrides: [Int64]
        /// Who ordered a rollback, and on what terms; nil for a promotion, and in entries of earlier versions.
        package let rollback: RollbackTerms?

        package init(
            plan: PromotionPlan, reason: SafeText?, objections: [Objection] = [], joint: JointNumber? = nil,
            behind: PromotionNumber? = nil, overrides: [Int64] = [], rollback: RollbackTerms? = nil
        ) {
            self.rollback = rollback
            self.behind = behind
            self.overrides = overrides
            self.plan = plan
            self.reason = reason
            self.objections = objections
            self.joint = joint
        }
    }

    /// An environment as it was found.
    package struct Adoption: Hashable, Sendable, Codable {
        package let slots: [SlotName: Release]
        package let live: SlotName?
        package let pointers: [Tag: Digest]

        package init(slots: [SlotName: Release], live: SlotName?, pointers: [Tag: Digest]) {
            self.slots = slots
            self.live = live
            self.pointers = pointers
        }
    }

    /// Who asked for what, and why not.
    package struct Refusal: Hashable, Sendable, Codable {
        package let wanted: PromotionPlan.Kind
        package let digest: Digest?
        package let objections: [Objection]

        package init(wanted: PromotionPlan.Kind, digest: Digest?, objections: [Objection]) {
            self.wanted = wanted
            self.digest = digest
            self.objections = objections
        }
    }

    /// The name of the fact in the ledger.
    package var kind: String {
        switch self {
        case .adopted: "environment.adopted"
        case .readopted: "environment.readopted"
        case .started(let start): "\(start.plan.kind.rawValue).started"
        case .happened(let event): event.kind
        case .refused: "promotion.refused"
        case .evidence: "evidence.recorded"
        case .vetoLifted: "veto.lifted"
        case .verified(let verification): verification.verdict == .fail ? "evidence.revoked" : "environment.verified"
        case .recordsWritten(let records): records.refusal == nil ? "records.written" : "records.refused"
        case .told(let told): told.failure == nil ? "notification.sent" : "notification.failed"
        case .policy(let fact): fact.kind
        case .pointerDrifted: "pointer.drifted"
        case .pointerAdopted: "pointer.adopted"
        case .owed(let event): event.kind
        case .tagMoved: "tag.moved"
        case .lease(let event): event.kind
        case .automation(let event): event.kind
        case .joint(_, let event): event.kind
        case .agentStarted: "agent.started"
        case .clockStepped: "clock.stepped"
        case .passport(let result): result.outcome.kind
        case .retention(_, let fact): fact.kind
        }
    }
}

extension LedgerDraft {
    /// A fact on its way into the ledger.
    /// - Throws: `EncodingError`; no fact of this package leads to one.
    package init(
        _ fact: Fact, at now: Timestamp, by actor: Account, place: Place? = nil, promotion: PromotionNumber? = nil,
        fence: Fence? = nil
    ) throws {
        self.init(
            at: now, place: place, promotion: promotion, actor: actor, fence: fence, kind: fact.kind,
            payload: try CanonicalJSON.encode(fact), written: fact)
    }
}

extension LedgerEntry {
    /// What the entry says.
    /// - Throws: `DecodingError` for an entry of a later version.
    package func fact() throws -> Fact {
        try draft.written.value ?? CanonicalJSON.decode(Fact.self, from: draft.payload)
    }
}

/// A recorded result: this digest passed these checks in this environment, says this source.
package struct Evidence: Hashable, Sendable, Codable {
    /// Who says so.
    package enum Source: Hashable, Sendable, Codable {
        /// Baton's own checks during a promotion.
        case baton(PromotionNumber)
        /// An account with the role *ci*.
        case ci(Account)
        /// A signed attestation in the registry, made by the holder of a configured key.
        case attestation(key: KeyIdentity, predicateType: SafeText)
        /// Baton's own checks, run again on what serves, as this account asked.
        case verification(Account)
    }

    package let digest: Digest
    package let environment: EnvironmentName
    package let source: Source
    package let at: Timestamp
    package let passed: Int
    package let total: Int
    package let note: SafeText?

    package init(
        digest: Digest, environment: EnvironmentName, source: Source, at: Timestamp, passed: Int, total: Int, note: SafeText?
    ) {
        self.digest = digest
        self.environment = environment
        self.source = source
        self.at = at
        self.passed = passed
        self.total = total
        self.note = note
    }

    package var summary: SafeText { "\(passed) of \(total)" }

    /// Whether it says that everything passed.
    package var isWhole: Bool { total > 0 && passed == total }
}
