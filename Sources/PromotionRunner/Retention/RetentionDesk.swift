internal import PromotionCore

/// What retention remembers between two requests; all of it can be had again.
struct RetentionDesk {
    /// Manifests that were read, by repository: bytes of a digest never change.
    var shelf: [RepositoryName: [Digest: StoredManifest]] = [:]
    /// The last plan that somebody was shown, by repository.
    var plans: [RepositoryName: RetentionPlan] = [:]
    /// When what was seen, as the last plan took it, by repository.
    var seen: [RepositoryName: Sightings] = [:]
    /// The last run, or the one under way, by repository.
    var reports: [RepositoryName: RetentionReport] = [:]
    /// Why nothing is retained any more until a person has looked.
    var halt: [RepositoryName: SafeText] = [:]

    /// Whether a run over a repository is under way.
    func isRunning(_ repository: RepositoryName) -> Bool {
        reports[repository].map { $0.endedAt == nil } ?? false
    }
}

/// One batch on its way: what was read, what is planned, and the leases under which it is done.
struct RetentionBatch {
    let ground: RetentionGround
    let snapshot: RetentionSnapshot
    let plan: RetentionPlan
    let reader: RetentionReader
    let reach: RetentionReach
    /// What holds on to the digests that are to be deleted.
    let holders: [Digest: [Digest]]
    let actor: Account
    var leases: RetentionLeases
    /// Digests that entries of others named since the snapshot, and the last entry that was looked at.
    var touched: Set<Digest> = []
    var lookedUpTo: Int64
    /// When every tag was last resolved, and how long that took.
    var sweptAt: Timestamp
    var sweepTook: Milliseconds
    var swept: [Tag: Digest]
    /// Digests that this batch has deleted.
    var gone: Set<Digest> = []

    /// Items of one batch; a registry that is not touched in the first phase allows more.
    var limit: Int { snapshot.capabilities.quarantineMode == .tag ? 25 : 250 }

    /// How an item comes to nothing.
    enum Stop: Error {
        /// This item is left alone.
        case drop(SafeText)
        /// What was planned is no longer so: plan again.
        case replan(SafeText)
        /// Nothing more in this run.
        case end(SafeText)
    }
}
