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

    package init(_ world: RetentionWorld) {
        snapshot = world.snapshot
        rules = world.rules
        now = world.now
        let all = Set(world.snapshot.manifests.keys).union(world.snapshot.tags.values)
        self.all = all
        children = world.snapshot.manifests.mapValues { Set($0.children).intersection(all) }
        var referrers: [Digest: Set<Digest>] = world.snapshot.referrers.mapValues { Set($0).intersection(all) }
        for (digest, manifest) in world.snapshot.manifests {
            if let subject = manifest.subject { referrers[subject, default: []].insert(digest) }
        }
        for (tag, target) in world.snapshot.tags where !world.snapshot.pointers.contains(tag) {
            guard let subject = Self.attachedSubject(tag.text) else { continue }
            referrers[subject, default: []].insert(target)
            referrers[subject, default: []].formUnion(children[target] ?? [])
        }
        for digest in referrers.keys { referrers[digest]?.remove(digest) }
        self.referrers = referrers
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

    package static func kind(_ tag: Tag, _ pointers: Set<Tag>) -> Kind {
        let text = tag.text
        if pointers.contains(tag) { return .pointer }
        if attachedSubject(text) != nil { return .attached }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count == 3, parts[0] == "quarantine", parts[1].count == 8, parts[1].allSatisfy({ "0123456789".contains($0) }),
            (try? Digest(parsing: "sha256:" + parts[2])) != nil
        {
            return .quarantine
        }
        if let numbers = numbers(text) { return numbers.count == 3 ? .final : .candidate }
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

    /// Candidate and build tags outside their windows.
    func outside() -> Set<Tag> {
        let kinds = Dictionary(uniqueKeysWithValues: snapshot.tags.keys.map { ($0, Self.kind($0, snapshot.pointers)) })
        let finals = snapshot.tags.keys.filter { kinds[$0] == .final }.compactMap { Self.numbers($0.text) }
        var gone: Set<Tag> = []
        for (tag, digest) in snapshot.tags where kinds[tag] == .candidate {
            guard let own = Self.numbers(tag.text), let age = age(digest), age >= rules.candidateAge.count else { continue }
            let version = Array(own.prefix(3))
            let isOpen = !finals.contains(version) && !finals.contains { Self.isLess(version, $0) }
            if isOpen { continue }
            let newer = snapshot.tags.filter { other in
                guard kinds[other.key] == .candidate, let numbers = Self.numbers(other.key.text) else { return false }
                return Array(numbers.prefix(3)) == version && self.age(other.value) != nil
                    && (other.key == tag || Self.isLess([own[3]], [numbers[3]]))
            }
            let same = snapshot.tags.filter { other in
                kinds[other.key] == .candidate && other.value == digest
                    && Self.numbers(other.key.text).map { Array($0.prefix(3)) } == version
            }
            // The place of a digest is that of its newest name.
            let places = same.keys.map { name -> Int in
                let numbers = Self.numbers(name.text) ?? []
                return Set(
                    snapshot.tags.filter { other in
                        guard kinds[other.key] == .candidate, let o = Self.numbers(other.key.text) else { return false }
                        return Array(o.prefix(3)) == version && self.age(other.value) != nil && Self.isLess([numbers[3]], [o[3]])
                    }.values
                ).subtracting([digest]).count
            }
            if !newer.isEmpty, let place = places.min(), place >= rules.candidateCount { gone.insert(tag) }
        }
        let builds = Set(snapshot.tags.filter { kinds[$0.key] == .build }.values)
        for (tag, digest) in snapshot.tags where kinds[tag] == .build {
            guard let age = age(digest), age >= rules.buildAge.count else { continue }
            let younger = builds.filter { other in self.age(other).map { ($0, other.hex) < (age, digest.hex) } ?? false }
            if younger.count >= rules.buildCount { gone.insert(tag) }
        }
        return gone
    }
}
