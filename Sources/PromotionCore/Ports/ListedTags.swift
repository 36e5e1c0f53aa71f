/// The tags of a repository as they were just listed, with what is known of each.
package struct ListedTags: Hashable, Sendable {
    /// Requests of one list that cost no more patience than the list itself.
    package static let freePages = 10

    /// What each tag named when it was last asked about; `nil` if it was never asked.
    package let named: [Tag: Digest?]
    /// Requests that the list took, one per page; 0 if reading it costs nothing.
    package let requests: Int

    package init(_ named: [Tag: Digest?], requests: Int) {
        self.named = named
        self.requests = requests
    }

    /// Tags of which it is known what they named.
    package var known: [Tag: Digest] { named.compactMapValues(\.self) }
}
