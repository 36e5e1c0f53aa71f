internal import PromotionCore

/// What is held against a journey: the naive oracle, on things as they really are.
extension Journey {
    /// Right before anything of these items is changed: nothing of them is protected, and what is deleted has had its grace.
    mutating func judge(_ items: [RetentionPlan.Item], deletes: Bool, _ round: Round) {
        // What hung on something that this batch deleted was planned to go, and is no orphan.
        let oracle = Oracle(findable, gone: round.gone.union(round.finished))
        let verdict = oracle.protection(countsNameless: false)
        // What is only kept for its grace holds on to what is quarantined beside it.
        let protected = deletes ? verdict.protected : verdict.wanted
        for item in items {
            let verb = deletes ? "deleted" : "quarantined"
            let leaving = deletes ? round.leaving(item) : item.digests
            if let lost = protected.intersection(leaving).min() {
                broken.insert("P6: something is \(verb) that is protected by now")
                diary?.append("\(lost.short()) of \(item.digest.short()) is \(verb), and protected by now")
                if diary != nil { diary? += world.lines }
            }
            for (tag, digest) in world.snapshot.tags where leaving.contains(digest) {
                let kind = oracle.kinds[tag] ?? .other
                if [.final, .pointer, .other].contains(kind) { broken.insert("P1: a \(kind) tag loses its digest") }
            }
            let known = world.snapshot.quarantined[item.digest]
            let isOver = known?.phase == .deleting || known?.phase == .quarantined && (known?.until ?? world.now) <= world.now
            if deletes, !isOver { broken.insert("P15: something is deleted before its grace is over") }
        }
    }

    /// In the end: everything that a tag leads to is there, and so is everything that is kept.
    mutating func expectWhole() {
        if let lost = gone(of: wanted(in: world)).subtracting(excused).min() {
            diary?.append("\(lost.short()) is wanted in the end, and was deleted")
            broken.insert("P2: something that a tag leads to, or that is kept, was deleted")
        }
    }

    /// What is deleted is wanted by nobody at that moment. What comes to be wanted afterwards may hang together with it.
    mutating func judgeDeletion(of digests: [Digest]) {
        let lost = missed
        if let digest = lost.intersection(digests).subtracting(excused).min() {
            diary?.append("\(digest.short()) is wanted, and was just deleted")
            broken.insert("P2: something that a tag leads to, or that is kept, was deleted")
        }
        excused.formUnion(lost)
    }

    /// Time has passed, or somebody has done something: what is wanted by now may hang together with what went before.
    mutating func excuse() {
        if !removed.isEmpty { excused.formUnion(missed) }
    }

    /// What of everything that somebody wants now is deleted.
    private var missed: Set<Digest> { gone(of: wanted(in: looked(at: world))) }

    /// What somebody wants, as things are. A name that may go, or only hangs on something, is nobody's wish: what it names may stay
    /// for no more than that some index lists it, and what it speaks of goes.
    func wanted(in world: RetentionWorld) -> Set<Digest> {
        Oracle(world, gone: removed).protection(countsNameless: false).wanted.union(world.snapshot.kept.map(\.digest))
    }

    /// What of everything that hangs together with these is deleted.
    func gone(of wanted: Set<Digest>) -> Set<Digest> {
        var (seen, work, gone): (Set<Digest>, [Digest], Set<Digest>) = (wanted, Array(wanted), [])
        var hanging: [Digest: [Digest]] = [:]
        for (tag, digest) in world.snapshot.tags where Oracle.kind(tag, world.snapshot.pointers) == .attached {
            Oracle.attachedSubject(tag.text).map { hanging[$0, default: []].append(digest) }
        }
        while let next = work.popLast() {
            if removed.contains(next) { gone.insert(next) }
            let manifest = world.snapshot.manifests[next]
            let below =
                (manifest?.children ?? []) + (world.snapshot.referrers[next] ?? []) + (hanging[next] ?? [])
                + [manifest?.subject].compactMap(\.self)
            for digest in below where seen.insert(digest).inserted { work.append(digest) }
        }
        return gone
    }
}
