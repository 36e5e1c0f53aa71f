/// A promotion that did not do what it should: what was wanted, what went wrong, and what has come of it since.
package struct FailureNote: Hashable, Sendable, Codable {
    /// How it failed. All but the last are ends of a promotion.
    package enum End: String, Hashable, Sendable, Codable, CaseIterable {
        case failed, rolledBack, rolledBackUnverified
        /// An alarm: a person has to act before it is over.
        case rollbackFailed

        /// The end in words: "rolled back".
        package var words: String {
            switch self {
            case .failed: "failed"
            case .rolledBack: "rolled back"
            case .rolledBackUnverified: "rolled back, unverified"
            case .rollbackFailed: "rollback failed"
            }
        }
    }

    /// The success that made an end of it.
    package struct Resolution: Hashable, Sendable, Codable {
        package let promotion: PromotionNumber
        package let release: ReleaseName
        package let at: Timestamp
    }

    /// What has to be written into the project's files.
    package enum Phase: String, Hashable, Sendable, Codable {
        case failure, resolution
    }

    package let promotion: PromotionNumber
    package let kind: PromotionPlan.Kind
    package let place: Place
    package let repository: RepositoryName
    /// What served before; nil where nothing did.
    package let from: ReleaseName?
    /// What should have served.
    package let to: ReleaseName
    package let by: Account
    package let startedAt: Timestamp
    package let at: Timestamp
    package let end: End
    package let reason: SafeText
    package let during: PromotionState
    /// Measurements that were no pass, worst checks first, within a bound.
    package let findings: [Finding]
    package internal(set) var resolution: Resolution?
    /// The end that the project's files tell of; nil while they tell of none.
    package internal(set) var written: End?
    package internal(set) var isResolutionWritten = false
    /// Why the project's files could not be brought up to date; nil where they could.
    package internal(set) var writingFault: SafeText?

    /// What the project's files lack; nil where they are up to date.
    package var owed: Phase? {
        if written != end { return .failure }
        return resolution != nil && !isResolutionWritten ? .resolution : nil
    }

    /// The release that must not come again as it is.
    package var rejected: ReleaseName { kind == .promotion ? to : from ?? to }
}

extension FailureNote {
    /// One check that was no pass when the promotion came to its end.
    package struct Finding: Hashable, Sendable, Codable {
        package let gate: Gate
        package let check: CheckName
        package let measurement: Measurement

        package init(gate: Gate, check: CheckName, measurement: Measurement) {
            self.gate = gate
            self.check = check
            self.measurement = measurement
        }
    }

    /// Findings that are kept of one failure.
    static let findingLimit = 8

    /// The note of a promotion that has just failed; nil where it has not, or where nothing went wrong: a person took it
    /// back, or its time was over before anything began.
    init?(_ promotion: Promotion, at now: Timestamp) {
        guard let end = End(promotion.state) else { return nil }
        let plan = promotion.plan
        self.promotion = promotion.number
        kind = plan.kind
        place = plan.place
        repository = plan.repository
        from = plan.live.map { ReleaseName($0.release) }
        to = ReleaseName(plan.release)
        by = promotion.startedBy
        startedAt = promotion.startedAt
        at = now
        self.end = end
        reason = promotion.failure?.reason ?? promotion.reason ?? "no reason was recorded"
        during = promotion.failure?.during ?? promotion.state
        findings = Array(promotion.findings.prefix(Self.findingLimit))
    }
}

extension FailureNote.End {
    init?(_ state: PromotionState) {
        switch state {
        case .rollbackFailed: self = .rollbackFailed
        case .ended(.failed): self = .failed
        case .ended(.rolledBack): self = .rolledBack
        case .ended(.rolledBackUnverified): self = .rolledBackUnverified
        default: return nil
        }
    }
}

extension Promotion {
    /// The latest measurement of every check that was no pass, the check that decided first.
    var findings: [FailureNote.Finding] {
        let all = gates.flatMap { gate, progress in
            progress.checks.compactMap { name, check in
                check.latest.flatMap { latest in
                    latest.result.isPass ? nil : FailureNote.Finding(gate: gate, check: name, measurement: latest)
                }
            }
        }
        let decided = all.filter { $0.check == failure?.check && $0.gate == failure?.gate }
        let others = all.filter { !($0.check == failure?.check && $0.gate == failure?.gate) }
        return decided
            + others.sorted { ($0.gate.rawValue, $0.check) < ($1.gate.rawValue, $1.check) }
    }
}

extension Measurement.Result {
    /// Whether the answer was yes.
    package var isPass: Bool { self == .pass }

    /// Whether the release from before answered while it still may.
    var isEarly: Bool { if case .settling = self { true } else { false } }
}
