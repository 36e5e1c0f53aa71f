extension TagScheme {
    /// The newest candidates of a list, newest first.
    package func newestCandidates(of tags: some Sequence<Tag>, _ count: Int = candidateLooks) -> [Tag] {
        let versions = tags.compactMap { tag -> (Version, Tag)? in
            guard case .candidate(let version) = tagClass(of: tag) else { return nil }
            return (version, tag)
        }
        return versions.sorted { $0.0 > $1.0 }.prefix(count).map(\.1)
    }

    /// Candidates that are looked at again, since CI may have pushed one of them again.
    package static let candidateLooks = 10

    /// Tags to resolve anew before something is decided about a digest: those that were last seen to name it, and the newest
    /// candidates, any of which may have been given to it since.
    package func toResolve(for digest: Digest, among tags: ListedTags) -> [Tag] {
        let naming = newestFirst(tags.named.filter { $0.value == digest }.keys)
        let newest = newestCandidates(of: tags.named.keys)
        return newest + naming.prefix(Self.candidateLooks).filter { !newest.contains($0) }
    }

    /// Tags to resolve if none of those names the digest: the rest of the version tags, newest first, within a bound.
    package func toResolve(after looked: Set<Tag>, among tags: ListedTags) -> [Tag] {
        Array(newestFirst(tags.named.keys.filter { !looked.contains($0) }).prefix(Self.resolveLimit))
    }

    /// Version tags that were never asked what they name, newest first, within a bound.
    package func unasked(among tags: ListedTags) -> [Tag] {
        Array(newestFirst(tags.named.filter { $0.value == nil }.keys).prefix(Self.resolveLimit))
    }

    /// Tags that are asked at once what they name, beyond the newest candidates.
    private static let resolveLimit = 100

    /// Digests of a list, each once, those of the newest versions first: where the image is looked for that a part belongs to.
    package func newestDigests(of tags: [Tag: Digest], _ count: Int) -> [Digest] {
        var seen: Set<Digest> = []
        return Array(newestFirst(tags.keys).compactMap { tags[$0] }.filter { seen.insert($0).inserted }.prefix(count))
    }

    /// The tags that are made once, those of newer versions first; builds, which have no order, come after all versions.
    private func newestFirst(_ tags: some Sequence<Tag>) -> [Tag] {
        let classes = tags.map { (tag: $0, tagClass: tagClass(of: $0)) }.filter(\.tagClass.isMadeOnce)
        return classes.sorted { left, right in
            switch (left.tagClass.version, right.tagClass.version) {
            case (let one?, let other?): other < one
            case (.some, nil): true
            case (nil, .some): false
            case (nil, nil): left.tag < right.tag
            }
        }.map(\.tag)
    }
}

extension TagScheme {
    /// The tag that says most about an image: release before candidate before build, the highest version of a kind.
    package func mostTelling(of tags: some Sequence<Tag>) -> Tag? {
        let classes = tags.sorted().map { (tag: $0, tagClass: tagClass(of: $0)) }.filter { $0.tagClass.rank > 0 }
        return classes.max { left, right in
            switch (left.tagClass, right.tagClass) {
            case (.final(let one), .final(let other)), (.candidate(let one), .candidate(let other)): one < other
            default: left.tagClass.rank < right.tagClass.rank
            }
        }?.tag
    }
}

extension TagClass {
    /// Nought for tags that say nothing about the image, such as pointers.
    fileprivate var rank: Int {
        switch self {
        case .final: 3
        case .candidate: 2
        case .build: 1
        case .forbidden, .other: 0
        }
    }
}
