/// One environment as the ledger tells it.
package struct EnvironmentProjection: Hashable, Sendable, Codable {
    /// A release in a slot, since when, and by which promotion.
    package struct Holding: Hashable, Sendable, Codable {
        package let release: Release
        package let since: Timestamp
        package let promotion: PromotionNumber?
        package let by: Account?
    }

    /// A release that may not come again until somebody lifts the veto.
    package struct Veto: Hashable, Sendable, Codable {
        package let digest: Digest
        package let since: Timestamp
        /// The promotion that was rolled back; nil where somebody set it by hand.
        package let promotion: PromotionNumber?
        /// Who set it by hand.
        package let by: Account?
        package let reason: SafeText

        /// Where it comes from: `promotion 139`, `bob`.
        package var source: SafeText { promotion.map { "promotion \($0)" } ?? by?.name ?? "somebody" }
    }

    package internal(set) var slots: [SlotName: Holding] = [:]
    package internal(set) var live: SlotName?
    package internal(set) var liveSince: Timestamp?
    /// How traffic is split while a canary goes step by step; nil where one slot takes all of it.
    package internal(set) var split: Routing?
    package internal(set) var pointers: [Tag: Digest] = [:]
    /// Pointer tags that name something else than these, as far as it was seen.
    package internal(set) var drifts: [Tag: PointerDrift] = [:]
    /// Tags that should name what serves, and could not be moved yet.
    package internal(set) var owed: [Tag: OwedPointer] = [:]
    /// The idle slot that a stopped promotion emptied; `nil` if none waits for its release.
    package internal(set) var owedSlot: OwedSlot?
    package internal(set) var vetoes: [Veto] = []
    /// The newest rollback that a person ordered; nil if none was carried out.
    package internal(set) var manualRollback: ManualRollback?
    /// When the checks were last run again here, whatever they came to.
    package internal(set) var verifiedAt: Timestamp?
    /// Since when the image that serves has served without a break, in whatever slot.
    package internal(set) var occupiedSince: Timestamp?
    package internal(set) var pin: Pin?
    /// Overrides that nobody has closed yet, expired or not; oldest first.
    package internal(set) var overrides: [Override] = []
    /// Releases that succeeded here, newest last, each once.
    package internal(set) var succeeded: [Release] = []
    /// The lease that a person holds by hand, expired or not; nil while it is free or a promotion's.
    package internal(set) var lease: Lease?
    package internal(set) var automation = AutomationState()
    /// Slots that a promotion may have changed; what is seen in one that the ledger calls empty says nothing of an adoption then.
    package internal(set) var changedSlots: Set<SlotName> = []
    /// The adoption that had to be put right; `nil` once a promotion was started since.
    package internal(set) var correction: Correction?
    /// Number of the last entry that changed what runs here.
    package internal(set) var generation: Int64 = 0

    package init() {}

    /// What serves.
    package var serving: Holding? { live.flatMap { slots[$0] } }

    /// The image that serves if it is this one, with the moment since it has served without a break.
    package func serving(_ image: DigestSet) -> (holding: Holding, since: Timestamp)? {
        guard let serving, image.isSameImage(as: serving.release.digests), let occupiedSince else { return nil }
        return (serving, occupiedSince)
    }

    /// Takes note of what serves now: the count begins anew where that is another image than before, and where there was a
    /// break in between.
    mutating func noteOccupancy(after before: Holding?, at now: Timestamp) {
        guard let serving else { return occupiedSince = nil }
        if let before, occupiedSince != nil, before.release.digests.isSameImage(as: serving.release.digests) { return }
        occupiedSince = now
    }

    /// The newest veto on an image; nil where there is none.
    package func veto(on image: DigestSet) -> Veto? { vetoes.last { image.contains($0.digest) } }

    /// Successes remembered as goals of a rollback.
    static let successLimit = 10
    /// Vetoes that may be set by hand in one environment; those of failures are not counted.
    package static let vetoLimit = 100

    /// Overrides of one environment that may be open; whoever needs more has another problem.
    package static let overrideLimit = 20

    /// Remembers a rollback that a person ordered.
    mutating func note(rollback promotion: Promotion, at now: Timestamp) {
        guard let terms = promotion.orderedRollback, let left = promotion.left else { return }
        manualRollback = ManualRollback(number: promotion.number, left: left, terms: terms, endedAt: now)
    }

    mutating func succeed(_ release: Release) {
        succeeded.removeAll { $0.digest == release.digest }
        succeeded.append(release, keepingLast: Self.successLimit)
    }
}
