import Fixtures
import PromotionCore
import Testing

/// What somebody else may do between the reading and a change, and what the checks say to it.
@Suite struct ChecksTests {
    private static let top = Digest(of: "top".utf8)
    private static let part = Digest(of: "part".utf8)
    private static let kept = Digest(of: "kept".utf8)
    private static let fresh = Digest(of: "fresh".utf8)
    private static let configuration = Digest(of: "configuration".utf8)

    /// An index with one part, on one candidate tag and with a signature's tag, and a release beside it.
    private static func snapshot() throws -> RetentionSnapshot {
        var snapshot = RetentionSnapshot(
            repository: Fixtures.repository,
            capabilities: RegistryCapabilities(tagDeletion: .no, digestDeletion: .yes, referrersAPI: .yes))
        var index = StoredManifest(mediaType: "index")
        index.children = [part]
        var image = StoredManifest(mediaType: "manifest")
        image.configuration = configuration
        snapshot.manifests = [top: index, part: image, kept: StoredManifest(mediaType: "manifest")]
        snapshot.tags = [try Tag("v1.0.0-rc.1"): top, try Tag("v1.0.0"): kept, try Tag("prod"): kept]
        snapshot.pointers = [try Tag("prod")]
        snapshot.lastEntryAt = Timestamp(millisecondsSinceEpoch: 1_000)
        snapshot.sightings.first = [top: Timestamp(millisecondsSinceEpoch: 0), kept: Timestamp(millisecondsSinceEpoch: 0)]
        return snapshot
    }

    private static var rules: RetentionRules {
        var rules = RetentionRules()
        (rules.candidateCount, rules.candidateAge) = (0, .zero)
        return rules
    }

    private static func checks() throws -> (RetentionChecks, RetentionPlan.Item) {
        let snapshot = try snapshot()
        let plan = RetentionPlan.make(snapshot, rules: rules, now: Timestamp(millisecondsSinceEpoch: 1_000))
        let item = try #require(plan.quarantine.first)
        #expect(item.digests == [top, part] && plan.refused.isEmpty)
        return (RetentionChecks(snapshot, plan), item)
    }

    @Test func `a blob that several let go of is freed with the last of them, and once`() throws {
        var snapshot = try Self.snapshot()
        for name in ["one", "two", "three"] {
            var manifest = StoredManifest(mediaType: "manifest")
            manifest.blobs = [
                .init(digest: Digest(of: "base".utf8), size: 1_000), .init(digest: Digest(of: name.utf8 + [0]), size: 1),
            ]
            snapshot.manifests[Digest(of: name.utf8)] = manifest
            snapshot.sightings.first[Digest(of: name.utf8)] = Timestamp(millisecondsSinceEpoch: 0)
        }
        for (number, name) in ["one", "two", "three"].enumerated() {
            snapshot.tags[try Tag("v1.0.0-rc.\(number + 2)")] = Digest(of: name.utf8)
        }
        let plan = RetentionPlan.make(snapshot, rules: Self.rules, now: Timestamp(millisecondsSinceEpoch: 1_000))
        let frees = plan.quarantine.map(\.frees)
        #expect(plan.frees == 1_003 && frees.count { $0 > 1_000 } == 1, "\(frees)")
        let last = plan.quarantine.last { $0.frees > 0 }
        #expect(last?.frees == 1_001, "what goes before it frees only what is its own: \(frees)")
    }

    @Test func `sizes that nobody can have, and thousands of names, are taken as they are`() throws {
        var snapshot = try Self.snapshot()
        for name in ["one", "two"] {
            var manifest = StoredManifest(mediaType: "manifest")
            manifest.blobs = [.init(digest: Digest(of: "layer \(name)".utf8), size: .max)]
            snapshot.manifests[Digest(of: name.utf8)] = manifest
            snapshot.sightings.first[Digest(of: name.utf8)] = Timestamp(millisecondsSinceEpoch: 0)
        }
        snapshot.tags[try Tag("v1.0.0-rc.2")] = Digest(of: "one".utf8)
        snapshot.tags[try Tag("v1.0.0-rc.3")] = Digest(of: "two".utf8)
        for number in 0..<100_000 { snapshot.tags[try Tag("name-\(number)")] = Self.kept }
        let plan = RetentionPlan.make(snapshot, rules: Self.rules, now: Timestamp(millisecondsSinceEpoch: 1_000))
        #expect(plan.quarantine.count == 3 && plan.frees == .max)
        let reasons = try #require(plan.keep.first { $0.digest == Self.kept }).reasons
        #expect(reasons.count > 3 && reasons.count < 100)
    }

    @Test func `a reading with a gap ends no quarantine, and misses no tag`() throws {
        var snapshot = try Self.snapshot()
        snapshot.quarantined[Self.top] = Quarantine(
            phase: .quarantined, mode: .record, tags: [try Tag("v1.0.0-rc.1")], parts: [Self.part],
            since: Timestamp(millisecondsSinceEpoch: 0), until: Timestamp(millisecondsSinceEpoch: 5_000), tombstone: Self.top)
        snapshot.sightings.tags = snapshot.tags
        (snapshot.tags, snapshot.manifests) = ([:], [:])
        let now = Timestamp(millisecondsSinceEpoch: 1_000)
        let gone = RetentionPlan.make(snapshot, rules: Self.rules, now: now)
        #expect(gone.rescue.map(\.digest) == [Self.top] && gone.refused.contains { $0.kind == .missing })
        snapshot.obstacles = ["a page did not come"]
        let unread = RetentionPlan.make(snapshot, rules: Self.rules, now: now)
        #expect(unread.rescue.isEmpty && unread.refused.map(\.kind) == [.incomplete])
    }

