/// What may go, and when: the windows, the grace and the bound of one repository.
package struct RetentionRules: Hashable, Sendable, Codable {
    /// What counts as the beginning of a digest's age.
    package enum AgeSource: String, Hashable, Sendable, Codable, CaseIterable {
        /// When Baton first saw it: a repository that was adopted deletes nothing until the windows have passed.
        case seen
        /// What the builder wrote into the image, where that is plausible.
        case created
    }

    /// Candidates of each X.Y.Z that are kept, newest numbers first.
    package var candidateCount = 5
    /// A candidate may go only when it is older than this as well.
    package var candidateAge = Milliseconds(30 * 86_400_000)
    /// Builds that are kept, youngest first.
    package var buildCount = 20
    /// A build may go only when it is older than this as well.
    package var buildAge = Milliseconds(14 * 86_400_000)
    /// How long what was quarantined can be had back before it is deleted.
    package var grace = Milliseconds(7 * 86_400_000)
    /// Tags of a hundred that one plan may take.
    package var allowRatio = 30
    package var age: AgeSource = .seen

    /// The rules that hold where none are given.
    package init() {}

    /// Tags that one plan may always take, however small the repository.
    static let alwaysAllowed = 10
}

extension RegistryCapabilities {
    /// How a quarantine is kept there.
    package var quarantineMode: QuarantineMode { tagDeletion == .yes ? .tag : .record }
}

/// How a quarantine is kept.
package enum QuarantineMode: String, Hashable, Sendable, Codable {
    /// A quarantine tag holds the digest and its own tags are gone.
    case tag
    /// The registry is not touched; ledger and screen carry it.
    case record
}
