internal import PromotionCore

/// One check of the gate on screen, counted up to now.
struct CheckRow: Hashable {
    let at: Timestamp?
    let title: String
    let words: Words
    let value: String
    let limit: String
}

extension Promotion {
    /// The checks of the gate that is worth showing.
    var checkRows: [CheckRow] {
        guard let gate = shownGate else { return [] }
        return plan.checks(in: gate).map { row(of: $0, in: gate) }
    }

    private func row(of check: CheckSpecification, in gate: Gate) -> CheckRow {
        let progress = gates[gate]?.checks[check.name] ?? CheckProgress()
        let count = gate.count(of: check)
        let verdict = progress.verdict(of: check, count: count)
        let wanted = count.map { " of \($0)" } ?? ""
        let words: Words =
            switch verdict {
            case .pass: Words(.pass, "pass \(progress.passed)\(wanted)")
            case .fail: Words(.fail, "fail \(progress.failed) of \(progress.answered)")
            case .error: Words(.alarm, "error \(progress.errors)")
            case .inconclusive: Words(.inconclusive, "inconclusive \(progress.inconclusive)")
            case .void: Words(.void, "void \(progress.voided)")
            case nil: progress.latest == nil ? Words(.notYet, "not yet") : Words(.active, "pass \(progress.passed)\(wanted)")
            }
        let others = [("fail", progress.failed), ("void", progress.voided), ("error", progress.errors)].filter { $0.1 > 0 }
        let latency = progress.latest.map(\.valueWords) ?? ""
        let value = verdict == .pass || others.isEmpty ? latency : others.map { "\($0.0) \($0.1)" }.joined(separator: " ")
        return CheckRow(
            at: progress.latest?.sample.at, title: check.title.text, words: words, value: value, limit: check.limit.text)
    }
}

extension Measurement {
    /// What was measured, in words.
    var valueWords: String {
        switch sample.answer {
        case .identity: sample.identities.first.map { "runs \($0.short())" } ?? "no identity"
        case .none(let reason): reason.text
        case .instances: sample.identities.first.map { "runs \($0.short())" } ?? "no identity"
        case .health: sample.evidence.text
        case .signal: sample.evidence.text
        case .status, .exit, .connected: sample.latency.description
        }
    }

    var words: Words {
        switch result {
        case .pass: Words(.pass, "pass")
        case .fail(let reason): Words(.fail, "fail: \(reason)")
        case .inconclusive(let reason): Words(.inconclusive, "inconclusive: \(reason)")
        case .error(let reason): Words(.alarm, "error: \(reason)")
        case .void(let reason): Words(.void, "void: \(reason)")
        case .settling(let reason): Words(.void, "settling: \(reason)")
        case .skipped(let reason): Words(.void, "skipped: \(reason)")
        }
    }
}
