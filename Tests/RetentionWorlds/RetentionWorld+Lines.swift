import PromotionCore

extension RetentionWorld {
    /// The world and its plan for a reader.
    package var lines: [String] {
        func age(_ time: Timestamp?) -> String { time.map { "\((now - $0).description)" } ?? "?" }
        var lines = [
            "rules \(rules.candidateCount) of \(rules.candidateAge), \(rules.buildCount) of \(rules.buildAge), age \(rules.age)"
        ]
        for (digest, manifest) in snapshot.manifests.sorted(by: { $0.key < $1.key }) {
            let names = snapshot.tags.filter { $0.value == digest }.keys.sorted().map(\.text).joined(separator: " ")
            var line = "\(digest.short()) [\(names)] seen \(age(snapshot.sightings.first[digest])) tagged"
            line += " \(age(snapshot.sightings.tagged[digest])) children \(manifest.children.map { $0.short() })"
            line += " referrers \((snapshot.referrers[digest] ?? []).map { $0.short() })"
            if let subject = manifest.subject { line += " subject \(subject.short())" }
            if let known = snapshot.quarantined[digest] {
                line +=
                    " \(known.phase) \(known.mode) in \((known.until - now)) parts \(known.parts.map { $0.short() }) tags \(known.tags)"
            }
            lines.append(line)
        }
        for active in snapshot.active { lines.append("active \(active.digest.short())") }
        for kept in snapshot.kept { lines.append("\(kept.rule) \(kept.digest.short())") }
        let plan = Laws.planner(self)
        lines += plan.quarantine.map { "quarantine \($0.digest.short()) \($0.tags) parts \($0.parts.map { $0.short() })" }
        lines += plan.delete.map { "delete \($0.digest.short()) \($0.tags) parts \($0.parts.map { $0.short() })" }
        lines += plan.rescue.map { "rescue \($0.digest.short()): \($0.reason)" }
        lines += plan.skipped.map { "skipped \($0.digest.short()) \($0.tags): \($0.reason)" }
        return lines
    }
}
