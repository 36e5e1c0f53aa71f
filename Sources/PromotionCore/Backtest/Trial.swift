/// One promotion of the past with everything that was measured of its release: what other limits are tried on.
package struct Trial: Hashable, Sendable {
    /// What the release turned out to be.
    package enum Standing: Hashable, Sendable {
        /// It succeeded, and nobody took it back.
        case good
        /// A check said no, or somebody took it back, then or later.
        case bad(SafeText)
    }

    /// The measurements of one check in one gate, in order, from when the gate was opened until it was closed.
    package struct Run: Hashable, Sendable {
        package let gate: Gate
        package let check: CheckName
        package internal(set) var samples: [Sample]
    }

    package let promotion: PromotionNumber
    package let release: Release
    package let at: Timestamp
    package internal(set) var standing: Standing
    package let runs: [Run]
}

/// Reads promotions of one environment out of the ledger's entries, which come in order.
package struct TrialReader {
    struct Course {
        var promotion: Promotion
        var wasTakenBack = false
        var runs: [Trial.Run] = []
        /// When the gate of each run was opened: a gate that is opened again begins to count again.
        var openings: [Timestamp] = []
    }

    /// Trials that are kept; the oldest beyond it are let go.
    package static let trialLimit = 1_000
    /// Measurements that are kept of one check in one gate.
    package static let sampleLimit = 2_000

    private let place: Place
    private var courses: [PromotionNumber: Course] = [:]
    /// Oldest first.
    package private(set) var trials: [Trial] = []
    /// Promotions whose end says nothing about the release: cancelled, expired, or broken by something else.
    package private(set) var silent = 0

    package init(_ place: Place) { self.place = place }

    /// Takes the next entry; what cannot be read, or belongs elsewhere, is passed over.
    package mutating func take(_ entry: LedgerEntry) {
        guard entry.draft.place == place, let number = entry.draft.promotion, let fact = try? entry.fact() else { return }
        switch fact {
        case .started(let start):
            courses[number] = Course(
                promotion: Promotion(number: number, start: start, by: entry.draft.actor, at: entry.draft.at))
        case .happened(let event):
            guard var course = courses[number] else { return }
            if case .measured(let gate, let check, let measurement) = event, !measurement.result.isEarly {
                course.take(gate, check, measurement.sample)
            }
            guard (try? course.promotion.apply(event, at: entry.draft.at)) != nil else { return }
            course.take(event)
            courses[number] = course
            if course.promotion.hasEnded {
                courses[number] = nil
                finish(course)
            }
        default: return
        }
    }

    private mutating func finish(_ course: Course) {
        let promotion = course.promotion
        if promotion.plan.kind == .rollback { return takeBack(promotion) }
        guard let standing = course.standing else {
            silent += 1
            return
        }
        trials.append(
            Trial(
                promotion: promotion.number, release: promotion.plan.release, at: promotion.startedAt, standing: standing,
                runs: course.runs), keepingLast: Self.trialLimit)
    }

    /// A rollback says of the release that it took away that it was bad after all.
    private mutating func takeBack(_ rollback: Promotion) {
        guard rollback.state == .ended(.rolledBack) || rollback.state == .ended(.rolledBackUnverified),
            let rejected = rollback.plan.rejected,
            let position = trials.lastIndex(where: { $0.release.digest == rejected.digest }),
            trials[position].standing == .good
        else { return }
        trials[position].standing = .bad("taken back by rollback \(rollback.number)")
    }
}

extension TrialReader.Course {
    /// Counts a sample to the run that its gate has open now.
    mutating func take(_ gate: Gate, _ check: CheckName, _ sample: Sample) {
        // The live slot before the change, and the old release after a rollback, say nothing about the new one.
        guard gate != .baseline, gate != .rollback, gate == promotion.openGate else { return }
        let opened = promotion.enteredAt
        let position = runs.indices.last { runs[$0].gate == gate && runs[$0].check == check && openings[$0] == opened }
        guard let position else {
            runs.append(Trial.Run(gate: gate, check: check, samples: [sample]))
            openings.append(opened)
            return
        }
        if runs[position].samples.count < TrialReader.sampleLimit { runs[position].samples.append(sample) }
    }

    mutating func take(_ event: PromotionEvent) {
        // A rollback without a veto is no word against the release.
        if case .rollbackRequested(_, let terms) = event { wasTakenBack = terms?.vetoes ?? true }
    }

    /// What the end says of the release; nil where it says nothing.
    var standing: Trial.Standing? {
        switch promotion.state.outcome {
        case .succeeded: return .good
        case .rolledBack, .rolledBackUnverified, .failed:
            if wasTakenBack { return .bad("taken back by a person") }
            guard let failure = promotion.failure, failure.check != nil, failure.gate != .baseline else { return nil }
            return .bad(failure.reason)
        default: return nil
        }
    }
}
