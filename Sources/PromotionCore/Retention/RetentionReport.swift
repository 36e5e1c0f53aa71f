/// How far a run over a repository has come, and how it ended.
package struct RetentionReport: Hashable, Sendable, Codable {
    package let repository: RepositoryName
    package let startedAt: Timestamp
    /// Nil while it goes on.
    package var endedAt: Timestamp?
    /// Digests that were to go when it began.
    package var planned = 0
    package var quarantined = 0
    package var deleted = 0
    package var rescued = 0
    /// Bytes that the registry's own collection can free by now.
    package var freed: Int64 = 0
    /// Digests that were left alone after all, the first of them.
    package private(set) var dropped: [RetentionPlan.Skipped] = []
    /// Why it ended before it was through; nil for one that was.
    package var stopped: SafeText?
    package var refused: [RetentionPlan.Refusal] = []

    package init(repository: RepositoryName, startedAt: Timestamp) {
        self.repository = repository
        self.startedAt = startedAt
    }

    /// Dropped digests that are named.
    package static let droppedLimit = 100

    /// Notes a digest that was left alone.
    package mutating func drop(_ item: RetentionPlan.Item, _ reason: SafeText) {
        guard dropped.count < Self.droppedLimit else { return }
        dropped.append(.init(digest: item.digest, tags: item.tags, reason: reason))
    }
}
