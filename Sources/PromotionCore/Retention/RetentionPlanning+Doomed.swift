extension RetentionPlanning {
    /// Closes over the roots; a quarantined digest that they reach, or that has come to more than it was, is rescued.
    mutating func protect() {
        protection.add(graph.digests.indices.filter { !reasons[$0].isEmpty }.map(Node.init), in: graph)
        // What was not read says nothing about what is wanted by now.
        let looked = snapshot.obstacles.isEmpty ? snapshot.quarantined : [:]
        for (digest, quarantine) in looked.sorted(by: { $0.key < $1.key }) {
            guard let reason = rescue(of: digest, quarantine) else { continue }
            let tags = graph.numbers[digest].map { graph.tagsOf[$0].map { graph.tags[Int($0)] } } ?? []
            rescues.append(.init(digest: digest, tags: tags, reason: reason))
            guard let node = graph.numbers[digest] else { continue }
            if !protection[node] { keep(node, .tied("no longer quarantined: \(reason)")) }
        }
        let rescued = Set(rescues.map(\.digest))
        protection.add(rescues.compactMap { graph.numbers[$0.digest] }, in: graph)
        wanted = protection
        for grace in graces.sorted(by: { $0.node < $1.node }) where !rescued.contains(graph.digests[Int(grace.node)]) {
            keep(grace.node, .grace(until: grace.until))
            protection.add([grace.node], in: graph)
        }
    }

    /// Why a quarantine ends; nil where it goes on.
    private func rescue(of digest: Digest, _ quarantine: Quarantine) -> SafeText? {
        if quarantine.phase == .deleted { return nil }
        guard let node = graph.numbers[digest] else {
            return quarantine.phase == .deleting ? nil : "it is no longer in the registry"
        }
        if protection[node] { return "kept by now: \(because(node))" }
        // Somebody took its last name: what nothing names is not chosen, and must not stay begun for ever.
        if quarantine.phase != .deleting, graph.tagsOf[node].isEmpty { return "no tag names it any more" }
        var expected = Set(quarantine.mode == .tag && quarantine.phase != .quarantining ? [] : quarantine.tags)
        if quarantine.mode == .tag { Quarantine.tag(of: digest, since: quarantine.since).map { _ = expected.insert($0) } }
        if let tag = graph.tagsOf[node].map({ graph.tags[Int($0)] }).first(where: { !expected.contains($0) }) {
            return "\(tag) names it by now"
        }
        let known = Set(quarantine.parts + [digest])
        var (work, seen): ([Node], Set<Node>) = ([node], [node])
        while let next = work.popLast() {
            for below in graph.below[next] where seen.insert(below).inserted {
                guard known.contains(graph.digests[Int(below)]) else {
                    return "\(graph.digests[Int(below)].short()) refers to it by now"
                }
                work.append(below)
            }
        }
        return nil
    }

    /// The first reason of a protected node, in words.
    func because(_ node: Node) -> SafeText {
        if let reason = reasons[Int(node)].first { return reason.words }
        let cause = protection.cause[Int(node)]
        return KeepReason.reachable(from: graph.digests[Int(cause < 0 ? node : cause)]).words
    }

    /// Finds what goes: what the seeds reach and nothing else is tied to.
    mutating func findDoomed() {
        var isSeed = [Bool](repeating: false, count: graph.count)
        for node in 0..<Node(graph.count) {
            let tags = graph.tagsOf[node]
            isSeed[Int(node)] = !tags.isEmpty && tags.allSatisfy { mayGo[Int($0)] }
        }
        for (digest, quarantine) in snapshot.quarantined where quarantine.phase == .deleting {
            for member in quarantine.parts + [digest] {
                if let node = graph.numbers[member] { isSeed[Int(node)] = true }
            }
        }
        repeat {
            seeds = (0..<Node(graph.count)).filter { isSeed[Int($0)] && !protection[$0] }
            isDoomed = graph.doomed(from: seeds, protected: protection, mayGo: mayGo, leaving: leaving)
        } while endsWhatIsHeld()
    }

    /// A quarantine that was begun below something that stays, though nothing keeps that, ends: it must not stay begun for ever.
    /// The tag that holds it is a name like any other then, and keeps it.
    /// - Returns: whether there was one, so that less may go.
    private mutating func endsWhatIsHeld() -> Bool {
        let known = Set(rescues.map(\.digest))
        var ended: [Node] = []
        for (digest, quarantine) in snapshot.quarantined.sorted(by: { $0.key < $1.key })
        where quarantine.phase == .quarantining && snapshot.obstacles.isEmpty && !known.contains(digest) {
            guard let node = graph.numbers[digest], !protection[node], !isDoomed[Int(node)],
                let holder = graph.above[node].first(where: { !isDoomed[Int($0)] })
            else { continue }
            let reason: SafeText = "\(graph.digests[Int(holder)].short()), which stays, holds on to it"
            let tags = graph.tagsOf[node].map { graph.tags[Int($0)] }
            rescues.append(.init(digest: digest, tags: tags, reason: reason))
            keep(node, .tied("no longer quarantined: \(reason)"))
            ended.append(node)
        }
        protection.add(ended, in: graph)
        wanted.add(ended, in: graph)
        return !ended.isEmpty
    }

    /// Divides what goes into items: each digest that tags named, with the parts that no later item needs.
    mutating func divide() {
        let order = graph.topDown(isDoomed)
        var isTop = [Bool](repeating: false, count: graph.count)
        for seed in seeds where isDoomed[Int(seed)] { isTop[Int(seed)] = !isLeftover(seed) }
        let tops = order.filter { isTop[Int($0)] }
        let isStillWanted = graph.reach(of: tops.filter { !isDeletable($0) }, within: isDoomed)
        deferred = tops.filter { isDeletable($0) && isStillWanted[Int($0)] }
        delete = tops.filter { isDeletable($0) && !isStillWanted[Int($0)] }.map(group)
        quarantine = (tops.filter { !isDeletable($0) } + begun).map(group)
        var owners = [Int32](repeating: -1, count: graph.count)
        let groups = delete + quarantine
        for (number, group) in groups.enumerated().reversed() {
            guard let top = group.top else { continue }
            own(top, as: Int32(number), isTop, &owners)
        }
        for node in order where owners[Int(node)] >= 0 && !isTop[Int(node)] {
            let owner = Int(owners[Int(node)])
            if owner < delete.count {
                delete[owner].parts.append(node)
            } else {
                quarantine[owner - delete.count].parts.append(node)
            }
        }
        finishDeletions(order.filter { owners[Int($0)] < 0 && !isTop[Int($0)] && !isStillWanted[Int($0)] })
        leaveWhatIsHeld()
    }

    /// Quarantines that were begun below something whose own is whole by now: they are finished, and do not wait for its grace.
    private var begun: [Node] {
        snapshot.quarantined.filter { $0.value.phase == .quarantining }.keys.compactMap { graph.numbers[$0] }.sorted().filter {
            protection[$0] && !wanted[$0] && graph.tagsOf[$0].allSatisfy { mayGo[Int($0)] }
        }
    }

    /// Nothing is deleted while something that stays, if only in quarantine, holds on to it.
    private mutating func leaveWhatIsHeld() {
        var goes = [Bool](repeating: false, count: graph.count)
        for group in delete { for node in [group.top].compactMap(\.self) + group.parts { goes[Int(node)] = true } }
        var work = graph.digests.indices.map(Node.init).filter { node in
            goes[Int(node)] && graph.above[node].contains { !goes[Int($0)] }
        }
        while let node = work.popLast() {
            guard goes[Int(node)] else { continue }
            goes[Int(node)] = false
            work.append(contentsOf: graph.below[node].filter { goes[Int($0)] })
        }
        for position in delete.indices { delete[position].parts.removeAll { !goes[Int($0)] } }
        deferred += delete.compactMap(\.top).filter { !goes[Int($0)] }
        delete.removeAll { $0.top.map { !goes[Int($0)] } ?? false }
    }

    private func group(_ top: Node) -> Group { Group(digest: graph.digests[Int(top)], top: top, parts: []) }

    private func own(_ top: Node, as number: Int32, _ isTop: [Bool], _ owners: inout [Int32]) {
        var work = [top]
        while let node = work.popLast() {
            for below in graph.below[node]
            where isDoomed[Int(below)] && !isTop[Int(below)] && owners[Int(below)] < 0 {
                owners[Int(below)] = number
                work.append(below)
            }
        }
    }

    /// Whether a digest was quarantined for its whole grace, or its deletion has begun.
    private func isDeletable(_ node: Node) -> Bool {
        guard let quarantine = snapshot.quarantined[graph.digests[Int(node)]] else { return false }
        return quarantine.phase == .deleting || quarantine.phase == .quarantined && quarantine.until <= now
    }

    /// Whether a seed is only the rest of a deletion that has begun, not a digest that tags named.
    private func isLeftover(_ node: Node) -> Bool {
        snapshot.quarantined[graph.digests[Int(node)]]?.phase != .deleting && graph.tagsOf[node].allSatisfy { !mayGo[Int($0)] }
    }

    /// A deletion that has begun is always finished, also where only its record is missing.
    private mutating func finishDeletions(_ left: [Node]) {
        var rest = Set(left)
        let known = Set(delete.map(\.digest)).union(rescues.map(\.digest))
        for (digest, quarantine) in snapshot.quarantined.sorted(by: { $0.key < $1.key }) where quarantine.phase == .deleting {
            let members = Set(quarantine.parts.compactMap { graph.numbers[$0] })
            let parts = left.filter { rest.contains($0) && members.contains($0) }
            rest.subtract(parts)
            if let position = delete.firstIndex(where: { $0.digest == digest }) {
                delete[position].parts += parts
            } else if !known.contains(digest), graph.numbers[digest] == nil {
                delete.append(Group(digest: digest, top: nil, parts: parts))
            }
        }
    }
}
