/// What a person has confirmed beyond the plan itself.
package enum RetentionConfirmation: Hashable, Sendable {
    /// The clock is right although the ledger's last entry is more than 90 days old.
    case longSilence
}

extension RetentionPlan {
    /// Plans: pure, total, and linear in tags, manifests and what they name.
    package static func make(
        _ snapshot: RetentionSnapshot, rules: RetentionRules, now: Timestamp, confirmed: Set<RetentionConfirmation> = []
    ) -> RetentionPlan {
        var planning = RetentionPlanning(snapshot, rules: rules, now: now)
        planning.findRoots()
        planning.protect()
        planning.findDoomed()
        planning.divide()
        return planning.plan(confirmed: confirmed)
    }
}

/// One planning on its way: numbers in flat arrays inside, values at the edge.
struct RetentionPlanning {
    typealias Node = RetentionGraph.Node

    let snapshot: RetentionSnapshot
    let rules: RetentionRules
    let now: Timestamp
    let graph: RetentionGraph

    /// Milliseconds since each node was last seen to begin something; nil where nobody knows.
    let ages: [Int64?]
    /// Why a node is a root.
    var reasons: [[KeepReason]]
    /// Why a node is only kept for its grace.
    var graces: [(node: Node, until: Timestamp)] = []
    /// Tags that may go by their names, windows and grace.
    var mayGo: [Bool]
    /// Digests that a deletion, begun and not finished, has taken already: what hangs on them is its rest, and no orphan.
    let leaving: Set<Digest>
    /// Active digests that nothing in the repository answers to.
    var unknownActive: [ActiveDigest] = []
    var protection: RetentionGraph.Protection
    /// The same without what is only kept for its grace.
    var wanted: RetentionGraph.Protection
    var rescues: [RetentionPlan.Skipped] = []
    var isDoomed: [Bool] = []
    /// Nodes that may go by every one of their tags, or whose deletion has begun.
    var seeds: [Node] = []
    var quarantine: [Group] = []
    var delete: [Group] = []
    /// Past their grace, but still under something that is not.
    var deferred: [Node] = []

    /// A digest that goes, and what goes with it.
    struct Group {
        let digest: Digest
        /// Nil where it is gone already and only its parts are left.
        let top: Node?
        var parts: [Node]
    }

    init(_ snapshot: RetentionSnapshot, rules: RetentionRules, now: Timestamp) {
        self.snapshot = snapshot
        self.rules = rules
        self.now = now
        let graph = RetentionGraph(snapshot)
        self.graph = graph
        ages = graph.digests.indices.map { Self.age(of: graph.digests[$0], graph.manifests[$0], snapshot, rules, now) }
        let begun = snapshot.quarantined.filter { $0.value.phase == .deleting }.flatMap { [$0.key] + $0.value.parts }
        leaving = Set(begun.filter { graph.numbers[$0] == nil })
        reasons = [[KeepReason]](repeating: [], count: graph.count)
        mayGo = [Bool](repeating: false, count: graph.tags.count)
        protection = RetentionGraph.Protection(count: graph.count)
        wanted = protection
    }

    /// The plausible years of a build: a reproducible build says 1970, a wrong clock anything.
    private static let earliestBuild = Timestamp(millisecondsSinceEpoch: 1_420_070_400_000)
    private static let clockTolerance = Milliseconds.minutes(60)

    static func age(
        of digest: Digest, _ manifest: StoredManifest?, _ snapshot: RetentionSnapshot, _ rules: RetentionRules, _ now: Timestamp
    ) -> Int64? {
        let first: Timestamp?
        switch rules.age {
        case .seen: first = snapshot.sightings.first[digest]
        case .created:
            first = manifest?.created.flatMap { created in
                created >= earliestBuild && created <= now + clockTolerance ? created : nil
            }
        }
        guard let first else { return nil }
        return (now - max(first, snapshot.sightings.tagged[digest] ?? first)).count
    }

    /// Reasons that are told of one digest: somebody may have given it any number of names.
    private static let reasonLimit = 32

    mutating func keep(_ node: Node, _ reason: KeepReason) {
        guard reasons[Int(node)].count < Self.reasonLimit, !reasons[Int(node)].contains(reason) else { return }
        reasons[Int(node)].append(reason)
    }

    /// The nodes that any member of an image names: the digest itself, every index above it, and the manifests of a
    /// configuration with the indexes above them.
    func nodes(of digest: Digest, _ byConfiguration: [Digest: [Node]]) -> [Node] {
        let direct = graph.numbers[digest].map { [$0] } ?? []
        return (direct + (byConfiguration[digest] ?? [])).flatMap { graph.withIndexes(above: $0) }
    }

    /// Manifests by the configuration that they name.
    func manifestsByConfiguration() -> [Digest: [Node]] {
        var found: [Digest: [Node]] = [:]
        let wanted = Set(snapshot.active.map(\.digest) + snapshot.kept.map(\.digest))
        guard !wanted.isEmpty else { return [:] }
        for (number, manifest) in graph.manifests.enumerated() {
            guard let configuration = manifest?.configuration, wanted.contains(configuration) else { continue }
            found[configuration, default: []].append(Node(number))
        }
        return found
    }

    /// Whether a quarantine tag is the one that the ledger has set on this digest.
    func known(_ tag: Int, _ subject: Digest) -> Quarantine? {
        guard let quarantine = snapshot.quarantined[subject], quarantine.phase != .deleted, quarantine.mode == .tag,
            graph.digests[Int(graph.targets[tag])] == subject,
            Quarantine.tag(of: subject, since: quarantine.since) == graph.tags[tag]
        else { return nil }
        return quarantine
    }
}
