internal import PromotionCore

extension PlainText {
    static func retention(_ line: RetentionLine) -> String {
        let tags = line.tags.isEmpty ? "-" : line.tags.map(\.text).joined(separator: " ")
        return [
            line.digest.short(12).padded(13), line.state.rawValue.padded(11), (line.age?.description ?? "?").padded(6),
            ByteCount.words(line.size).padded(9), tags.padded(24), line.words.map(\.text).joined(separator: "; "),
        ].joined(separator: " ")
    }

    static func retention(_ plan: RetentionLines) -> [String] {
        var lines = [
            "plan \(plan.plan.short())  \(plan.repository): quarantine \(plan.quarantine), delete \(plan.delete), keep \(plan.keep)",
            "  frees \(ByteCount.words(plan.frees)) of \(ByteCount.words(plan.size)) once they are deleted and the registry has collected",
        ]
        lines += plan.spared.map { "  looks after \(plan.repository) alone; nothing is deleted in \($0)" }
        if let first = plan.dangling.first {
            let more = plan.danglingCount - plan.dangling.count
            let names = plan.dangling.map(\.text).joined(separator: " ") + (more > 0 ? " and \(more) more" : "")
            lines.append(
                plan.danglingCount == 1
                    ? "  tag \(first) is listed and names nothing"
                    : "  \(plan.danglingCount) tags are listed and name nothing: \(names)")
        }
        lines += plan.refused.map { $0.bars ? "  x refused: \($0.reason)" : "  ? \($0.reason)" }
        return lines
    }

    /// How to carry out what was just shown; nil where nothing may go.
    static func nextStep(_ plan: RetentionLines, of service: ServiceName) -> String? {
        guard plan.barred.isEmpty, plan.count > 0 else { return nil }
        return "  to carry out exactly this: baton retention apply \(service) --plan \(plan.plan.hex) --confirm \(plan.count) "
            + "--reason \"…\""
    }

    /// The first of some digests, so that a person can tell them apart.
    static func digests(_ digests: [Digest]) -> String {
        let more = digests.count - 20
        return digests.prefix(20).map { $0.short(12) }.joined(separator: " ") + (more > 0 ? " and \(more) more" : "")
    }

    static func retention(_ report: RetentionReport) -> [String] {
        var lines = [
            "\(report.repository): \(report.quarantined) quarantined, \(report.deleted) deleted, \(report.rescued) rescued, "
                + "\(ByteCount.words(report.freed)) free for the registry's collection"
        ]
        lines += report.dropped.map { "  - \($0.digest.short(12)) left alone: \($0.reason)" }
        lines += report.refused.map { "  x refused: \($0.reason)" }
        if let stopped = report.stopped { lines.append("  ! stopped: \(stopped)") }
        return lines
    }

    static func retention(_ status: RetentionStatus, now: Timestamp) -> [String] {
        let rhythm = status.schedule.map { "every \($0)" } ?? "run by hand"
        var lines = [
            "\(status.repository)  \(rhythm)  candidates: newest \(status.rules.candidateCount), and \(status.rules.candidateAge)  "
                + "builds: newest \(status.rules.buildCount), and \(status.rules.buildAge)  grace \(status.rules.grace)"
        ]
        if let halted = status.halted { lines.append("  ! \(halted)") }
        if let at = status.ledger.lastRunAt { lines.append("  last run \(at)") }
        if let report = status.report {
            lines.append(
                report.endedAt.map { "  report of the run that ended \($0)" }
                    ?? "  ~ a run is under way since \(report.startedAt)")
            lines += retention(report).map { "  " + $0 }
        }
        if status.report?.refused.isEmpty ?? true { lines += status.ledger.lastRefusal.map { "  x refused: \($0.reason)" } }
        for (digest, hold) in status.ledger.holds.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(digest.short(12)) held by \(hold.by): \(hold.reason)" + (hold.until.map { " until \($0)" } ?? ""))
        }
        for (digest, quarantine) in status.ledger.quarantined.sorted(by: { $0.key < $1.key }) {
            let tags = quarantine.tags.map(\.text).joined(separator: " ")
            lines.append("  \(digest.short(12)) \(quarantine.phase.rawValue) \(tags), may be deleted from \(quarantine.until)")
        }
        lines += status.buried.prefix(20).map {
            "  \($0.digest.short(12)) deleted, can be had back until \($0.until): baton retention undo"
        }
        let more = status.buriedCount - min(20, status.buried.count)
        if more > 0 { lines.append("  and \(more) more that were deleted and can be had back") }
        let documents = status.ledger.deleted == 1 ? "1 document" : "\(status.ledger.deleted) documents"
        lines.append(
            "  \(documents) deleted so far, \(ByteCount.words(status.ledger.freed)) for the registry's collection")
        return lines
    }
}
