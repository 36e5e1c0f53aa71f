/// How an item of a plan comes to nothing.
package enum RetentionStop: Error, Hashable, Sendable {
    /// This item is left alone.
    case drop(SafeText)
    /// What was planned is no longer so: plan again.
    case replan(SafeText)
    /// Nothing more in this run.
    case end(SafeText)
}

/// What must still hold right before an item is changed, judged on what is read again then.
///
/// It is made once for a plan. What somebody else does to a digest that is not going matters to no item; what they do to one that
/// is going may keep others too, by ways that only a plan follows: then the plan is made again.
package struct RetentionChecks: Sendable {
    private var tags: [Tag: Digest]
    private let pointers: Set<Tag>
    private let schemes: [TagScheme]
    private let referrers: [Digest: [Digest]]
    private var known: Set<Digest>
    private let asksReferrers: Bool
    private let graph: RetentionGraph
    /// Everything whose being wanted would keep something that the plan lets go: first of all that itself.
    private let keepers: Set<Digest>
    /// The same, and everything below what goes: what comes to hang on one of these may be wanted with it.
    private let hooks: Set<Digest>
    /// The same as the keepers, and the children and configurations that entries of the ledger may name it by.
    private let members: Set<Digest>
    /// Tags on what stays that decide who is among the newest, or whether a version is released.
    private let windows: Set<Tag>
    /// What this run has deleted.
    private var gone: Set<Digest> = []
    /// Tags of the schema for referrers, and of cosign, by the digest that they hang on.
    private let attached: [Digest: [Tag]]
    /// Tags by what they name, of what the plan lets go.
    private let names: [Digest: [Tag]]
    /// What every tag named when it was last asked.
    private var last: [Tag: Digest]
    /// Documents that came after the reading and were not read yet.
    private var strange: Set<Digest> = []
    /// Digests that entries of the ledger have named since the reading.
    private var touched: Set<Digest> = []
    /// Why the plan has to be made again.
    private var objection: SafeText?

    /// The checks for a plan of one reading.
    package init(_ snapshot: RetentionSnapshot, _ plan: RetentionPlan) {
        (tags, last, pointers, referrers) = (snapshot.tags, snapshot.tags, snapshot.pointers, snapshot.referrers)
        schemes = snapshot.schemes
        known = Set(snapshot.manifests.keys)
        asksReferrers = snapshot.capabilities.referrersAPI == .yes
        let graph = RetentionGraph(snapshot)
        let going = Set((plan.quarantine + plan.delete).flatMap(\.digests))
        let keepers = graph.keepers(of: going.compactMap { graph.numbers[$0] })
        self.graph = graph
        self.keepers = going.union(keepers.map { graph.digests[Int($0)] })
        hooks = self.keepers.union(graph.reach(of: going.compactMap { graph.numbers[$0] }).map { graph.digests[Int($0)] })
        members = Self.members(of: self.keepers, snapshot)
        windows = Set(
            snapshot.tags.lazy.filter { tag, digest in
                !going.contains(digest) && snapshot.retentionClass(of: tag).isWindow
            }.map(\.key))
        var attached: [Digest: [Tag]] = [:]
        var names: [Digest: [Tag]] = [:]
        for (tag, digest) in snapshot.tags {
            if going.contains(digest) { names[digest, default: []].append(tag) }
            if case .attached(let subject) = snapshot.retentionClass(of: tag) {
                attached[subject, default: []].append(tag)
            }
        }
        (self.attached, self.names) = (attached, names)
    }

    /// The digests, all that their indexes list, and the configurations of these: a platform's image stands for the whole.
    private static func members(of digests: Set<Digest>, _ snapshot: RetentionSnapshot) -> Set<Digest> {
        var found = digests
        var work = Array(digests)
        while let next = work.popLast() {
            guard let manifest = snapshot.manifests[next] else { continue }
            for child in manifest.children where found.insert(child).inserted { work.append(child) }
            if let configuration = manifest.configuration { found.insert(configuration) }
        }
        return found
    }

    /// Tags of a list that were never asked what they name.
    package func unasked(in list: [Tag]) -> [Tag] { list.filter { last[$0] == nil } }

    /// Tags that have to be asked anew before an item goes: its own, and those that hang on one of its digests.
    package func tags(of item: RetentionPlan.Item) -> [Tag] { item.tags + item.digests.flatMap { attached[$0] ?? [] } }

    /// Digests whose referrers have to be asked for anew before an item goes: its own, what would keep one of them, and what is
    /// below any of these, where something new ends a quarantine.
    package func askable(of item: RetentionPlan.Item) -> [Digest] {
        guard asksReferrers else { return [] }
        let own = item.digests.compactMap { graph.numbers[$0] }
        let keepers = Set(own).union(graph.keepers(of: own))
        return keepers.union(graph.reach(of: Array(keepers))).map { graph.digests[Int($0)] }
            .filter { known.contains($0) && !gone.contains($0) }.sorted()
    }

    private func attached(to digest: Digest) -> [(tag: Tag, digest: Digest)] {
        (attached[digest] ?? []).compactMap { tag in tags[tag].map { (tag, $0) } }
    }

    /// Every tag that goes with the parts of an item: those that hang on one of its digests, and names of a part's own.
    package func tags(goingWith item: RetentionPlan.Item, members: Set<Digest>) -> [Tag: Digest] {
        let attached = members.flatMap { self.attached(to: $0) }.filter { members.contains($0.digest) }
        let own = item.parts.flatMap { part in (names[part] ?? []).map { (tag: $0, digest: part) } }
        return Dictionary((attached + own).map { ($0.tag, $0.digest) }, uniquingKeysWith: { first, _ in first })
    }

    /// Documents that came after the reading and have to be read: what they hold on to may not go.
    package var unread: [Digest] { strange.sorted() }

    /// Takes what some tags name by now.
    package mutating func see(_ named: [Tag: Digest]) {
        for (tag, digest) in named where last[tag] != digest {
            last[tag] = digest
            guard tags[tag] != digest else { continue }
            if windows.contains(tag) { object("\(tag) was moved, and with it who is among the newest") }
            if keepers.contains(digest) { object("\(tag) names \(digest.short()) by now") }
            if !known.contains(digest) { strange.insert(digest) }
            guard case .attached(let subject) = RetentionClass(of: tag, pointers: pointers, schemes: schemes) else { continue }
            if hooks.contains(subject) { object("\(tag), which hangs on \(subject.short()), was written by now") }
        }
    }

    /// Takes the digests that entries of the ledger named since the reading: one that nobody knew may hold on to what is going.
    package mutating func see(entries named: Set<Digest>) {
        for digest in named where touched.insert(digest).inserted && !known.contains(digest) { strange.insert(digest) }
    }

    /// Takes the list of all tags that name something: where one is missing, another may be among the newest.
    package mutating func see(list: some Sequence<Tag>) {
        if let tag = windows.subtracting(list).min() { object("\(tag) is gone, and with it who is among the newest") }
    }

    /// Takes what a document names that came after the reading.
    /// - Parameter manifest: nil where it is gone again.
    package mutating func see(_ digest: Digest, _ manifest: StoredManifest?) {
        strange.remove(digest)
        guard let manifest, known.insert(digest).inserted else { return }
        for name in manifest.children + [manifest.subject].compactMap(\.self) {
            let isTied = keepers.contains(name) || name == manifest.subject && hooks.contains(name)
            if isTied { object("\(digest.short()), which is new, holds on to \(name.short())") }
            if !known.contains(name) { strange.insert(name) }
        }
    }

    /// Takes a tag that the run itself has set.
    package mutating func set(_ tag: Tag, _ digest: Digest) { (tags[tag], last[tag]) = (digest, digest) }

    /// Takes what this run has deleted: nobody is asked about it again.
    package mutating func forget(_ digests: some Sequence<Digest>) { gone.formUnion(digests) }

    private mutating func object(_ reason: SafeText) { objection = objection ?? reason }

    /// (b): no entry of the ledger since the reading names anything that would keep what is going.
    package func checkEntries() throws(RetentionStop) {
        if let digest = touched.intersection(members).min() {
            throw .replan("an entry of the ledger names \(digest.short()) by now")
        }
    }

    /// (c): every pointer tag names what it named.
    package func checkPointers(_ now: [Tag: Digest]) throws(RetentionStop) {
        for pointer in pointers.sorted() where now[pointer] != tags[pointer] {
            throw .replan("pointer tag \(pointer) was moved")
        }
    }

    /// (d): no tag has come to name, or to hang on, anything that would keep what is going, no new document holds on to it, and
    /// no place among the newest was given up.
    package func checkNames() throws(RetentionStop) {
        if let objection { throw .replan(objection) }
    }

    /// (e): each of its tags still names it, and what hangs on it is what hung on it; otherwise others may be wanted with it.
    /// - Parameter now: what the tags of the item name, asked right before.
    package func checkTags(_ item: RetentionPlan.Item, _ now: [Tag: Digest]) throws(RetentionStop) {
        for tag in item.tags where now[tag] != item.digest {
            throw .replan("\(tag) names \(now[tag]?.short() ?? "nothing") by now")
        }
        for tag in item.digests.flatMap({ attached[$0] ?? [] }) {
            // One that is gone holds on to nothing.
            if let digest = now[tag], digest != tags[tag] { throw .replan("\(tag) was written by now") }
        }
    }

    /// (f): what refers to a digest is what referred to it: somebody may just have signed it.
    package func checkReferrers(of digest: Digest, _ now: [Digest]) throws(RetentionStop) {
        guard Set(now) == Set(referrers[digest] ?? []).subtracting(gone) else {
            throw .replan("something new refers to \(digest.short())")
        }
    }
}

extension RetentionPlan {
    /// Divides items, in their order, into groups that may be carried out beside each other: nothing of one holds on to anything
    /// of another, so what goes first never decides what becomes of the next.
    /// - Parameter holders: what holds on to each digest.
    package static func abreast(_ items: [Item], holders: [Digest: [Digest]], width: Int) -> [[Item]] {
        var groups: [[Item]] = []
        var group: [Item] = []
        var members: Set<Digest> = []
        var held: Set<Digest> = []
        for item in items {
            let own = Set(item.digests)
            let above = Set(item.digests.flatMap { holders[$0] ?? [] }).subtracting(own)
            let isTied = !members.isDisjoint(with: own.union(above)) || !own.isDisjoint(with: held)
            if isTied || group.count >= width {
                groups.append(group)
                (group, members, held) = ([], [], [])
            }
            group.append(item)
            members.formUnion(own)
            held.formUnion(above)
        }
        return groups.filter { !$0.isEmpty } + (group.isEmpty ? [] : [group])
    }
}
