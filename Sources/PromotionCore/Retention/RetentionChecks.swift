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
    private let referrers: [Digest: [Digest]]
    private var known: Set<Digest>
    private let asksReferrers: Bool
    /// Everything that the plan lets go.
    private let going: Set<Digest>
    /// The same, and the configurations that entries of the ledger may name it by.
    private let members: Set<Digest>
    /// Tags of the schema for referrers, and of cosign, by the digest that they hang on.
    private let attached: [Digest: [Tag]]
    /// What every tag named when it was last asked.
    private var last: [Tag: Digest]
    /// Documents that came after the reading and were not read yet.
    private var strange: Set<Digest> = []
    /// Why the plan has to be made again.
    private var objection: SafeText?

    /// The checks for a plan of one reading.
    package init(_ snapshot: RetentionSnapshot, _ plan: RetentionPlan) {
        (tags, last, pointers, referrers) = (snapshot.tags, snapshot.tags, snapshot.pointers, snapshot.referrers)
        known = Set(snapshot.manifests.keys)
        asksReferrers = snapshot.capabilities.referrersAPI == .yes
        let going = Set((plan.quarantine + plan.delete).flatMap(\.digests))
        self.going = going
        members = going.union(going.compactMap { snapshot.manifests[$0]?.configuration })
        var attached: [Digest: [Tag]] = [:]
        for tag in snapshot.tags.keys {
            if case .attached(let subject) = RetentionClass(of: tag, pointers: snapshot.pointers) {
                attached[subject, default: []].append(tag)
            }
        }
        self.attached = attached
    }

    /// Tags of a list that were never asked what they name.
    package func unasked(in list: [Tag]) -> [Tag] { list.filter { last[$0] == nil } }

    /// Tags that have to be asked anew before an item goes: its own, and those that hang on one of its digests.
    package func tags(of item: RetentionPlan.Item) -> [Tag] { item.tags + item.digests.flatMap { attached[$0] ?? [] } }

    /// Digests of an item whose referrers have to be asked for anew.
    package func askable(of item: RetentionPlan.Item) -> [Digest] {
        asksReferrers ? Set(item.digests).intersection(known).sorted() : []
    }

    /// The tags that hang on a digest, with what they named.
    package func attached(to digest: Digest) -> [(tag: Tag, digest: Digest)] {
        (attached[digest] ?? []).compactMap { tag in tags[tag].map { (tag, $0) } }
    }

    /// Documents that came after the reading and have to be read: what they hold on to may not go.
    package var unread: [Digest] { strange.sorted() }

    /// Takes what some tags name by now.
    package mutating func see(_ named: [Tag: Digest]) {
        for (tag, digest) in named where last[tag] != digest {
            last[tag] = digest
            guard tags[tag] != digest else { continue }
            if going.contains(digest) { object("\(tag) names \(digest.short()) by now") }
            if !known.contains(digest) { strange.insert(digest) }
            guard case .attached(let subject) = RetentionClass(of: tag, pointers: pointers) else { continue }
            if going.contains(subject) { object("\(tag), which hangs on \(subject.short()), was written by now") }
        }
    }

    /// Takes what a document names that came after the reading.
    /// - Parameter manifest: nil where it is gone again.
    package mutating func see(_ digest: Digest, _ manifest: StoredManifest?) {
        strange.remove(digest)
        guard let manifest, known.insert(digest).inserted else { return }
        for name in manifest.children + [manifest.subject].compactMap(\.self) {
            if going.contains(name) { object("\(digest.short()), which is new, holds on to \(name.short())") }
            if !known.contains(name) { strange.insert(name) }
        }
    }

    /// Takes a tag that the run itself has set.
    package mutating func set(_ tag: Tag, _ digest: Digest) { (tags[tag], last[tag]) = (digest, digest) }

    private mutating func object(_ reason: SafeText) { objection = objection ?? reason }

    /// (b): no entry of the ledger since the reading names anything that is going.
    package func checkEntries(naming touched: Set<Digest>) throws(RetentionStop) {
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

    /// (d): no tag has come to name, or to hang on, anything that is going, and no new document holds on to it.
    package func checkNames() throws(RetentionStop) {
        if let objection { throw .replan(objection) }
    }

    /// (e): each of its tags still names it, and what hangs on it is what hung on it.
    /// - Parameter now: what the tags of the item name, asked right before.
    package func checkTags(_ item: RetentionPlan.Item, _ now: [Tag: Digest]) throws(RetentionStop) {
        for tag in item.tags where now[tag] != item.digest {
            throw .drop("\(tag) names \(now[tag]?.short() ?? "nothing") by now")
        }
        for tag in item.digests.flatMap({ attached[$0] ?? [] }) {
            // One that is gone holds on to nothing.
            if let digest = now[tag], digest != tags[tag] { throw .drop("\(tag) was written by now") }
        }
    }

    /// (f): what refers to a digest is what referred to it: somebody may just have signed it.
    package func checkReferrers(of digest: Digest, _ now: [Digest]) throws(RetentionStop) {
        guard Set(now) == Set(referrers[digest] ?? []) else { throw .drop("something new refers to \(digest.short())") }
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
