/// The measurements of one check in one gate so far, counted.
package struct CheckProgress: Hashable, Sendable, Codable {
    package private(set) var passed = 0
    package private(set) var failed = 0
    package private(set) var inconclusive = 0
    package private(set) var errors = 0
    package private(set) var voided = 0
    package private(set) var skipped = 0
    package private(set) var consecutiveErrors = 0
    package private(set) var consecutivePasses = 0
    package private(set) var latest: Measurement?

    package init() {}

    /// Measurements that said something.
    package var answered: Int { passed + failed + inconclusive }

    /// Measurements that were taken, whatever they came to.
    package var taken: Int { answered + errors + voided }

    /// Counts one more measurement.
    package mutating func add(_ measurement: Measurement) {
        latest = measurement
        switch measurement.result {
        case .pass: passed += 1
        case .fail: failed += 1
        case .inconclusive: inconclusive += 1
        case .error: errors += 1
        case .void: voided += 1
        case .settling: passed = 0
        case .skipped: skipped += 1
        }
        switch measurement.result {
        case .pass: consecutivePasses += 1
        case .skipped: break
        default: consecutivePasses = 0
        }
        if case .error = measurement.result { consecutiveErrors += 1 } else { consecutiveErrors = 0 }
    }

    /// The check's verdict; nil while it is under way.
    ///
    /// Answers that a limit lets pass are no pass by themselves: at least one has to be.
    /// - Parameter count: answers that decide it; nil for a check that goes on until its gate is closed.
    package func verdict(of check: CheckSpecification, count: Int?) -> Verdict? {
        if check.observeOnly { return count.map { taken >= $0 } ?? false ? .pass : nil }
        if failed > check.failureLimit { return .fail }
        if consecutiveErrors > check.consecutiveErrorLimit { return .error }
        if inconclusive > check.inconclusiveLimit { return .inconclusive }
        if voided > Self.voidLimit { return .void }
        guard let count, answered >= count, passed > 0, consecutivePasses >= check.consecutiveSuccesses else { return nil }
        return .pass
    }

    /// Void measurements that are measured again before the check itself is void.
    static let voidLimit = 4
}

/// What a check or a gate came to.
package enum Verdict: String, Hashable, Sendable, Codable, Comparable {
    case pass, void, inconclusive, error, fail

    /// Worst last: fail > error > inconclusive > void > pass.
    package static func < (left: Verdict, right: Verdict) -> Bool { left.badness < right.badness }

    private var badness: Int {
        switch self {
        case .pass: 0
        case .void: 1
        case .inconclusive: 2
        case .error: 3
        case .fail: 4
        }
    }
}

/// A gate of a plan: checks that are measured on one slot until there is a verdict over all of them.
package struct GateProgress: Hashable, Sendable, Codable {
    package private(set) var checks: [CheckName: CheckProgress]

    package init() { checks = [:] }

    /// Counts one more measurement of one of the checks.
    package mutating func add(_ measurement: Measurement, of check: CheckName) {
        checks[check, default: CheckProgress()].add(measurement)
    }

    /// The verdict over all checks: a single bad one at once, pass only when every one passed.
    package func verdict(of specifications: [CheckSpecification], in gate: Gate) -> Verdict? {
        let verdicts = specifications.map { verdict(of: $0, in: gate) }
        if let worst = verdicts.compactMap(\.self).filter({ $0 != .pass }).max() { return worst }
        return verdicts.allSatisfy { $0 == .pass } ? .pass : nil
    }

    /// The verdict of one check. Silence is none, also of what serves already: what cannot be told before a change cannot be
    /// told after it either.
    private func verdict(of check: CheckSpecification, in gate: Gate) -> Verdict? {
        (checks[check.name] ?? CheckProgress()).verdict(of: check, count: gate.count(of: check))
    }

    /// Whether a check had nothing to judge when it was last measured.
    package func lacksData(_ check: CheckSpecification) -> Bool {
        if case .skipped? = checks[check.name]?.latest?.result { true } else { false }
    }

    /// Whether this check still has to be measured in this gate.
    package func isOpen(_ check: CheckSpecification, in gate: Gate) -> Bool {
        verdict(of: check, in: gate) == nil
    }
}

extension Gate {
    /// Answers that decide a check in this gate; nil where it is measured until the gate is closed.
    package func count(of check: CheckSpecification) -> Int? {
        switch self {
        case .idle, .step, .live: check.count
        case .baseline, .closing: 1
        // A plan from before rollbacks were verified so asks for the digest alone, once.
        case .rollback: check.kind == .runningDigest ? 1 : check.count
        case .bake, .ready: nil
        }
    }

    /// Whether a check belongs to this gate.
    package func holds(_ check: CheckSpecification) -> Bool {
        switch self {
        case .baseline, .closing, .bake, .live: check.gates.contains(.live) && check.standsAlone
        case .idle, .ready: check.gates.contains(.idle) && check.signal == nil
        case .step: check.gates.contains(.live)
        case .rollback: check.kind == .runningDigest || (check.gates.contains(.rollback) && check.signal == nil)
        }
    }
}
