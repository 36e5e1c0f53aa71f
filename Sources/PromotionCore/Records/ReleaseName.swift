/// A release as a person writes it down: its digest, and the tag it came by.
package struct ReleaseName: Hashable, Sendable, Codable, CustomStringConvertible {
    package let digest: Digest
    package let tag: Tag?

    package init(digest: Digest, tag: Tag?) {
        self.digest = digest
        self.tag = tag
    }

    package init(_ release: Release) {
        digest = release.digest
        tag = release.tag
    }

    /// The tag where there is one, and enough of the digest to find it again: `v2.31.0-rc.2 (1f3870be274f)`.
    package var description: String { tag.map { "\($0) (\(digest.short(12)))" } ?? digest.short(12) }
}
