extension Automation {
    /// What to do about a release by the answer of its planning.
    /// - Parameters:
    ///   - answer: the plan, or everything against it.
    ///   - silentSince: since when this environment has been kept only by what does not answer; nil while something else does.
    package static func decide(
        _ release: Release, at place: Place, on board: Board, _ answer: PlanAnswer, silentSince: Timestamp?, now: Timestamp
    ) -> Decision {
        guard let plan = answer.plan else {
            return decide(release, against: answer.objections, silentSince: silentSince, now: now)
        }
        let state = board.projection.services[place.service]?.environments[place.environment]?.automation
        let isLast = board.service(place.service)?.isLast(place.environment) ?? true
        if plan.wayBack == nil, isLast, state?.permitted != release.digest {
            return .call(
                Call(
                    .firstRelease, digest: release.digest,
                    "\(release.digest.short()) would be the first release of \(place.environment): there is no way back from it",
                    remedy: "promote it by hand, or let it go on: baton auto start \(place.service) \(place.environment)",
                    role: .operator))
        }
        if let lost = board.projection.services[place.service]?.lostTag(of: release.digests) {
            return .wait(
                until: nil, reason: "\(lost.words(seenFrom: now)): promote it by hand, or bring the new one here")
        }
        return .start(release, reason: "automatic: \(answer.summary)")
    }

    private static func decide(
        _ release: Release, against objections: [Objection], silentSince: Timestamp?, now: Timestamp
    ) -> Decision {
        let byBearing = Dictionary(grouping: objections, by: \.kind.bearing)
        if let drift = byBearing[.conflict]?.first { return .stop(.drift, reason: drift.reason) }
        if let never = byBearing[.never]?.first {
            return .call(
                Call(.candidate, digest: release.digest, never.reason, remedy: never.remedy, role: .operator))
        }
        if let person = byBearing[.person]?.first { return .wait(until: nil, reason: person.reason) }
        if let silent = byBearing[.silence]?.first {
            let end = (silentSince ?? now) + silenceLimit
            guard now >= end else { return .wait(until: end, reason: silent.reason) }
            return .call(Call(.access, digest: nil, silent.reason, remedy: silent.remedy, role: .operator))
        }
        let last = objections.max { ($0.earliest ?? .distantFuture) < ($1.earliest ?? .distantFuture) }
        return .wait(until: last?.earliest, reason: last?.reason ?? "something stands against it")
    }

    /// Whether all that keeps an environment is that something does not answer.
    package static func isSilent(_ answer: PlanAnswer) -> Bool {
        !answer.objections.isEmpty && answer.objections.allSatisfy { $0.kind.bearing == .silence }
    }

    /// Who is called when the automation of an environment stops; nil where a person stopped it.
    package static func call(because cause: AutomationHalt.Cause, _ reason: SafeText, at place: Place) -> Call? {
        let start: SafeText = "baton auto start \(place.service) \(place.environment)"
        return switch cause {
        case .byHand: nil
        case .drift:
            Call(
                .drift, digest: nil, reason, remedy: "find out who changed it, put it right, then \(start)", role: .operator)
        case .ended(let number, let outcome):
            Call(
                .failure, digest: nil, "promotion \(number) \(SafeText(outcome.words)): \(reason)",
                remedy: "see baton why \(place.service) \(place.environment); mend it or push a newer candidate, then \(start)",
                role: .operator)
        case .alarm(let number):
            Call(
                .alarm, digest: nil, "promotion \(number) can be neither finished nor undone: \(reason)",
                remedy: "look at the target, then baton continue \(number) or baton abort \(number), then \(start)",
                role: .operator)
        }
    }
}

extension Objection.Kind {
    /// What an objection means to somebody who cannot argue.
    enum Bearing {
        /// Time or another promotion ends it.
        case time
        /// A person has decided, or has to.
        case person
        /// Something does not answer.
        case silence
        /// Somebody else changed what Baton keeps.
        case conflict
        /// It never ends for this release.
        case never
    }

    var bearing: Bearing {
        switch self {
        case .soaking, .busy, .changed, .unhealthy, .noEvidence, .frozen, .unsigned: .time
        case .vetoed, .pinned, .notApproved, .noReason, .alreadyRuns, .noGoal, .noWayBack, .noDigest, .unknownPlace, .noIdleSlot:
            .person
        case .unobservable, .routingUnclear, .unreadableImage, .unknownImage, .notVerifiable: .silence
        case .pointerDrift, .drifted: .conflict
        case .notACandidate, .platform, .badSignature, .imagePolicy, .partOfImage: .never
        }
    }
}

extension PlanAnswer {
    /// The conditions that hold, in words: `evidence testing: 6 of 6 at 14:02, soak 10m in staging`.
    fileprivate var summary: SafeText {
        let met = conditions.compactMap { condition -> String? in
            guard case .met(let value) = condition.state else { return nil }
            switch condition.name.text {
            case "evidence", "candidate", "soak", "approval", "freeze": return "\(condition.name) \(value)"
            default: return nil
            }
        }
        return SafeText(met.isEmpty ? "nothing stands against it" : met.joined(separator: ", "), limit: 200)
    }
}

extension Timestamp {
    /// Later than anything that is waited for.
    fileprivate static let distantFuture = Timestamp(millisecondsSinceEpoch: .max)
}

extension Fact {
    /// Whether what keeps an environment from going on by itself may be over with it.
    package var mayLetAutomationGoOn: Bool {
        switch self {
        case .adopted, .readopted, .evidence, .vetoLifted, .verified, .policy, .pointerDrifted, .pointerAdopted, .owed,
            .tagMoved, .lease, .automation, .joint:
            true
        case .started, .happened, .refused, .recordsWritten, .told, .agentStarted, .passport, .retention: false
        // Freezes, soaks and what expires go by the wall clock.
        case .clockStepped: true
        }
    }
}
