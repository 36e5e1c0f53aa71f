extension HistoryLine {
    static func lease(_ event: LeaseEvent, _ entry: LedgerEntry) -> HistoryLine {
        switch event {
        case .held(let lease, nil): line(entry, "lease", .neutral, "held until \(lease.expires.clock): \(lease.holder.reason)")
        case .held(let lease, let from?):
            line(entry, "lease", .neutral, "taken over from \(from.holder.owner), fence \(lease.fence): \(lease.holder.reason)")
        case .returned(_, let reason): line(entry, "lease", .neutral, "given back: \(reason)")
        }
    }

    static func automation(_ event: AutomationEvent, _ entry: LedgerEntry) -> HistoryLine {
        switch event {
        case .stopped(_, let reason): line(entry, "automation", .alarm, "stopped: \(reason)")
        case .letGo(let reason): line(entry, "automation", .good, "goes on: \(reason)")
        case .called(let call): line(entry, "call", .alarm, "\(call.kind.rawValue): \(call.reason)", digest: call.digest)
        case .callClosed(let subject, let reason): line(entry, "call", .good, "\(subject.kind.rawValue) closed: \(reason)")
        }
    }

    static func joint(_ joint: JointRelease, _ member: JointRelease.Member, _ entry: LedgerEntry, tone: Tone) -> HistoryLine {
        let reason = joint.state == .succeeded ? nil : joint.failure
        let result: SafeText = joint.state == .preparing ? "started" : "\(joint.state.words)\(reason.map { ": \($0)" } ?? "")"
        return HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: joint.startedBy.name, what: "joint \(joint.number) \(joint.title)",
            environment: joint.environment, digest: member.plan.release.digest, tag: member.plan.release.tag,
            promotion: member.promotion, tone: tone, result: result)
    }

    private static func line(
        _ entry: LedgerEntry, _ what: SafeText, _ tone: Tone, _ result: SafeText, digest: Digest? = nil
    ) -> HistoryLine {
        HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: what,
            environment: entry.draft.place?.environment, digest: digest, tag: nil, promotion: nil, tone: tone, result: result)
    }
}
