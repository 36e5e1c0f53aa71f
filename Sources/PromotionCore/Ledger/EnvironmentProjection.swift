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
        package let promotion: PromotionNumber
        package let reason: SafeText
    }

    package internal(set) var slots: [SlotName: Holding] = [:]
    package internal(set) var live: SlotName?
    package internal(set) var liveSince: Timestamp?
    /// How traffic is split while a canary goes step by step; nil where one slot takes all of it.
    package internal(set) var split: Routing?
    package internal(set) var pointers: [Tag: Digest] = [:]
    /// Pointer tags that name something else than these, as far as it was seen.
    package internal(set) var drifts: [Tag: PointerDrift] = [:]
    package internal(set) var vetoes: [Veto] = []
    /// Releases that succeeded here, newest last, each once.
    package internal(set) var succeeded: [Release] = []
    /// Number of the last entry that changed what runs here.
    package internal(set) var generation: Int64 = 0

    package init() {}

    /// What serves.
    package var serving: Holding? { live.flatMap { slots[$0] } }

    /// The image that serves if it is this one, with the moment since it has served without a break.
    package func serving(_ image: DigestSet) -> (holding: Holding, since: Timestamp)? {
        guard let serving, image.contains(serving.release.digest), let liveSince else { return nil }
        return (serving, max(liveSince, serving.since))
    }

    /// The newest veto on an image; nil where there is none.
    package func veto(on image: DigestSet) -> Veto? { vetoes.last { image.contains($0.digest) } }

    /// Successes remembered as goals of a rollback.
    static let successLimit = 10
    /// Vetoes remembered; the oldest beyond it are of releases long gone.
    static let vetoLimit = 100

    mutating func succeed(_ release: Release) {
        succeeded.removeAll { $0.digest == release.digest }
        succeeded.append(release)
        if succeeded.count > Self.successLimit { succeeded.removeFirst() }
    }
}
