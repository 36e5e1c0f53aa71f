package import PromotionCore

extension Oracle {
    /// What the oracle comes to.
    package struct Verdict {
        package var protected: Set<Digest> = []
        /// The same without what is only kept for its grace.
        package var wanted: Set<Digest> = []
        package var rescued: Set<Digest> = []
        /// Everything that may go, now or once its parents have.
        package var doomed: Set<Digest> = []
        /// What a phase begins with: digests whose tags may all go.
        package var seeds: Set<Digest> = []
        /// Quarantines that were begun below something that is only kept for its grace.
        package var begun: Set<Digest> = []
    }

    func isOwnQuarantineTag(_ tag: Tag, of digest: Digest) -> Bool {
        guard let quarantine = snapshot.quarantined[digest], quarantine.mode == .tag, quarantine.phase != .deleted else {
            return false
        }
        return Quarantine.tag(of: digest, since: quarantine.since) == tag
    }

    /// Digests that an active or kept digest stands for.
    func meant(by digest: Digest) -> Set<Digest> {
        var found: Set<Digest> = all.contains(digest) ? [digest] : []
        for (other, manifest) in snapshot.manifests where manifest.configuration == digest { found.insert(other) }
        return withParents(found)
    }

    func withParents(_ digests: Set<Digest>) -> Set<Digest> {
        var found = digests
        while true {
            let more = all.filter { !(children[$0] ?? []).isDisjoint(with: found) }
            if found.isSuperset(of: more) { return found }
            found.formUnion(more)
        }
    }

    func roots(_ outside: Set<Tag>) -> Set<Digest> {
        var roots: Set<Digest> = []
        for (tag, digest) in snapshot.tags {
            switch kinds[tag] ?? .other {
            case .final, .pointer, .other: roots.insert(digest)
            case .candidate, .build: if !outside.contains(tag) { roots.insert(digest) }
            case .attached:
                if let subject = Self.attachedSubject(tag.text), !all.contains(subject), !leaving.contains(subject) {
                    roots.insert(digest)
                }
            case .quarantine: if !isOwnQuarantineTag(tag, of: digest) { roots.insert(digest) }
            }
        }
        for active in snapshot.active { roots.formUnion(meant(by: active.digest)) }
        for kept in snapshot.kept { roots.formUnion(meant(by: kept.digest)) }
        roots.formUnion(withParents(all.filter { snapshot.manifests[$0]?.isOpaque ?? true }))
        return roots
    }

    func closure(_ roots: Set<Digest>) -> Set<Digest> {
        var found = roots
        while true {
            var next = found
            for digest in found {
                next.formUnion(children[digest] ?? [])
                next.formUnion(referrers[digest] ?? [])
            }
            for (subject, list) in referrers where all.contains(subject) && !list.isDisjoint(with: found) { next.insert(subject) }
            next.formIntersection(all)
            if next.count == found.count { return found }
            found = next
        }
    }

    func isRescued(_ digest: Digest, _ quarantine: Quarantine, _ protected: Set<Digest>) -> Bool {
        if quarantine.phase == .deleted || !all.contains(digest) { return false }
        if protected.contains(digest) { return true }
        let own = snapshot.tags.filter { $0.value == digest }.keys
        if own.isEmpty, quarantine.phase != .deleting { return true }
        let isStrange = own.contains { tag in
            if isOwnQuarantineTag(tag, of: digest) { return false }
            return !quarantine.tags.contains(tag) || (quarantine.mode == .tag && quarantine.phase != .quarantining)
        }
        return isStrange || !Set(quarantine.parts).union([digest]).isSuperset(of: reach(of: digest))
    }

    /// What is protected, and which quarantines end.
    /// - Parameter countsNameless: whether a quarantine that ends because somebody took its last name keeps what hangs together
    ///   with it: a plan is careful so, but nobody wants it.
    package func protection(countsNameless: Bool) -> Verdict { protection(outside(), countsNameless: countsNameless) }

