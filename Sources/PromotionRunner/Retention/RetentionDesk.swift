internal import PromotionCore

/// What retention remembers between two requests; all of it can be had again.
struct RetentionDesk {
    /// Manifests that were read, by repository: bytes of a digest never change.
    var shelf: [RepositoryName: [Digest: StoredManifest]] = [:]
    /// The last plans that somebody was shown, by repository, newest last: who plans does not take another's plan away.
    private(set) var plans: [RepositoryName: [ShownPlan]] = [:]
    /// When what was seen, as the last plan took it, by repository.
    var seen: [RepositoryName: Sightings] = [:]
    /// The last run, or the one under way, by repository.
    var reports: [RepositoryName: RetentionReport] = [:]
    /// Digests that the run under way has deleted and found to be gone: there is nothing to ask about them again.
    var gone: [RepositoryName: Set<Digest>] = [:]
    /// When a repository without a schedule was last looked at, whatever came of it.
    var looks: [RepositoryName: Timestamp] = [:]
    /// Why nothing is retained any more, where the ledger could not be told.
    var halt: [RepositoryName: SafeText] = [:]

    /// A plan with its file, made once: of 10,000 digests that is megabytes.
    struct ShownPlan {
        let plan: RetentionPlan
        let bytes: [UInt8]
        let hash: Digest
        /// Bytes of all blobs that are named.
        let size: Int64

        init(_ plan: RetentionPlan, size: Int64) {
            (self.plan, self.size) = (plan, size)
            bytes = plan.bytes
            hash = Digest(of: bytes)
        }
    }

    /// Plans of a repository that are remembered.
    static let planLimit = 4

    /// Remembers a plan, and forgets the oldest where there are too many.
    mutating func remember(_ shown: ShownPlan) {
        var kept = plans[shown.plan.repository, default: []].filter { $0.hash != shown.hash }
        kept.append(shown)
        plans[shown.plan.repository] = Array(kept.suffix(Self.planLimit))
    }

    /// The plan of a repository by its hash; nil where it was never shown, or too many were shown since.
    func plan(_ hash: Digest, of repository: RepositoryName) -> ShownPlan? {
        plans[repository]?.last { $0.hash == hash }
    }

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
    var checks: RetentionChecks
    /// The last entry of the ledger that was looked at.
    var lookedUpTo: Int64
    /// When every tag was last resolved, and how long that took.
    var sweptAt: Milliseconds
    var sweepTook: Milliseconds
    /// Digests that this batch has deleted.
    var gone: Set<Digest> = []
    /// Tops of items that this batch has deleted.
    var deleted: [Digest] = []

    /// Items of one batch; a registry that is not touched in the first phase allows more.
    var limit: Int { snapshot.capabilities.quarantineMode == .tag ? 25 : 250 }

    /// Deletions under way at a time.
    private static let width = 4

    /// Items in groups that are carried out beside each other, deletions first.
    func groups(_ items: [(item: RetentionPlan.Item, deletes: Bool)]) -> [(items: [RetentionPlan.Item], deletes: Bool)] {
        let (delete, quarantine) = (items.filter(\.deletes).map(\.item), items.filter { !$0.deletes }.map(\.item))
        // Where nothing in the registry is changed yet, more may be written down at a time.
        let width = snapshot.capabilities.quarantineMode == .tag ? Self.width : 25
        return RetentionPlan.abreast(delete, holders: holders, width: Self.width).map { ($0, true) }
            + RetentionPlan.abreast(quarantine, holders: [:], width: width).map { ($0, false) }
    }

    /// What is done to the registry, as things stand.
    var work: RetentionWork {
        RetentionWork(ground: ground, reader: reader, checks: checks, changes: leases.changes(of: ground))
    }
}
