package import PromotionCore

/// What may go, told a second time and naively: sets, loops until nothing changes, no care for speed, nothing shared with the
/// planner but the values it is given.
package struct Oracle {
    let snapshot: RetentionSnapshot
    let rules: RetentionRules
    let now: Timestamp
    let all: Set<Digest>
    let children: [Digest: Set<Digest>]
    let referrers: [Digest: Set<Digest>]
    /// Indexes that list a digest, and subjects that it refers to.
    let holders: [Digest: Set<Digest>]
    let kinds: [Tag: Kind]
    /// The versions that all services read in a tag alike.
    let versions: [Tag: VersionStyle.Reading]
    /// Digests that a deletion, begun and not finished, has taken already.
    let leaving: Set<Digest>

    /// - Parameter gone: digests that were deleted together with what hangs on them.
    package init(_ world: RetentionWorld, gone: Set<Digest> = []) {
        snapshot = world.snapshot
        rules = world.rules
        now = world.now
        let all = Set(world.snapshot.manifests.keys).union(world.snapshot.tags.values)
        self.all = all
        let begun = snapshot.quarantined.filter { $0.value.phase == .deleting }
        leaving = Set(begun.keys).union(begun.values.flatMap(\.parts)).union(gone).subtracting(all)
        children = world.snapshot.manifests.mapValues { Set($0.children).intersection(all) }
        var referrers: [Digest: Set<Digest>] = world.snapshot.referrers.mapValues { Set($0).intersection(all) }
        for (digest, manifest) in world.snapshot.manifests {
            if let subject = manifest.subject { referrers[subject, default: []].insert(digest) }
        }
        let kinds = Dictionary(
            uniqueKeysWithValues: snapshot.tags.keys.map { ($0, Self.kind($0, world.snapshot.pointers, world.styles)) })
        self.kinds = kinds
        versions = Dictionary(
            snapshot.tags.keys.compactMap { tag in Self.version(tag.text, world.styles).map { (tag, $0) } },
            uniquingKeysWith: { first, _ in first })
        for (tag, target) in world.snapshot.tags where kinds[tag] == .attached {
            guard let subject = Self.attachedSubject(tag.text) else { continue }
            referrers[subject, default: []].insert(target)
            referrers[subject, default: []].formUnion(children[target] ?? [])
        }
        for digest in referrers.keys { referrers[digest]?.remove(digest) }
        self.referrers = referrers
        var holders: [Digest: Set<Digest>] = [:]
        for (above, below) in children { for digest in below { holders[digest, default: []].insert(above) } }
        for (above, below) in referrers where all.contains(above) {
            for digest in below { holders[digest, default: []].insert(above) }
        }
        self.holders = holders
    }

    /// Everything below a digest: children, referrers, and theirs.
    func reach(of digest: Digest) -> Set<Digest> {
        var (found, work): (Set<Digest>, [Digest]) = ([], [digest])
        while let next = work.popLast() {
            for below in (children[next] ?? []).union(referrers[next] ?? [])
            where all.contains(below) && below != digest && found.insert(below).inserted { work.append(below) }
        }
        return found
    }

    // MARK: names

    static func attachedSubject(_ text: String) -> Digest? {
        guard text.hasPrefix("sha256-") else { return nil }
        for end in ["", ".sig", ".att", ".sbom"] where text.hasSuffix(end) {
            if let digest = try? Digest(parsing: "sha256:" + text.dropFirst(7).dropLast(end.count)) { return digest }
        }
        return nil
    }

    static func isNumber(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.allSatisfy { "0123456789".contains($0) } && (text == "0" || text.first != "0")
    }

    /// X, Y and Z of a final tag, or those and N of a candidate.
    static func numbers(_ text: String) -> [String]? {
        guard text.first == "v" else { return nil }
        let fields = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if fields.count == 3, fields.allSatisfy(isNumber) { return fields }
        guard fields.count == 4, fields[2].hasSuffix("-rc") else { return nil }
        let patch = String(fields[2].dropLast(3))
        return [fields[0], fields[1], patch, fields[3]].allSatisfy(isNumber) ? [fields[0], fields[1], patch, fields[3]] : nil
    }

    package enum Kind: Hashable, Sendable { case pointer, attached, quarantine, final, candidate, build, other }

    /// The version that every style reads in a text alike.
    static func version(_ text: String, _ styles: [VersionStyle]) -> VersionStyle.Reading? {
        let readings = Set(styles.map { $0.read(text) })
        return readings.count == 1 ? readings.first ?? nil : nil
    }

    package static func kind(_ tag: Tag, _ pointers: Set<Tag>) -> Kind { kind(tag, pointers, [.guide]) }

    static func kind(_ tag: Tag, _ pointers: Set<Tag>, _ styles: [VersionStyle]) -> Kind {
        let text = tag.text
        if pointers.contains(tag) { return .pointer }
        if attachedSubject(text) != nil { return .attached }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 3, parts[0] == "quarantine", parts[1].count == 8, parts[1].allSatisfy({ "0123456789".contains($0) }),
            (try? Digest(parsing: "sha256:" + parts[2])) != nil
        {
            return .quarantine
        }
        if let version = version(text, styles) { return version.candidate == nil ? .final : .candidate }
        if parts.count == 2, parts[0] == "sha", (7...64).contains(parts[1].count),
            parts[1].allSatisfy({ "0123456789abcdef".contains($0) })
        {
            return .build
        }
        return .other
    }

    static func isLess(_ left: [String], _ right: [String]) -> Bool {
        for (a, b) in zip(left, right) where a != b { return a.count != b.count ? a.count < b.count : a < b }
        return false
    }

    // MARK: windows

    func age(_ digest: Digest) -> Int64? {
        var first = snapshot.sightings.first[digest]
        if rules.age == .created {
            first = snapshot.manifests[digest]?.created
            if let created = first, created.millisecondsSinceEpoch < 1_420_070_400_000 || created > now + .minutes(60) {
                first = nil
            }
        }
        guard let first else { return nil }
        return (now - max(first, snapshot.sightings.tagged[digest] ?? first)).count
    }

    /// A candidate tag, told apart.
    private struct Candidate {
        let tag: Tag
        let version: [String]
        let suffix: String
        let number: String
        let digest: Digest
        let age: Int64?
    }

    private var candidates: [Candidate] {
        snapshot.tags.compactMap { tag, digest in
            guard kinds[tag] == .candidate, let read = versions[tag], let number = read.candidate else { return nil }
            return Candidate(
                tag: tag, version: read.numbers, suffix: read.suffix, number: number, digest: digest, age: age(digest))
        }
    }

    /// What decides about a candidate or build tag: its age, how many come before it, and the limits of both.
    package struct Standing {
        package let tag: Tag
        /// Milliseconds; nil where nobody knows.
        package let age: Int64?
        package let ageLimit: Int64
        /// How many others come before it.
        package let place: Int
        package let count: Int
        /// Whether its version is not released yet.
        package let isOpen: Bool

        /// Whether it has left every window.
        package var isOutside: Bool { !isOpen && place >= count && age.map { $0 >= ageLimit } ?? false }
    }

    /// Where every candidate and build tag stands.
    package func standings() -> [Standing] {
        let released = snapshot.tags.keys.filter { kinds[$0] == .final }.compactMap { versions[$0] }
        let candidates = candidates
        var found: [Standing] = []
        for one in candidates {
            let own = candidates.filter { $0.version == one.version && $0.suffix == one.suffix }
            let finals = released.filter { $0.suffix == one.suffix }.map(\.numbers)
            // The place of a digest is that of its newest name: how many others, of known age, have a newer one.
            let places = own.filter { $0.digest == one.digest }.map { name in
                Set(own.filter { $0.age != nil && Self.isLess([name.number], [$0.number]) }.map(\.digest))
                    .subtracting([one.digest]).count
            }
            let isOpen = !finals.contains(one.version) && !finals.contains { Self.isLess(one.version, $0) }
            found.append(
                Standing(
                    tag: one.tag, age: one.age, ageLimit: rules.candidateAge.count, place: places.min() ?? 0,
                    count: rules.candidateCount, isOpen: isOpen))
        }
        let builds = snapshot.tags.filter { kinds[$0.key] == .build }
        let ages = Set(builds.values).compactMap { digest in age(digest).map { (age: $0, digest: digest) } }
        for (tag, digest) in builds {
            let age = age(digest)
            let place = ages.count { other in age.map { (other.age, other.digest) < ($0, digest) } ?? false }
            found.append(
                Standing(
                    tag: tag, age: age, ageLimit: rules.buildAge.count, place: place, count: rules.buildCount, isOpen: false))
        }
        return found
    }

    /// Candidate and build tags outside their windows.
    func outside() -> Set<Tag> { Set(standings().filter(\.isOutside).map(\.tag)) }
}
