/// What would go, what stays and why: one line for every digest of a repository. Making one changes nothing.
package struct RetentionPlan: Hashable, Sendable, Codable {
    /// The form of the plan file.
    package static let format = "baton.retention/1"
    /// How long a ledger may say nothing before the clock is doubted.
    package static let longSilence = Milliseconds(90 * 86_400_000)
    /// How long a plan may be applied.
    package static let lifetime = Milliseconds(24 * 3_600_000)

    package let format: String
    package let repository: RepositoryName
    package let services: [ServiceName]
    package let made: Timestamp
    /// The ledger's last entry when it was made.
    package let sequence: Int64
    package let rules: RetentionRules
    package let capabilities: RegistryCapabilities
    /// Names everything it was made from.
    package let snapshotHash: Digest
    package let keep: [Kept]
    /// First phase: these can be had back.
    package let quarantine: [Item]
    /// Second phase: quarantined for the whole grace.
    package let delete: [Item]
    /// Tags that may go by their names, and do not.
    package let skipped: [Skipped]
    /// Quarantines that end because somebody wants the digest, or took it away.
    package let rescue: [Skipped]
    /// Tags that are listed and name nothing; nothing is inferred from them.
    package let dangling: [Tag]
    /// Why nothing of it may be applied; empty for a plan that may.
    package let refused: [Refusal]

    /// A digest that stays.
    package struct Kept: Hashable, Sendable, Codable {
        package let digest: Digest
        package let tags: [Tag]
        package let reasons: [KeepReason]
    }

    /// A digest that goes, with everything that only it holds.
    package struct Item: Hashable, Sendable, Codable {
        package let digest: Digest
        package let mediaType: SafeText
        /// The class of its tags.
        package let `class`: String
        package let tags: [Tag]
        /// Children and referrers that go with it, those above before those below.
        package let parts: [Digest]
        /// Milliseconds; nil where only a deletion is finished.
        package let age: Milliseconds?
        package let reason: SafeText
        /// Bytes of blobs that nothing else names, after the registry's own collection.
        package let frees: Int64

        package init(
            digest: Digest, mediaType: SafeText, class: String, tags: [Tag], parts: [Digest], age: Milliseconds?,
            reason: SafeText,
            frees: Int64
        ) {
            self.digest = digest
            self.mediaType = mediaType
            self.class = `class`
            self.tags = tags
            self.parts = parts
            self.age = age
            self.reason = reason
            self.frees = frees
        }

        /// The digest and its parts.
        package var digests: [Digest] { [digest] + parts }
    }

    /// A digest that is left alone, and why.
    package struct Skipped: Hashable, Sendable, Codable {
        package let digest: Digest
        package let tags: [Tag]
        package let reason: SafeText
    }

    /// Why a whole plan may not be applied.
    package struct Refusal: Hashable, Sendable, Codable {
        /// What stands against it, for scripts.
        package enum Kind: String, Hashable, Sendable, Codable {
            case incomplete, clock, ledger, missing, unknownActive, ratio, capability, full
        }

        package let kind: Kind
        package let reason: SafeText

        package init(_ kind: Kind, _ reason: SafeText) {
            self.kind = kind
            self.reason = reason
        }

        /// Whether it bars a person too; what a registry can do is found out only when the plan is carried out.
        package var bars: Bool { kind != .capability }
    }

    /// The canonical JSON of the plan file.
    package var bytes: [UInt8] { (try? CanonicalJSON.encode(PlanFile(self))) ?? [] }

    /// SHA-256 of the plan file.
    package var hash: Digest { Digest(of: bytes) }

    /// Digests that a person counts before they let it run.
    package var count: Int { quarantine.count + delete.count }

    /// Bytes that the registry's collection can free once the second phase is over.
    package var frees: Int64 { ByteCount.sum((quarantine + delete).map(\.frees)) }

    /// Whether it may still be applied.
    package func isVoid(at now: Timestamp) -> Bool { now - made > Self.lifetime || now < made }

    /// What of a confirmed plan a fresh one still holds: it can only shrink.
    package func intersection(with confirmed: RetentionPlan) -> (quarantine: [Item], delete: [Item]) {
        func common(_ fresh: [Item], _ old: [Item]) -> [Item] {
            let known = Dictionary(old.map { ($0.digest, $0) }, uniquingKeysWith: { first, _ in first })
            return fresh.filter { item in
                guard let old = known[item.digest] else { return false }
                return Set(item.tags) == Set(old.tags) && Set(item.parts).isSubset(of: old.parts)
            }
        }
        // What a registry can do is found out under the lease, after a person has seen the plan.
        let isConfirmable = confirmed.refused.allSatisfy { $0.kind == .capability }
        guard refused.isEmpty, isConfirmable, repository == confirmed.repository else { return ([], []) }
        return (common(quarantine, confirmed.quarantine), common(delete, confirmed.delete))
    }
}
