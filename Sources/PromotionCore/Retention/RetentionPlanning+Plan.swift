extension RetentionPlanning {
    /// The plan as a value.
    func plan(confirmed: Set<RetentionConfirmation>) -> RetentionPlan {
        let room = max(0, Self.quarantineLimit - snapshot.quarantined.values.count { $0.phase != .deleted })
        let taken = delete + quarantine.prefix(room)
        let frees = self.frees(taken)
        let items = zip(taken, frees).map { item($0, frees: $1) }
        let refused = refusals(items, confirmed)
        let isReadable = refused.allSatisfy { $0.kind == .ratio || $0.kind == .capability }
        var isGoing = [Bool](repeating: false, count: graph.count)
        for group in isReadable ? taken : [] {
            for node in [group.top].compactMap(\.self) + group.parts { isGoing[Int(node)] = true }
        }
        return RetentionPlan(
            format: RetentionPlan.format, repository: snapshot.repository, services: snapshot.services.sorted(), made: now,
            sequence: snapshot.sequence, rules: rules, capabilities: snapshot.capabilities, snapshotHash: snapshotHash,
            keep: kept(isGoing), quarantine: isReadable ? Array(items.dropFirst(delete.count)) : [],
            delete: isReadable ? Array(items.prefix(delete.count)) : [], skipped: skipped(isGoing), rescue: rescues,
            dangling: snapshot.dangling.sorted(), refused: refused)
    }

    /// Digests that can be under quarantine at once; the rest waits its turn.
    static let quarantineLimit = 10_000

    private func item(_ group: Group, frees: Int64) -> RetentionPlan.Item {
        let numbers = group.top.map { Array(graph.tagsOf[$0]) } ?? []
        let recorded = snapshot.quarantined[group.digest]
        let named = numbers.first { if case .quarantine = graph.classes[Int($0)] { false } else { true } }
        let word =
            named.map { graph.classes[Int($0)] }
            ?? recorded?.tags.first.map { snapshot.retentionClass(of: $0) }
        return RetentionPlan.Item(
            digest: group.digest, mediaType: group.top.flatMap { graph.manifests[Int($0)] }?.mediaType ?? "",
            class: word?.word ?? "quarantine",
            tags: numbers.map { graph.tags[Int($0)] }, parts: group.parts.map { graph.digests[Int($0)] },
            age: group.top.flatMap { ages[Int($0)] }.map(Milliseconds.init), reason: reason(word, recorded), frees: frees)
    }

    private func reason(_ word: RetentionClass?, _ recorded: Quarantine?) -> SafeText {
        switch recorded?.phase {
        case .deleting?: return "its deletion was begun and is finished"
        case .quarantined?: return "quarantined since \(recorded?.since.description ?? ""), the grace is over"
        default: break
        }
        switch word {
        case .candidate(let version)?:
            return "older than \(rules.candidateAge), not among the newest \(rules.candidateCount) of \(version)"
        case .build?: return "older than \(rules.buildAge), not among the newest \(rules.buildCount) builds"
        default: return "its quarantine was begun and is finished"
        }
    }

    private func kept(_ isGoing: [Bool]) -> [RetentionPlan.Kept] {
        (0..<Node(graph.count)).filter { !isGoing[Int($0)] }.map { node in
            var because = reasons[Int(node)]
            if because.isEmpty {
                if protection[node] {
                    because = [.reachable(from: graph.digests[Int(protection.cause[Int(node)])])]
                } else {
                    because = [graph.tagsOf[node].isEmpty ? .unnamed : .tied(tie(of: node))]
                }
            }
            return RetentionPlan.Kept(
                digest: graph.digests[Int(node)], tags: graph.tagsOf[node].map { graph.tags[Int($0)] }, reasons: because)
        }
    }

    /// What keeps a node that no root reaches.
    private func tie(of node: Node) -> SafeText {
        if let above = graph.above[node].first(where: { !isDoomed[Int($0)] }) {
            return "\(graph.digests[Int(above)].short()), which stays, holds on to it"
        }
        if let tag = graph.tagsOf[node].first(where: { !mayGo[Int($0)] }) { return "tag \(graph.tags[Int(tag)]) stays" }
        if isDoomed[Int(node)] {
            return graph.above[node].isEmpty ? "it waits its turn" : "what holds on to it is quarantined first"
        }
        return "it is not chosen"
    }

    /// Names that would go, on digests that stay.
    private func skipped(_ isGoing: [Bool]) -> [RetentionPlan.Skipped] {
        (0..<Node(graph.count)).compactMap { node in
            guard !isGoing[Int(node)] else { return nil }
            let tags = graph.tagsOf[node].filter { mayGo[Int($0)] }.map { graph.tags[Int($0)] }
            guard !tags.isEmpty else { return nil }
            return RetentionPlan.Skipped(
                digest: graph.digests[Int(node)], tags: tags,
                reason: protection[node] ? "shares its digest: \(because(node))" : tie(of: node))
        }
    }

    /// Bytes of blobs that nothing outside these groups names, once each, by the last group that names them: until that one has
    /// gone too, nothing is freed.
    private func frees(_ groups: [Group]) -> [Int64] {
        var owners: [Digest: (group: Int, size: Int64)] = [:]
        var isGoing = [Bool](repeating: false, count: graph.count)
        for (number, group) in groups.enumerated() {
            for node in [group.top].compactMap(\.self) + group.parts {
                isGoing[Int(node)] = true
                for blob in graph.manifests[Int(node)]?.blobs ?? [] {
                    owners[blob.digest] = (number, max(0, blob.size))
                }
            }
        }
        if !owners.isEmpty {
            for (number, manifest) in graph.manifests.enumerated() where !isGoing[number] {
                for blob in manifest?.blobs ?? [] { owners[blob.digest] = nil }
            }
        }
        var bytes = [Int64](repeating: 0, count: groups.count)
        for owner in owners.values { bytes[owner.group] = ByteCount.sum([bytes[owner.group], owner.size]) }
        return bytes
    }
}
