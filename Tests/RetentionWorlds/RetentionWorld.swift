internal import Fixtures
package import PromotionCore
internal import Simulation

/// One small repository in which everything occurs that has cost somebody an image: shared digests, nested indexes, referrers of
/// referrers, cycles, dangling tags, several services, quarantines half done, clocks that are wrong.
package struct RetentionWorld: Sendable {
    package var snapshot: RetentionSnapshot
    package var rules: RetentionRules
    package var now: Timestamp
    /// How its services write their versions.
    var styles: [VersionStyle] = [.guide]

    static let day: Int64 = 86_400_000
    static let start = Timestamp(millisecondsSinceEpoch: 1_787_580_000_000)
    /// Names made once: hashing them anew for every world would be most of the work.
    static let pool: [Digest] = (0..<64).map { Digest(of: "retention \($0)".utf8) }
    /// Names for what strangers push.
    static let strange: [Digest] = (0..<64).map { Digest(of: "strange \($0)".utf8) }
    static let blobs: [StoredManifest.Blob] = (0..<40).map { .init(digest: Digest(of: "blob \($0)".utf8), size: Int64(100 + $0)) }
    static let configurations: [Digest] = (0..<20).map { Digest(of: "configuration \($0)".utf8) }
    static let places = ["payments", "checkout"].flatMap { service in
        ["testing", "prod"].compactMap { name in
            (try? ServiceName(service)).flatMap { owner in (try? EnvironmentName(name)).map { Place(owner, $0) } }
        }
    }

    /// The world that something came to.
    init(snapshot: RetentionSnapshot, rules: RetentionRules, now: Timestamp) {
        (self.snapshot, self.rules, self.now) = (snapshot, rules, now)
    }

    /// The world of a seed, always the same: one of three is wild, the others are busy.
    package init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        now = Self.start
        rules = Self.rules(&random)
        let repository: RepositoryName
        do { repository = try RepositoryName("shop/payments") } catch { preconditionFailure("\(error)") }
        let answers: [RegistryCapabilities.Answer] = [.yes, .no]
        let isKnown = !random.onceIn(30)
        snapshot = RetentionSnapshot(
            repository: repository,
            capabilities: RegistryCapabilities(
                tagDeletion: answers[random.below(2)], digestDeletion: isKnown ? .yes : .unknown,
                referrersAPI: answers[random.below(2)]))
        snapshot.services = Self.places.map(\.service)
        snapshot.sequence = 100
        snapshot.lastEntryAt = now + Milliseconds(-Int64(random.below(3)) * Self.day)
        if random.onceIn(2) { snapshot.registryTime = now + Milliseconds(Int64(random.below(200)) * 1_000) }
        if seed % 3 == 0 { makeWild(&random) } else { makeBusy(&random) }
        makeStyles(seed: seed)
        makeTrouble(&random)
    }

    /// Everything at random: lies, knots, and names that are nearly right.
    private mutating func makeWild(_ random: inout SeededRandom) {
        makeManifests(&random)
        makeReferrers(&random)
        makeTags(&random)
        makeSightings(&random)
        makeLedger(&random)
        makeQuarantines(&random)
    }

    private static func rules(_ random: inout SeededRandom) -> RetentionRules {
        var rules = RetentionRules()
        rules.candidateCount = random.below(4)
        rules.candidateAge = Milliseconds(Int64(1 + random.below(30)) * day)
        rules.buildCount = random.below(4)
        rules.buildAge = Milliseconds(Int64(1 + random.below(14)) * day)
        rules.grace = Milliseconds(Int64(1 + random.below(7)) * day)
        rules.allowRatio = random.onceIn(8) ? 30 : 100
        rules.age = random.onceIn(4) ? .created : .seen
        return rules
    }

    private mutating func makeManifests(_ random: inout SeededRandom) {
        let count = 3 + random.below(14)
        for number in 0..<count {
            var manifest = StoredManifest(mediaType: random.onceIn(3) ? "index" : "manifest")
            if manifest.mediaType == "index" {
                for _ in 0..<(1 + random.below(3)) {
                    // Mostly below, as bytes demand; now and then one that is not there, or a knot that only a liar ties.
                    let child = random.onceIn(30) ? random.below(64) : random.below(max(1, number))
                    if child != number { manifest.children.append(Self.pool[child]) }
                }
            } else {
                manifest.configuration = Self.configurations[random.below(20)]
                manifest.blobs = (0..<random.below(4)).map { _ in Self.blobs[random.below(40)] }
            }
            if random.onceIn(3) {
                manifest.created = now + Milliseconds(Int64(random.below(120) - 115) * Self.day / 2)
                if random.onceIn(5) { manifest.created = Timestamp(millisecondsSinceEpoch: 0) }
            }
            manifest.isOpaque = random.onceIn(60)
            snapshot.manifests[Self.pool[number]] = manifest
        }
    }

    private mutating func makeReferrers(_ random: inout SeededRandom) {
        let digests = snapshot.manifests.keys.sorted()
        for digest in digests where random.onceIn(4) {
            let subject = random.onceIn(10) ? Self.pool[random.below(64)] : digests[random.below(digests.count)]
            let isListed = random.onceIn(2)
            // A registry may list what the document itself does not say, and the other way round.
            if subject != digest, !isListed || random.onceIn(2) { snapshot.manifests[digest]?.subject = subject }
            if isListed { snapshot.referrers[subject, default: []].append(digest) }
        }
    }

    private mutating func makeTags(_ random: inout SeededRandom) {
        let digests = snapshot.manifests.keys.sorted()
        for _ in 0..<(2 + random.below(16)) {
            guard let tag = try? Tag(name(&random, digests)) else { continue }
            snapshot.tags[tag] = digests[random.below(digests.count)]
        }
        let pointers = ["testing", "prod", "prod-blue", random.onceIn(3) ? "nightly" : "staging"]
        snapshot.pointers = Set(pointers.compactMap { try? Tag($0) })
        // An environment may have a name that looks like a build's.
        if random.onceIn(8), let build = snapshot.tags.keys.sorted().first(where: \.isBuild) {
            snapshot.pointers.insert(build)
        }
        if random.onceIn(6), let tag = try? Tag("v9.9.9-rc.1") { snapshot.dangling.insert(tag) }
        if random.onceIn(40), let tag = try? Tag("sha-ffffffff") { snapshot.tags[tag] = Self.pool[63] }
    }

    private func name(_ random: inout SeededRandom, _ digests: [Digest]) -> String {
        let version = "v1.\(random.below(3)).0"
        switch random.below(14) {
        case 0...5: return "\(version)-rc.\(random.below(13))"
        case 6...8: return "sha-\(Self.pool[random.below(20)].short(7))"
        case 9: return version
        case 10: return ["testing", "prod", "prod-blue", "latest", "nightly", "dev"][random.below(6)]
        case 11: return "sha256-\(digests[random.below(digests.count)].hex)" + ["", ".sig", ".att", ".sbom"][random.below(4)]
        case 12: return "quarantine-20260801-\(digests[random.below(digests.count)].hex)"
        default:
            return ["v1.0", "v01.0.0", "v1.0.0-rc.01", "sha-xyz1234", "V1.0.0", "sha256-12", "v1.2.0-beta.1"][random.below(7)]
        }
    }

    private mutating func makeSightings(_ random: inout SeededRandom) {
        for digest in snapshot.manifests.keys.sorted() where !random.onceIn(7) {
            snapshot.sightings.first[digest] = now + Milliseconds(-Int64(random.below(90)) * Self.day / 2)
            if random.onceIn(4) {
                snapshot.sightings.tagged[digest] = now + Milliseconds(-Int64(random.below(90)) * Self.day / 2)
            }
        }
        if random.onceIn(3) { snapshot.sightings.tags = snapshot.tags }
    }

    private mutating func makeLedger(_ random: inout SeededRandom) {
        let digests = snapshot.manifests.keys.sorted()
        for _ in 0..<random.below(3) {
            var digest = digests[random.below(digests.count)]
            if random.onceIn(3) { digest = snapshot.manifests[digest]?.configuration ?? digest }
            if random.onceIn(60) { digest = Digest.nobodys }
            snapshot.active.append(
                ActiveDigest(digest: digest, place: Self.places[random.below(Self.places.count)], because: "it runs"))
        }
        for _ in 0..<random.below(3) {
            let rules: [KeptDigest.Rule] = [.promotion, .goal, .hold, .stale]
            snapshot.kept.append(
                KeptDigest(
                    digest: random.onceIn(20) ? Self.pool[60] : digests[random.below(digests.count)],
                    rule: rules[random.below(4)], because: "the ledger says so"))
        }
    }

    private mutating func makeQuarantines(_ random: inout SeededRandom) {
        let targets = Array(Set(snapshot.tags.values)).sorted()
        for digest in targets where random.onceIn(4) {
            let since = now + Milliseconds(-Int64(random.below(20)) * Self.day)
            let phases: [Quarantine.Phase] = [.quarantining, .quarantined, .quarantined, .quarantined, .deleting, .deleted]
            let mode = snapshot.capabilities.quarantineMode
            let own = snapshot.tags.filter { $0.value == digest }.keys.sorted()
            let phase = phases[random.below(phases.count)]
            let reach = Model.reach(of: digest, in: snapshot)
            snapshot.quarantined[digest] = Quarantine(
                phase: phase, mode: mode, tags: own, parts: random.onceIn(6) ? [] : reach.sorted(), since: since,
                until: since + rules.grace, tombstone: digest)
            guard mode == .tag, phase != .deleted, let tag = Quarantine.tag(of: digest, since: since) else { continue }
            if phase != .quarantining { for tag in own where !random.onceIn(8) { snapshot.tags[tag] = nil } }
            if phase != .deleting || random.onceIn(2) { snapshot.tags[tag] = digest }
        }
    }

    private mutating func makeTrouble(_ random: inout SeededRandom) {
        switch random.below(60) {
        case 0: snapshot.obstacles = ["page 3 of the tag list did not come"]
        case 1: snapshot.registryTime = now + Milliseconds.minutes(random.onceIn(2) ? 6 : -6)
        case 2: snapshot.lastEntryAt = now + Milliseconds.minutes(1)
        case 3: snapshot.lastEntryAt = now + Milliseconds(-91 * Self.day)
        case 4: snapshot.lastEntryAt = nil
        default: break
        }
    }
}

extension Digest {
    /// One that no repository has.
    static let nobodys = Digest(of: "nobody's".utf8)
}
