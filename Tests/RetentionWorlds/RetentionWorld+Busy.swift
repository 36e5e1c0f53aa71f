internal import Fixtures
internal import PromotionCore
internal import Simulation

/// A repository as a busy team leaves it: much may go, and whatever goes is close to something that keeps.
extension RetentionWorld {
    mutating func makeBusy(_ random: inout SeededRandom) {
        rules.allowRatio = random.onceIn(10) ? 30 : 100
        let pointers = ["testing", "prod", "prod-blue", "prod-green"]
        snapshot.pointers = Set(pointers.compactMap { try? Tag($0) })
        var tops: [Digest] = []
        for minor in 0..<(1 + random.below(3)) { makeVersion(minor, &tops, &random) }
        for number in 0..<random.below(5) {
            tag("sha-000000\(number)", makeTop(&random, &tops))
        }
        for digest in tops { makeSignatures(of: digest, &random) }
        for digest in snapshot.manifests.keys.sorted() { makeAge(of: digest, &random) }
        makeUses(tops, &random)
        for digest in tops where random.onceIn(2) { makeBusyQuarantine(of: digest, &random) }
    }

    private mutating func tag(_ name: String, _ digest: Digest) { (try? Tag(name)).map { snapshot.tags[$0] = digest } }

    private mutating func add(_ manifest: StoredManifest) -> Digest {
        let digest = Self.pool[min(snapshot.manifests.count, Self.pool.count - 1)]
        snapshot.manifests[digest] = manifest
        return digest
    }

    private mutating func makeImage(_ random: inout SeededRandom) -> Digest {
        var manifest = StoredManifest(mediaType: "manifest")
        manifest.configuration = Self.configurations[random.below(20)]
        manifest.blobs = (0..<random.below(3)).map { _ in Self.blobs[random.below(40)] }
        return add(manifest)
    }

    /// An image or an index; some indexes share a platform's image, or list an index of before.
    private mutating func makeTop(_ random: inout SeededRandom, _ tops: inout [Digest]) -> Digest {
        if random.onceIn(8), let other = tops.last { return other }
        var digest = makeImage(&random)
        if random.onceIn(3) {
            var index = StoredManifest(mediaType: "index")
            index.children = [digest]
            if random.onceIn(3) { index.children.append(makeImage(&random)) }
            if random.onceIn(3), !tops.isEmpty {
                let other = tops[random.below(tops.count)]
                index.children.append(random.onceIn(2) ? snapshot.manifests[other]?.children.first ?? other : other)
            }
            digest = add(index)
        }
        tops.append(digest)
        return digest
    }

    private mutating func makeVersion(_ minor: Int, _ tops: inout [Digest], _ random: inout SeededRandom) {
        var last: Digest?
        for number in 1...(1 + random.below(5)) {
            let digest = makeTop(&random, &tops)
            tag("v1.\(minor).0-rc.\(number)", digest)
            if random.onceIn(3) { tag("sha-\(digest.short(7))", digest) }
            last = digest
        }
        guard !random.onceIn(3) else { return }
        tag("v1.\(minor).0", random.onceIn(2) ? last ?? makeImage(&random) : makeImage(&random))
    }

    private mutating func makeSignatures(of digest: Digest, _ random: inout SeededRandom) {
        guard random.onceIn(4) else { return }
        var subject = digest
        repeat {
            var signature = StoredManifest(mediaType: "manifest")
            if random.onceIn(2) { signature.subject = subject }
            let own = add(signature)
            if snapshot.capabilities.referrersAPI == .yes {
                snapshot.referrers[subject, default: []].append(own)
            } else if signature.subject == nil || random.onceIn(2) {
                tag("sha256-\(subject.hex)" + ["", ".sig", ".att"][random.below(3)], own)
            }
            // An index that nothing names, over something that speaks of what may go.
            if random.onceIn(3) {
                var index = StoredManifest(mediaType: "index")
                index.children = [own]
                _ = add(index)
            }
            // Some builds sign with what is an image of its own.
            if random.onceIn(8) { tag("sha-\(own.short(9))", own) }
            subject = own
        } while random.onceIn(4)
    }

