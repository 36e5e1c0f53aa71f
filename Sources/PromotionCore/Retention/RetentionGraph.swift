/// A repository as numbers: digests in order, edges in flat arrays, so that planning is linear in what there is.
struct RetentionGraph {
    typealias Node = Int32

    /// A node's digest; numbers follow the order of digests.
    let digests: [Digest]
    let numbers: [Digest: Node]
    /// What a node is; nil for one that only a tag names.
    let manifests: [StoredManifest?]
    /// Children and referrers of a node.
    let below: Edges
    /// Indexes that list a node and subjects that it refers to.
    let above: Edges
    /// Indexes that list a node.
    let parents: Edges
    /// Subjects that a node refers to.
    let subjects: Edges
    /// Tags in order, with their classes and what they name.
    let tags: [Tag]
    let classes: [RetentionClass]
    let targets: [Node]
    /// Numbers of the tags of a node.
    let tagsOf: Edges

    init(_ snapshot: RetentionSnapshot) {
        var names = Array(snapshot.manifests.keys)
        for digest in snapshot.tags.values where snapshot.manifests[digest] == nil { names.append(digest) }
        names.sort()
        var numbers: [Digest: Node] = Dictionary(minimumCapacity: names.count)
        var digests: [Digest] = []
        digests.reserveCapacity(names.count)
        for name in names where digests.last != name {
            numbers[name] = Node(digests.count)
            digests.append(name)
        }
        let sorted = snapshot.tags.sorted { $0.key < $1.key }
        tags = sorted.map(\.key)
        classes = sorted.map { snapshot.retentionClass(of: $0.key) }
        targets = sorted.map { numbers[$0.value] ?? 0 }
        self.digests = digests
        self.numbers = numbers
        manifests = digests.map { snapshot.manifests[$0] }
        let children = Self.children(manifests, numbers)
        let referrers = Self.referrers(snapshot, digests, numbers, manifests, classes, targets, children)
        below = Edges(children.merged(with: referrers), count: digests.count)
        parents = Edges(children.reversed, count: digests.count)
        subjects = Edges(referrers.reversed, count: digests.count)
        above = Edges(children.merged(with: referrers).reversed, count: digests.count)
        tagsOf = Edges(Pairs(from: targets, to: Array(0..<Node(targets.count))), count: digests.count)
    }

    private static func children(_ manifests: [StoredManifest?], _ numbers: [Digest: Node]) -> Pairs {
        var pairs = Pairs()
        for (number, manifest) in manifests.enumerated() {
            for child in manifest?.children ?? [] {
                if let below = numbers[child] { pairs.add(Node(number), below) }
            }
        }
        return pairs
    }

    /// Referrers by every road: the API's list, a manifest's own word, attached tags, and the entries of a fallback index.
    private static func referrers(
        _ snapshot: RetentionSnapshot, _ digests: [Digest], _ numbers: [Digest: Node], _ manifests: [StoredManifest?],
        _ classes: [RetentionClass], _ targets: [Node], _ children: Pairs
    ) -> Pairs {
        var pairs = Pairs()
        for (number, digest) in digests.enumerated() {
            if let subject = manifests[number]?.subject.flatMap({ numbers[$0] }) { pairs.add(subject, Node(number)) }
            guard !snapshot.referrers.isEmpty, let list = snapshot.referrers[digest] else { continue }
            for referrer in Set(list).sorted() {
                if let below = numbers[referrer] { pairs.add(Node(number), below) }
            }
        }
        let entries = Edges(children, count: digests.count)
        for (tag, kind) in classes.enumerated() {
            guard case .attached(let digest) = kind, let subject = numbers[digest] else { continue }
            pairs.add(subject, targets[tag])
            for entry in entries[targets[tag]] { pairs.add(subject, entry) }
        }
        return pairs
    }

    var count: Int { digests.count }
}

/// Edges as two flat arrays.
struct Pairs {
    var from: [RetentionGraph.Node] = []
    var to: [RetentionGraph.Node] = []

    mutating func add(_ above: RetentionGraph.Node, _ below: RetentionGraph.Node) {
        guard above != below else { return }
        from.append(above)
        to.append(below)
    }

    var reversed: Pairs { Pairs(from: to, to: from) }

    func merged(with other: Pairs) -> Pairs { Pairs(from: from + other.from, to: to + other.to) }
}

/// The neighbours of every node, laid out one after another.
struct Edges {
    private let starts: [Int32]
    private let ends: [RetentionGraph.Node]

    init(_ pairs: Pairs, count: Int) {
        var starts = [Int32](repeating: 0, count: count + 1)
        for node in pairs.from { starts[Int(node) + 1] += 1 }
        for node in 0..<count { starts[node + 1] += starts[node] }
        var next = starts
        var ends = [RetentionGraph.Node](repeating: 0, count: pairs.to.count)
        for (from, to) in zip(pairs.from, pairs.to) {
            ends[Int(next[Int(from)])] = to
            next[Int(from)] += 1
        }
        self.starts = starts
        self.ends = ends
    }

    subscript(node: RetentionGraph.Node) -> ArraySlice<RetentionGraph.Node> {
        ends[Int(starts[Int(node)])..<Int(starts[Int(node) + 1])]
    }
}