    private func protection(_ outside: Set<Tag>, countsNameless: Bool = true, held: Set<Digest> = []) -> Verdict {
        var verdict = Verdict()
        let first = closure(roots(outside))
        for (digest, quarantine) in snapshot.quarantined where isRescued(digest, quarantine, first) {
            verdict.rescued.insert(digest)
        }
        verdict.rescued.formUnion(held)
        let waiting = snapshot.quarantined.filter { $0.value.phase == .quarantined && $0.value.until > now }.keys
        let saving = countsNameless ? verdict.rescued : verdict.rescued.intersection(snapshot.tags.values)
        verdict.wanted = closure(first.union(saving))
        verdict.protected = closure(verdict.wanted.union(all.intersection(waiting)))
        return verdict
    }

    /// What may go, and what stays. A quarantine that was begun below something that stays ends, and keeps in its turn.
    package func verdict() -> Verdict {
        let outside = outside()
        var held: Set<Digest> = []
        while true {
            let verdict = verdict(outside, held)
            let more = snapshot.quarantined.filter { digest, quarantine in
                quarantine.phase == .quarantining && all.contains(digest) && !verdict.rescued.contains(digest)
                    && !verdict.protected.contains(digest) && !verdict.doomed.contains(digest)
                    && !verdict.doomed.isSuperset(of: (holders[digest] ?? []).subtracting([digest]))
            }
            if more.isEmpty { return verdict }
            held.formUnion(more.keys)
        }
    }

    private func verdict(_ outside: Set<Tag>, _ held: Set<Digest>) -> Verdict {
        var verdict = protection(outside, held: held)
        func mayGo(_ tag: Tag, _ digest: Digest) -> Bool {
            if outside.contains(tag) { return true }
            guard kinds[tag] == .quarantine, isOwnQuarantineTag(tag, of: digest) else { return false }
            return snapshot.quarantined[digest].map { $0.phase != .quarantined || $0.until <= now } ?? false
        }
        let named = Set(snapshot.tags.values).filter { digest in
            snapshot.tags.allSatisfy { $0.value != digest || mayGo($0.key, digest) }
        }
        verdict.begun = Set(
            snapshot.quarantined.keys.filter { digest in
                snapshot.quarantined[digest]?.phase == .quarantining && verdict.protected.contains(digest)
                    && !verdict.wanted.contains(digest)
                    && snapshot.tags.allSatisfy { $0.value != digest || mayGo($0.key, digest) }
            })
        let begun = snapshot.quarantined.filter { $0.value.phase == .deleting }.flatMap { [$0.key] + $0.value.parts }
        verdict.seeds = named.union(all.intersection(begun)).subtracting(verdict.protected)
        var doomed = verdict.seeds
        while true {
            let more = doomed.flatMap { (children[$0] ?? []).union(referrers[$0] ?? []) }
            let next = doomed.union(more).intersection(all).subtracting(verdict.protected)
            if next == doomed { break }
            doomed = next
        }
        while let tied = doomed.first(where: { isTied($0, doomed, mayGo) }) { doomed.remove(tied) }
        verdict.doomed = doomed
        return verdict
    }

    /// Whether something above a digest, however far, is of a kind.
    func isBelow(_ digest: Digest, where isWanted: (Digest) -> Bool) -> Bool {
        var (seen, work): (Set<Digest>, [Digest]) = ([digest], [digest])
        while let next = work.popLast() {
            for above in holders[next] ?? [] where seen.insert(above).inserted {
                if isWanted(above) { return true }
                work.append(above)
            }
        }
        return false
    }

    private func isTied(_ digest: Digest, _ doomed: Set<Digest>, _ mayGo: (Tag, Digest) -> Bool) -> Bool {
        if !doomed.isSuperset(of: (holders[digest] ?? []).subtracting([digest])) { return true }
        return snapshot.tags.contains { tag, target in
            guard target == digest, !mayGo(tag, digest) else { return false }
            guard kinds[tag] == .attached, let subject = Self.attachedSubject(tag.text) else {
                return true
            }
            return !doomed.contains(subject) && !leaving.contains(subject)
        }
    }
}
