internal import Crypto

extension RetentionPlanning {
    typealias Refusal = RetentionPlan.Refusal

    private static let clockSkew = Milliseconds.minutes(5)

    /// Why the whole plan may not be applied.
    func refusals(_ items: [RetentionPlan.Item], _ confirmed: Set<RetentionConfirmation>) -> [Refusal] {
        var found = snapshot.obstacles.map { Refusal(.incomplete, $0) }
        found += clock(confirmed)
        found += unknownActive.map {
            Refusal(.unknownActive, "\($0.because), and \($0.digest.short()) is not known here")
        }
        found += missing()
        if snapshot.capabilities.digestDeletion == .no {
            found.append(Refusal(.capability, "the registry does not delete: switch deletion on there"))
        }
        let unknown = [
            ("deletes tags", snapshot.capabilities.tagDeletion), ("deletes digests", snapshot.capabilities.digestDeletion),
            ("lists referrers", snapshot.capabilities.referrersAPI),
        ].filter { $0.1 == .unknown }.map(\.0)
        if !unknown.isEmpty {
            let what = SafeText(unknown.joined(separator: ", "))
            let how: SafeText = "the first run asks, by deleting what does not exist, before it changes anything"
            found.append(Refusal(.capability, "whether the registry \(what) is not known: \(how)"))
        }
        found += ratio(items)
        return found
    }

    private func clock(_ confirmed: Set<RetentionConfirmation>) -> [Refusal] {
        guard let last = snapshot.lastEntryAt else {
            return [Refusal(.ledger, "the ledger is empty: nothing is known of what is in use")]
        }
        var found: [Refusal] = []
        if let time = snapshot.registryTime {
            let skew = max((now - time).count, (time - now).count)
            if skew > Self.clockSkew.count {
                found.append(
                    Refusal(.clock, "the registry's clock says \(time), this one \(now): one of them is wrong"))
            }
        }
        if now < last { found.append(Refusal(.clock, "the clock says \(now), the ledger's last entry is of \(last)")) }
        if now - last > RetentionPlan.longSilence, !confirmed.contains(.longSilence) {
            found.append(
                Refusal(.clock, "the ledger's last entry is of \(last): look at the clock, then baton retention resume"))
        }
        return found
    }

    /// A registry that has lost all its pointers or releases since the last look is not one to clean.
    private func missing() -> [Refusal] {
        guard snapshot.obstacles.isEmpty else { return [] }
        func count(_ tags: some Collection<Tag>) -> (pointers: Int, finals: Int) {
            tags.reduce(into: (0, 0)) { total, tag in
                switch snapshot.retentionClass(of: tag) {
                case .pointer: total.0 += 1
                case .final: total.1 += 1
                default: break
                }
            }
        }
        let before = count(snapshot.sightings.tags.keys)
        let after = graph.classes.reduce(into: (pointers: 0, finals: 0)) { total, kind in
            switch kind {
            case .pointer: total.pointers += 1
            case .final: total.finals += 1
            default: break
            }
        }
        let remedy: SafeText = "look; if that is right, baton retention resume"
        var found: [Refusal] = []
        if before.pointers > 0, after.pointers == 0 {
            found.append(Refusal(.missing, "no pointer tag is left where there were \(before.pointers): \(remedy)"))
        }
        if before.finals > 0, after.finals == 0 {
            found.append(Refusal(.missing, "no final tag is left where there were \(before.finals): \(remedy)"))
        }
        return found
    }

    private func ratio(_ items: [RetentionPlan.Item]) -> [Refusal] {
        let going = items.reduce(0) { $0 + $1.tags.count }
        let allowed = max(RetentionRules.alwaysAllowed, graph.tags.count * rules.allowRatio / 100)
        guard going > allowed else { return [] }
        return [
            Refusal(
                .ratio,
                "\(going) of \(graph.tags.count) tags would go, more than \(rules.allowRatio) %: look, then --allow-ratio with what is right"
            )
        ]
    }
}

extension RetentionPlanning {
    /// Names everything that decides: tags, manifests and what they name, what is kept, what is quarantined.
    var snapshotHash: Digest {
        var hash = SHA256()
        var bytes: [UInt8] = []
        func add(_ word: StaticString, _ digest: Digest?, _ text: String = "") {
            if bytes.count > 1 << 16 {
                hash.update(data: bytes)
                bytes.removeAll(keepingCapacity: true)
            }
            word.withUTF8Buffer { bytes += $0 }
            digest?.append(to: &bytes)
            bytes += text.utf8
            bytes.append(UInt8(ascii: "\n"))
        }
        for tag in graph.tags.indices { add("tag ", graph.digests[Int(graph.targets[tag])], graph.tags[tag].text) }
        for (number, digest) in graph.digests.enumerated() where graph.manifests[number] != nil { add("manifest ", digest) }
        for (digest, list) in snapshot.referrers.sorted(by: { $0.key < $1.key }) where !list.isEmpty {
            add("referrers ", digest)
            for referrer in Set(list).sorted() { add("by ", referrer) }
        }
        for line in Set(snapshot.active.map { "\($0.digest.hex) \($0.because)" }).sorted() { add("active ", nil, line) }
        for line in Set(snapshot.kept.map { "\($0.rule.rawValue) \($0.digest.hex) \($0.because)" }).sorted() {
            add("kept ", nil, line)
        }
        for (digest, quarantine) in snapshot.quarantined.sorted(by: { $0.key < $1.key }) {
            add("quarantine ", digest, "\(quarantine.phase.rawValue) \(quarantine.until)")
        }
        for obstacle in snapshot.obstacles.map(\.text).sorted() { add("obstacle ", nil, obstacle) }
        if snapshot.schemes != [.standard] {
            for words in snapshot.schemes.map(\.words).sorted() { add("versions ", nil, words) }
        }
        hash.update(data: bytes)
        return Digest(finished: hash.finalize())
    }
}