    enum Deed: CaseIterable {
        case nothing, namesAnother, namesTheTop, namesThePart, pushesAnIndexOverThePart, nestsItDeeper, signsTheTop, pushesAside
    }

    @Test(arguments: Deed.allCases)
    func `a name or a document that has to do with what goes makes the plan void, and no other`(_ deed: Deed) throws {
        var (checks, _) = try Self.checks()
        var index = StoredManifest(mediaType: "index")
        switch deed {
        case .nothing: checks.see([try Tag("v1.0.0"): Self.kept])
        case .namesAnother: checks.see([try Tag("latest"): Self.kept])
        case .namesTheTop: checks.see([try Tag("latest"): Self.top])
        case .namesThePart: checks.see([try Tag("sha-0123abc"): Self.part])
        case .pushesAnIndexOverThePart, .pushesAside:
            checks.see([try Tag("v2.0.0-rc.1"): Self.fresh])
            #expect(checks.unread == [Self.fresh])
            index.children = [deed == .pushesAside ? Self.kept : Self.part]
            checks.see(Self.fresh, index)
        case .nestsItDeeper:
            checks.see([try Tag("v2.0.0-rc.1"): Self.fresh])
            let between = Digest(of: "between".utf8)
            index.children = [between]
            checks.see(Self.fresh, index)
            #expect(checks.unread == [between])
            index.children = [Self.part]
            checks.see(between, index)
        case .signsTheTop:
            checks.see([try Tag("sha256-\(Self.top.hex).sig"): Self.fresh])
            checks.see(Self.fresh, StoredManifest(mediaType: "manifest"))
        }
        #expect(checks.unread.isEmpty)
        var stop: RetentionStop?
        do throws(RetentionStop) { try checks.checkNames() } catch { stop = error }
        switch deed {
        case .nothing, .namesAnother, .pushesAside: #expect(stop == nil)
        default: if case .replan? = stop {} else { Issue.record("\(deed) came to \(String(describing: stop))") }
        }
    }

    @Test func `a pointer that was moved, and an entry that names a part or its configuration, make the plan void`() throws {
        let (checks, _) = try Self.checks()
        let prod = try Tag("prod")
        try checks.checkPointers([prod: Self.kept])
        #expect(throws: RetentionStop.self) { try checks.checkPointers([prod: Self.top]) }
        #expect(throws: RetentionStop.self) { try checks.checkPointers([:]) }
        for digest in [Self.kept, Self.fresh] {
            var checks = checks
            checks.see(entries: [digest])
            try checks.checkEntries()
        }
        for digest in [Self.top, Self.part, Self.configuration] {
            var checks = checks
            checks.see(entries: [digest])
            #expect(throws: RetentionStop.self) { try checks.checkEntries() }
        }
    }

    @Test func `an entry that names an index that nobody knew, over what goes, makes the plan void`() throws {
        var (checks, _) = try Self.checks()
        checks.see(entries: [Self.fresh, Self.kept])
        #expect(checks.unread == [Self.fresh])
        var missing = checks
        missing.see(Self.fresh, nil)
        missing.see(entries: [Self.fresh])
        #expect(missing.unread.isEmpty, "what is not there is asked for once")
        try missing.checkNames()
        var index = StoredManifest(mediaType: "index")
        index.children = [Self.part]
        checks.see(Self.fresh, index)
        #expect(throws: RetentionStop.self) { try checks.checkNames() }
    }

    @Test func `an item whose own tag was moved, or that was just signed, is left alone`() throws {
        let (checks, item) = try Self.checks()
        let tag = try Tag("v1.0.0-rc.1")
        try checks.checkTags(item, [tag: Self.top])
        #expect(throws: RetentionStop.replan("v1.0.0-rc.1 names nothing by now")) { try checks.checkTags(item, [:]) }
        #expect(throws: RetentionStop.self) { try checks.checkTags(item, [tag: Self.kept]) }
        #expect(checks.askable(of: item) == [Self.top, Self.part].sorted())
        try checks.checkReferrers(of: Self.top, [])
        #expect(throws: RetentionStop.self) { try checks.checkReferrers(of: Self.part, [Self.fresh]) }
    }

    @Test func `a tag that the run itself has set is no stranger's`() throws {
        var (checks, item) = try Self.checks()
        let holding = try #require(Quarantine.tag(of: item.digest, since: Timestamp(millisecondsSinceEpoch: 0)))
        checks.set(holding, item.digest)
        checks.see([holding: item.digest])
        try checks.checkNames()
    }

    @Test func `items of which one holds on to a part of another never go beside each other`() {
        func item(_ name: String, _ parts: [String] = []) -> RetentionPlan.Item {
            RetentionPlan.Item(
                digest: Digest(of: name.utf8), mediaType: "manifest", class: "candidate", tags: [],
                parts: parts.map { Digest(of: $0.utf8) }, age: nil, reason: "", frees: 0)
        }
        let (a, b, c, d) = (item("a", ["x"]), item("b"), item("c", ["y"]), item("d"))
        #expect(RetentionPlan.abreast([a, b, c, d], holders: [:], width: 4) == [[a, b, c, d]])
        #expect(RetentionPlan.abreast([a, b, c, d], holders: [:], width: 2) == [[a, b], [c, d]])
        #expect(RetentionPlan.abreast([a, b, c], holders: [Digest(of: "y".utf8): [b.digest]], width: 4) == [[a, b], [c]])
        #expect(RetentionPlan.abreast([a, b, c], holders: [b.digest: [a.digest]], width: 4) == [[a], [b, c]])
        #expect(RetentionPlan.abreast([], holders: [:], width: 4).isEmpty)
    }
}
