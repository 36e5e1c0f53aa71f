/// What the limits of one check would have made of promotions of the past.
///
/// What was recorded ends where the promotion was stopped: of a release that the recorded limits stopped early it cannot be
/// known what looser ones would have seen later.
package struct Backtest: Hashable, Sendable, Codable {
    package let check: CheckName
    /// The limits that were tried, in words.
    package let limit: SafeText
    /// Releases that succeeded and stayed, and were measured by this check.
    package private(set) var good = 0
    /// Of those, the promotions that the limits would have stopped.
    package private(set) var goodStopped: [PromotionNumber] = []
    /// Releases that failed or were taken back, and were measured by this check.
    package private(set) var bad = 0
    /// Of those, the promotions that the limits would have stopped.
    package private(set) var badCaught: [PromotionNumber] = []
    /// Promotions of which nothing was recorded that this check could judge.
    package private(set) var unmeasured = 0

    /// Runs a check's limits over what was recorded.
    package init(of check: CheckSpecification, over trials: [Trial]) {
        self.check = check.name
        limit = check.limitWords
        for trial in trials {
            guard let isStopped = check.stops(trial) else {
                unmeasured += 1
                continue
            }
            switch trial.standing {
            case .good:
                good += 1
                if isStopped { goodStopped.append(trial.promotion) }
            case .bad:
                bad += 1
                if isStopped { badCaught.append(trial.promotion) }
            }
        }
    }
}

extension CheckSpecification {
    /// Whether these limits would have stopped a promotion; nil where nothing was recorded that they could judge.
    func stops(_ trial: Trial) -> Bool? {
        let runs = trial.runs.filter { $0.check == name && holdsIn($0.gate) }
        guard runs.contains(where: { !$0.samples.isEmpty }) else { return nil }
        return runs.contains { stops($0, of: trial.release.digests) }
    }

    private func holdsIn(_ gate: Gate) -> Bool { gate.holds(self) }

    /// Judges a run anew, as its gate would have: sample after sample, until there is a verdict.
    private func stops(_ run: Trial.Run, of image: DigestSet) -> Bool {
        var progress = CheckProgress()
        for sample in run.samples {
            progress.add(judge(sample, expecting: image))
            guard let verdict = progress.verdict(of: self, count: run.gate.count(of: self)) else { continue }
            return verdict != .pass
        }
        return false
    }

    /// The limits in words: what one answer must be, and how many may be otherwise.
    fileprivate var limitWords: SafeText {
        let patience = failureLimit == 0 ? "" : ", \(failureLimit) failures let pass"
        return "\(limit)\(patience)"
    }
}

/// Limits to try instead of the configured ones; nil keeps what is configured.
package struct LimitChange: Hashable, Sendable {
    package var within: Milliseconds?
    package var status: Int?
    package var failures: Int?
    package var inconclusive: Int?
    package var errors: Int?
    package var count: Int?

    package init() {}

    /// The check with these limits.
    package func applied(to check: CheckSpecification) -> CheckSpecification {
        var kind = check.kind
        if case .http(let path, let wanted, let latency, let body) = check.kind {
            kind = .http(path: path, status: status ?? wanted, maximumLatency: within ?? latency, bodyContains: body)
        }
        return CheckSpecification(
            name: check.name, kind: kind, gates: check.gates, interval: check.interval, count: count ?? check.count,
            initialDelay: check.initialDelay, timeout: check.timeout, failureLimit: failures ?? check.failureLimit,
            inconclusiveLimit: inconclusive ?? check.inconclusiveLimit,
            consecutiveErrorLimit: errors ?? check.consecutiveErrorLimit, observeOnly: false,
            consecutiveSuccesses: check.consecutiveSuccesses, onNoData: check.onNoData, minimumSamples: check.minimumSamples)
    }
}
