extension Tag {
    /// Whether a tag of this class is meant to be put once. Nothing keeps CI from pushing it again.
    package var isMadeOnce: Bool {
        switch tagClass {
        case .final, .candidate, .build: true
        case .forbidden, .other: false
        }
    }

    /// The newest candidates of a list, newest first.
    package static func newestCandidates(of tags: some Sequence<Tag>, _ count: Int = candidateLooks) -> [Tag] {
        let versions = tags.compactMap { tag in ReleaseVersion(tag).flatMap { $0.candidate == nil ? nil : ($0, tag) } }
        return versions.sorted { $0.0 > $1.0 }.prefix(count).map(\.1)
    }

    /// Candidates that are looked at again, since CI may have pushed one of them again.
    package static let candidateLooks = 10

    /// Tags to resolve anew before something is decided about a digest: those that were last seen to name it, and the newest
    /// candidates, any of which may have been given to it since.
    package static func toResolve(for digest: Digest, among tags: ListedTags) -> [Tag] {
        let naming = tags.named.filter { $0.value == digest && $0.key.isMadeOnce }.keys.sorted(by: Self.newestFirst)
        let newest = newestCandidates(of: tags.named.keys)
        return newest + naming.prefix(candidateLooks).filter { !newest.contains($0) }
    }

    /// Tags to resolve where none of those names the digest: the rest of the version tags, newest first, within a bound.
    package static func toResolve(after looked: Set<Tag>, among tags: ListedTags) -> [Tag] {
        Array(tags.named.keys.filter { $0.isMadeOnce && !looked.contains($0) }.sorted(by: newestFirst).prefix(resolveLimit))
    }

    /// Version tags that were never asked what they name, newest first, within a bound.
    package static func unasked(among tags: ListedTags) -> [Tag] {
        Array(tags.named.filter { $0.value == nil && $0.key.isMadeOnce }.keys.sorted(by: newestFirst).prefix(resolveLimit))
    }

    /// Tags that are asked at once what they name, beyond the newest candidates.
    private static let resolveLimit = 100

    /// Digests of a list, each once, those of the newest versions first: where the image is looked for that a part belongs to.
    package static func newestDigests(of tags: [Tag: Digest], _ count: Int) -> [Digest] {
        var seen: Set<Digest> = []
        let ordered = tags.filter { $0.key.isMadeOnce }.sorted { newestFirst($0.key, $1.key) }
        return Array(ordered.map(\.value).filter { seen.insert($0).inserted }.prefix(count))
    }

    /// Whether a tag is of a newer version than another; builds, which have no order, come after all versions.
    private static func newestFirst(_ left: Tag, _ right: Tag) -> Bool {
        switch (ReleaseVersion(left), ReleaseVersion(right)) {
        case (let left?, let right?): right < left
        case (.some, nil): true
        case (nil, .some): false
        case (nil, nil): left < right
        }
    }
}

extension Tag {
    /// The tag that says most about an image: release before candidate before build, the highest version of a kind.
    package static func mostTelling(of tags: some Sequence<Tag>) -> Tag? {
        tags.sorted().max { left, right in
            switch (left.tagClass, right.tagClass) {
            case (.final(let one), .final(let other)), (.candidate(let one), .candidate(let other)): one < other
            default: left.rank < right.rank
            }
        }.flatMap { $0.rank > 0 ? $0 : nil }
    }

    /// Nought for tags that say nothing about the image, such as pointers.
    private var rank: Int {
        switch tagClass {
        case .final: 3
        case .candidate: 2
        case .build: 1
        case .forbidden, .other: 0
        }
    }
}