    /// Old, young, unknown, or as old as the limit to the millisecond.
    private mutating func makeAge(of digest: Digest, _ random: inout SeededRandom) {
        let limit = (random.onceIn(2) ? rules.candidateAge : rules.buildAge).count
        let age: Int64 =
            switch random.below(10) {
            case 0, 1: limit
            case 2: limit - 1
            case 3: random.onceIn(2) ? Int64(random.below(Int(limit))) : limit + 1
            default: limit + Int64(random.below(40)) * Self.day
            }
        let first = now + Milliseconds(-age)
        snapshot.manifests[digest]?.created = random.onceIn(20) ? Timestamp(millisecondsSinceEpoch: 0) : first
        if random.onceIn(24) { return }
        snapshot.sightings.first[digest] = first
        guard random.onceIn(6) else { return }
        snapshot.sightings.first[digest] = first + Milliseconds(-Self.day)
        snapshot.sightings.tagged[digest] = first
    }

    /// What runs, what was and may be again, what somebody holds: mostly one digest each, by any of its members.
    private mutating func makeUses(_ tops: [Digest], _ random: inout SeededRandom) {
        func one() -> Digest { tops[random.below(tops.count)] }
        func member(_ digest: Digest) -> Digest {
            switch random.below(4) {
            case 0: snapshot.manifests[digest]?.configuration ?? digest
            case 1: snapshot.manifests[digest]?.children.first ?? digest
            default: digest
            }
        }
        if !random.onceIn(4) { tag(["testing", "prod", "prod-blue", "prod-green"][random.below(4)], one()) }
        if random.onceIn(24) {
            snapshot.active.append(.init(digest: Digest.nobodys, place: Self.places[0], because: "it runs"))
        }
        if random.onceIn(16) { tag("sha256-\(Digest.nobodys.hex).sig", one()) }
        if random.onceIn(24) { snapshot.manifests[one()]?.isOpaque = true }
        if random.onceIn(4) { tag(["latest", "dev", "nightly"][random.below(3)], one()) }
        if random.onceIn(2) {
            snapshot.active.append(.init(digest: member(one()), place: Self.places[random.below(4)], because: "it runs"))
        }
        for rule in [KeptDigest.Rule.promotion, .goal, .hold, .stale] where random.onceIn(5) {
            snapshot.kept.append(.init(digest: member(one()), rule: rule, because: "the ledger says so"))
        }
    }

    /// What an earlier run left: begun, whole, or about to be deleted; its grace ends now, in a millisecond, or days away.
    private mutating func makeBusyQuarantine(of digest: Digest, _ random: inout SeededRandom) {
        let own = snapshot.tags.filter { $0.value == digest }.keys.sorted()
        let names = own.filter { [.candidate, .build].contains(Oracle.kind($0, snapshot.pointers)) }
        guard !names.isEmpty, names.count == own.count || random.onceIn(4) else { return }
        let phase: Quarantine.Phase = random.onceIn(8) ? .quarantining : random.onceIn(8) ? .deleting : .quarantined
        let ends: Milliseconds =
            switch random.below(8) {
            case 0: Milliseconds(1)
            case 1: .zero
            case 2: Milliseconds(Int64(random.below(7)) * Self.day)
            default: Milliseconds(-Int64(1 + random.below(9)) * Self.day)
            }
        let until = phase == .deleting ? min(now, now + ends) : now + ends
        let since = until + Milliseconds(-rules.grace.count)
        let mode = snapshot.capabilities.quarantineMode
        var parts = Model.reach(of: digest, in: snapshot).sorted()
        if random.onceIn(12) { parts = Array(parts.dropLast()) }
        snapshot.quarantined[digest] = Quarantine(
            phase: phase, mode: mode, tags: names, parts: parts, since: since, until: until, tombstone: digest)
        guard mode == .tag, let holding = Quarantine.tag(of: digest, since: since) else { return }
        if phase != .quarantining || random.onceIn(2) { snapshot.tags[holding] = digest }
        for name in names where phase != .quarantining || random.onceIn(2) { snapshot.tags[name] = nil }
    }
}
