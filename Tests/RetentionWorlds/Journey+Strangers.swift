internal import Fixtures
internal import PromotionCore
internal import Simulation

/// What others do beside a run.
extension Journey {
    enum Deed: String, CaseIterable {
        case names = "names"
        case namesCandidate = "names a candidate"
        case movesCandidate = "moves a candidate"
        case namesBuild = "names a build"
        case releases = "releases"
        case movesPointer = "moves a pointer tag"
        case movesOther = "moves another tag"
        case takesAway = "takes a tag away"
        case buildsUpon = "builds upon"
        case signs = "signs"
        case refers = "refers to a part"
        case holds = "holds"
        case changesGoal = "makes it a goal"
        case promotes = "promotes"
    }

    /// Now and then, somebody does something; mostly to what is about to go.
    mutating func strangers() {
        guard !isQuiet, random.onceIn(3) else { return }
        repeat {
            let digests = world.snapshot.manifests.keys.sorted()
            guard !digests.isEmpty else { return }
            var digest = digests[random.below(digests.count)]
            let there = targets.filter { world.snapshot.manifests[$0] != nil }
            if !there.isEmpty, !random.onceIn(3) { digest = there[random.below(there.count)] }
            let deed = Deed.allCases[random.below(Deed.allCases.count)]
            exercised.count(.strangers)
            exercised.deed(deed.rawValue)
            diary?.append("somebody \(deed.rawValue): \(digest.short())")
            carryOut(deed, on: digest)
            excuse()
        } while random.onceIn(4)
    }

    private mutating func carryOut(_ deed: Deed, on digest: Digest) {
        switch deed {
        case .names: name("wanted-\(random.below(3))", digest)
        case .namesCandidate: name("v1.\(random.below(3)).0-rc.\(random.below(7))", digest)
        case .movesCandidate:
            // Onto the one before it, which then has two names and still one place among the newest.
            let some = tags { $0 == .candidate }
            guard some.count > 1 else { return }
            let place = 1 + random.below(some.count - 1)
            world.snapshot.tags[some[place]] = world.snapshot.tags[some[place - 1]]
        case .namesBuild: name("sha-\(random.below(9_000_000) + 1_000_000)", digest)
        case .releases: name("v1.\(random.below(4)).0", digest)
        case .movesPointer:
            let pointers = world.snapshot.pointers.sorted()
            world.snapshot.tags[pointers[random.below(pointers.count)]] = digest
        case .movesOther:
            let others = tags { $0 == .other }
            if others.isEmpty { name("latest", digest) } else { world.snapshot.tags[others[random.below(others.count)]] = digest }
        case .takesAway:
            let some = tags { [.candidate, .build, .final].contains($0) }
            if !some.isEmpty { world.snapshot.tags[some[random.below(some.count)]] = nil }
        case .buildsUpon: build(upon: digest)
        case .signs: sign(digest)
        case .refers: sign(world.snapshot.manifests[digest]?.children.first ?? digest)
        case .holds: keep(digest, .hold)
        case .changesGoal: keep(digest, .goal)
        case .promotes: keep(digest, .promotion)
        }
    }

    private func tags(_ isWanted: (Oracle.Kind) -> Bool) -> [Tag] {
        world.snapshot.tags.keys.filter { isWanted(Oracle.kind($0, world.snapshot.pointers)) }.sorted()
    }

    private mutating func name(_ text: String, _ digest: Digest) {
        do { world.snapshot.tags[try Tag(text)] = digest } catch { preconditionFailure("\(error)") }
    }

    /// An image is meant by any member of its digest set.
    private mutating func keep(_ digest: Digest, _ rule: KeptDigest.Rule) {
        var member = digest
        let manifest = world.snapshot.manifests[digest]
        switch random.below(3) {
        case 0: member = manifest?.configuration ?? digest
        case 1: member = manifest?.children.first ?? digest
        default: break
        }
        world.snapshot.kept.append(.init(digest: member, rule: rule, because: "somebody wants it"))
    }

    /// A document that was not there before; its digest is one of a stock, so that no world has to hash.
    private mutating func push(_ manifest: StoredManifest) -> Digest {
        let digest =
            RetentionWorld.strange.first { world.snapshot.manifests[$0] == nil && !removed.contains($0) }
            ?? RetentionWorld.strange[0]
        world.snapshot.manifests[digest] = manifest
        return digest
    }

    private mutating func build(upon child: Digest) {
        var manifest = StoredManifest(mediaType: "index")
        manifest.children = [child]
        if random.onceIn(3) { manifest.children = [push(manifest)] }
        let digest = push(manifest)
        if random.onceIn(2) { name("sha-\(random.below(9_000_000) + 1_000_000)", digest) } else { name("v1.3.0-rc.1", digest) }
    }

    private mutating func sign(_ subject: Digest) {
        var manifest = StoredManifest(mediaType: "manifest")
        manifest.subject = random.onceIn(2) ? subject : nil
        let digest = push(manifest)
        if world.snapshot.capabilities.referrersAPI == .yes {
            world.snapshot.manifests[digest]?.subject = subject
            world.snapshot.referrers[subject, default: []].append(digest)
        } else if random.onceIn(2) {
            name("sha256-\(subject.hex).sig", digest)
        } else {
            var index = StoredManifest(mediaType: "index")
            index.children = [digest]
            name("sha256-\(subject.hex)", push(index))
        }
    }
}
