internal import Agent
internal import Glibc
internal import PromotionCore

extension AgentClient {
    /// How long the reading of a whole repository may take.
    private static let retentionPatience = Milliseconds.minutes(30)

    /// Has a plan made, and gives its first lines.
    func retentionPlan(of service: ServiceName, _ ratio: Int?) throws(Ended) -> RetentionLines {
        let question = OperatorRequest.view(.retention(.plan(service, allowRatio: ratio)))
        guard case .retention(.lines(let lines)) = try demand(question, within: Self.retentionPatience) else {
            throw Ended(.broke, "the agent sent no plan")
        }
        return lines
    }

    /// The whole file of a plan.
    func retentionFile(of service: ServiceName, _ plan: Digest) throws(Ended) -> String {
        var text = ""
        var from: Int? = 0
        while let start = from {
            let question = RetentionQuestion.file(service, plan: plan, from: start)
            guard case .retention(.file(let part, let next)) = try demand(.view(.retention(question))) else {
                throw Ended(.broke, "the agent sent no file")
            }
            text += part
            from = next
        }
        return text
    }

    func retentionStatus(of service: ServiceName) throws(Ended) -> RetentionStatus {
        guard case .retention(.status(let status)) = try demand(.view(.retention(.status(service)))) else {
            throw Ended(.broke, "the agent sent no status")
        }
        return status
    }

    /// Waits for the end of the run under way.
    func retentionReport(of service: ServiceName) throws(Ended) -> RetentionReport {
        while true {
            guard let report = try retentionStatus(of: service).report else { throw Ended(.broke, "the agent knows of no run") }
            if report.endedAt != nil { return report }
            usleep(200_000)
        }
    }
}

extension PlainText {
    static func retention(_ line: RetentionLine) -> String {
        let tags = line.tags.isEmpty ? "-" : line.tags.map(\.text).joined(separator: " ")
        return [
            line.digest.short(12).padded(13), line.state.rawValue.padded(11), (line.age?.description ?? "?").padded(6),
            ByteCount.words(line.size).padded(9), tags.padded(24), line.because.map(\.text).joined(separator: "; "),
        ].joined(separator: " ")
    }

    static func retention(_ plan: RetentionLines) -> [String] {
        var lines = [
            "plan \(plan.plan.short())  \(plan.repository): quarantine \(plan.quarantine), delete \(plan.delete), keep \(plan.keep)",
            "  frees \(ByteCount.words(plan.frees)) of \(ByteCount.words(plan.size)) once they are deleted and the registry has collected",
        ]
        lines += plan.spared.map { "  looks after \(plan.repository) alone; nothing is deleted in \($0)" }
        lines += plan.refused.map { "  x refused: \($0.reason)" }
        return lines
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
        if status.report.map({ $0.endedAt == nil }) == true { lines.append("  ~ a run is under way") }
        lines += status.ledger.lastRefusal.map { "  x refused: \($0.reason)" }
        for (digest, hold) in status.ledger.holds.sorted(by: { $0.key < $1.key }) {
            lines.append("  \(digest.short(12)) held by \(hold.by): \(hold.reason)" + (hold.until.map { " until \($0)" } ?? ""))
        }
        for (digest, quarantine) in status.ledger.quarantined.sorted(by: { $0.key < $1.key }) {
            let tags = quarantine.tags.map(\.text).joined(separator: " ")
            lines.append("  \(digest.short(12)) \(quarantine.phase.rawValue) \(tags), may be deleted from \(quarantine.until)")
        }
        lines.append(
            "  \(status.ledger.deleted) deleted so far, \(ByteCount.words(status.ledger.freed)) for the registry's collection")
        return lines
    }
}
