/// A pointer tag that names something else than the ledger put there: somebody moved it with another tool.
///
/// Baton never fights for a tag. A promotion is refused until the tag names the right thing again, or a person adopts it.
package struct PointerDrift: Hashable, Sendable, Codable {
    package let tag: Tag
    /// What the ledger put there.
    package let expected: Digest?
    /// What is there; the same as expected once the drift is over.
    package let observed: Digest?

    package init(tag: Tag, expected: Digest?, observed: Digest?) {
        self.tag = tag
        self.expected = expected
        self.observed = observed
    }

    /// Whether the tag names the right thing again.
    package var isOver: Bool { observed == expected }

    /// The drift in words: `tag prod names 4be1c0de, the ledger put 3583ed47 there`.
    package var words: SafeText {
        isOver
            ? "tag \(tag) names \(expected?.short() ?? "nothing") again"
            : "tag \(tag) names \(observed?.short() ?? "nothing"), the ledger put \(expected?.short() ?? "nothing") there"
    }
}

extension Environment {
    /// The tags that say what serves here and, where there are several slots, what each runs.
    package var pointerTags: [Tag] {
        [Tag(pointerOf: name)] + (slots.count > 1 ? slots.map { Tag(pointerOf: name, slot: $0) } : [])
    }
}
