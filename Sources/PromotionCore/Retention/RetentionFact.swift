/// What retention did to one repository, and what people told it.
package enum RetentionFact: Hashable, Sendable, Codable {
    case planned(Run)
    case refused([RetentionPlan.Refusal])
    /// Written before anything is changed.
    case quarantining(Digest, Quarantine)
    case quarantined(Digest, until: Timestamp)
    case rescued(Digest, reason: SafeText)
    /// Written before anything is deleted.
    case deleting(Digest)
    case deleted(Digest, parts: [Digest], frees: Int64)
    case undone(Digest, reason: SafeText)
    case holdPlaced(Digest, Hold)
    case holdReleased(Digest, reason: SafeText)
    /// What is kept was found not to be whole: nothing goes until a person has looked.
    case halted(reason: SafeText)
    /// A person has looked.
    case resumed(reason: SafeText)

    /// A run over a repository.
    package struct Run: Hashable, Sendable, Codable {
        package let plan: Digest
        package let quarantine: Int
        package let delete: Int
        package let frees: Int64
        package let capabilities: RegistryCapabilities
        /// SHA-256 of what was seen so far; the file with this name holds it.
        package let sightings: Digest
        package let reason: SafeText

        package init(_ plan: RetentionPlan, sightings: Digest, reason: SafeText) {
            self.plan = plan.hash
            quarantine = plan.quarantine.count
            delete = plan.delete.count
            frees = plan.frees
            capabilities = plan.capabilities
            self.sightings = sightings
            self.reason = reason
        }
    }

    /// A digest that a person wants kept.
    package struct Hold: Hashable, Sendable, Codable {
        package let by: Account
        package let reason: SafeText
        /// Nil until somebody lets go.
        package let until: Timestamp?
        package let since: Timestamp

        package init(by: Account, reason: SafeText, until: Timestamp?, since: Timestamp) {
            self.by = by
            self.reason = reason
            self.until = until
            self.since = since
        }
    }

    /// The name of the fact in the ledger.
    package var kind: String {
        switch self {
        case .planned: "retention.planned"
        case .refused: "retention.refused"
        case .quarantining: "retention.quarantining"
        case .quarantined: "retention.quarantined"
        case .rescued: "retention.rescued"
        case .deleting: "retention.deleting"
        case .deleted: "retention.deleted"
        case .undone: "retention.undone"
        case .holdPlaced: "hold.placed"
        case .holdReleased: "hold.released"
        case .halted: "retention.halted"
        case .resumed: "retention.resumed"
        }
    }
}

/// One repository's retention as the ledger tells it.
package struct RetentionProjection: Hashable, Sendable, Codable {
    /// What is under quarantine, or whose deletion has begun.
    package private(set) var quarantined: [Digest: Quarantine] = [:]
    package private(set) var holds: [Digest: RetentionFact.Hold] = [:]
    /// When somebody brought a digest back since the last run: it is as young as if it had just got its name.
    package private(set) var undone: [Digest: Timestamp] = [:]
    package private(set) var lastRun: RetentionFact.Run?
    package private(set) var lastRunAt: Timestamp?
    package private(set) var lastRefusal: [RetentionPlan.Refusal] = []
    /// Whether a person has looked since the last run: what was there before it is not missed any more.
    package var wasLookedAtSince: Bool { lookedAt.map { $0 >= lastRunAt ?? $0 } ?? false }
    /// Digests deleted so far, and the bytes that the registry's collection can free for them.
    package private(set) var deleted = 0
    package private(set) var freed: Int64 = 0
    /// Why nothing goes any more until a person has looked; nil where nothing stands against it.
    package private(set) var halted: SafeText?
    /// When a person last had a look, and let retention go on.
    package private(set) var lookedAt: Timestamp?

    package init() {}

    /// Holds of one repository that are kept; a person is not a program.
    package static let holdLimit = 1_000

    mutating func apply(_ fact: RetentionFact, at time: Timestamp) {
        switch fact {
        case .planned(let run):
            (lastRun, lastRunAt, lastRefusal, undone) = (run, time, [], [:])
            holds = holds.filter { $0.value.until.map { $0 > time } ?? true }
        case .refused(let reasons): lastRefusal = reasons
        case .quarantining(let digest, let quarantine): quarantined[digest] = quarantine
        case .quarantined(let digest, let until):
            guard let begun = quarantined[digest] else { return }
            quarantined[digest] = Quarantine(
                phase: .quarantined, mode: begun.mode, tags: begun.tags, parts: begun.parts, since: begun.since, until: until,
                tombstone: begun.tombstone)
        case .rescued(let digest, _): quarantined[digest] = nil
        case .undone(let digest, _):
            quarantined[digest] = nil
            undone[digest] = time
        case .deleting(let digest): quarantined[digest]?.phase = .deleting
        case .deleted(let digest, let parts, let frees):
            quarantined[digest] = nil
            deleted += 1 + parts.count
            freed = ByteCount.sum([freed, frees])
        case .holdPlaced(let digest, let hold): holds[digest] = hold
        case .holdReleased(let digest, _): holds[digest] = nil
        case .halted(let reason): halted = reason
        case .resumed: (halted, lookedAt) = (nil, time)
        }
    }
}
