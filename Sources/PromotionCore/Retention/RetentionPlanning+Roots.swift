extension RetentionPlanning {
    /// Finds the roots R1 to R10 with their reasons, and the tags that may go.
    mutating func findRoots() {
        for tag in graph.tags.indices { rootOfName(tag) }
        keepActive()
        candidateWindow()
        buildWindow()
        graceOfQuarantine()
        for (number, manifest) in graph.manifests.enumerated() {
            // A digest that a tag names and nobody could read is as good as unknown.
            guard manifest == nil || manifest?.isOpaque == true else { continue }
            let type: SafeText = manifest?.mediaType ?? "(not read)"
            for node in graph.withIndexes(above: Node(number)) { keep(node, .opaque(type)) }
        }
    }

    /// R1, R2 and R10: what a tag's own name decides.
    private mutating func rootOfName(_ number: Int) {
        let (tag, node) = (graph.tags[number], graph.targets[number])
        switch graph.classes[number] {
        case .final: keep(node, .final(tag))
        case .pointer: keep(node, .pointer(tag))
        case .other: keep(node, .other(tag))
        case .attached(let subject):
            if graph.numbers[subject] == nil, !leaving.contains(subject) { keep(node, .orphan(tag)) }
        case .quarantine(let subject):
            guard let quarantine = known(number, subject) else { return keep(node, .foreignQuarantine(tag)) }
            mayGo[number] = quarantine.phase != .quarantined || quarantine.until <= now
        case .candidate, .build: break
        }
    }

    /// R3 to R6: what is active, under way, a goal, or held.
    private mutating func keepActive() {
        let byConfiguration = manifestsByConfiguration()
        for active in Set(snapshot.active).sorted(by: {
            ($0.digest, $0.place, $0.because.text) < ($1.digest, $1.place, $1.because.text)
        }) {
            let nodes = nodes(of: active.digest, byConfiguration)
            if nodes.isEmpty { unknownActive.append(active) }
            for node in nodes { keep(node, .active(active.because)) }
        }
        let kept = Set(snapshot.kept).sorted {
            ($0.digest, $0.rule.rawValue, $0.because.text) < ($1.digest, $1.rule.rawValue, $1.because.text)
        }
        for kept in kept {
            for node in nodes(of: kept.digest, byConfiguration) {
                switch kept.rule {
                case .promotion: keep(node, .promotion(kept.because))
                case .goal: keep(node, .goal(kept.because))
                case .hold: keep(node, .hold(kept.because))
                case .stale: keep(node, .stale(kept.because))
                }
            }
        }
    }

    /// A candidate by its numbers, which nearly always decide an order without looking further.
    private struct Candidate {
        let tag: Int
        let numbers: (UInt64, UInt64, UInt64)

        init(_ tag: Int, _ version: Version) {
            self.tag = tag
            numbers = (version.major.value, version.minor.value, version.patch.value)
        }
    }

    /// Whether a candidate comes before another: newest versions first, and of one version the newest number.
    private func isNewer(_ left: Candidate, _ right: Candidate) -> Bool {
        let (a, b) = (left.numbers, right.numbers)
        // A number that is too long for a machine word counts as the largest of them: then all its digits have to be looked at.
        if a != b, max(a.0, a.1, a.2) < .max, max(b.0, b.1, b.2) < .max { return a > b }
        guard case .candidate(let one) = graph.classes[left.tag], case .candidate(let other) = graph.classes[right.tag] else {
            return left.tag < right.tag
        }
        return one > other
    }

    /// R7. Items of unknown age are kept and take no place in a count, and neither does a second name of one digest.
    private mutating func candidateWindow() {
        var finals: Set<Version> = []
        // Lines with different suffixes are released each by itself.
        var newestFinal: [String: Version] = [:]
        var candidates: [Candidate] = []
        for (tag, kind) in graph.classes.enumerated() {
            switch kind {
            case .final(let version):
                finals.insert(version)
                newestFinal[version.suffix] = max(newestFinal[version.suffix] ?? version, version)
            case .candidate(let version): candidates.append(.init(tag, version))
            case .pointer, .attached, .quarantine, .build, .other: continue
            }
        }
        candidates.sort(by: isNewer)
        var counted: Set<Node> = []
        var version: Version?
        var isOpen = false
        for candidate in candidates {
            guard case .candidate(let numbered) = graph.classes[candidate.tag] else { continue }
            let own = numbered.released
            if own != version {
                counted = []
                isOpen = !finals.contains(own) && newestFinal[own.suffix].map { own >= $0 } ?? true
            }
            version = own
            if let window = window(of: candidate, isOpen: isOpen, &counted) {
                keep(graph.targets[candidate.tag], .candidate(graph.tags[candidate.tag], window))
            } else {
                mayGo[candidate.tag] = true
            }
        }
    }

    private func window(of candidate: Candidate, isOpen: Bool, _ counted: inout Set<Node>) -> KeepReason.Window? {
        let node = graph.targets[candidate.tag]
        guard let age = ages[Int(node)] else { return .unknownAge }
        if counted.contains(node) || counted.count < rules.candidateCount {
            counted.insert(node)
            return .newest(rules.candidateCount)
        }
        if isOpen { return .openVersion }
        return age < rules.candidateAge.count ? .younger(than: rules.candidateAge) : nil
    }

    /// R8.
    private mutating func buildWindow() {
        let tags = graph.classes.indices.filter { graph.classes[$0] == .build }
        let nodes = Set(tags.map { graph.targets[$0] })
        let known = nodes.compactMap { node in ages[Int(node)].map { (age: $0, node: node) } }
        let newest = Set(known.sorted { ($0.age, $0.node) < ($1.age, $1.node) }.prefix(rules.buildCount).map(\.node))
        for tag in tags {
            let node = graph.targets[tag]
            if let window = window(ofBuild: node, newest) {
                keep(node, .build(graph.tags[tag], window))
            } else {
                mayGo[tag] = true
            }
        }
    }

    private func window(ofBuild node: Node, _ newest: Set<Node>) -> KeepReason.Window? {
        guard let age = ages[Int(node)] else { return .unknownAge }
        if newest.contains(node) { return .newest(rules.buildCount) }
        return age < rules.buildAge.count ? .younger(than: rules.buildAge) : nil
    }

    /// R9.
    private mutating func graceOfQuarantine() {
        for (digest, quarantine) in snapshot.quarantined where quarantine.phase == .quarantined && quarantine.until > now {
            if let node = graph.numbers[digest] { graces.append((node, quarantine.until)) }
        }
    }
}
