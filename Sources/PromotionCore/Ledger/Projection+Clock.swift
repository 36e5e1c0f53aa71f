extension Projection {
    /// Folds what an agent said about the clocks of its machine.
    mutating func apply(clock fact: Fact, _ entry: LedgerEntry) {
        switch fact {
        case .agentStarted(_, let reading?):
            clock = reading
            changeUnfinished { $0.boundWait(at: entry.draft.at) }
        case .clockStepped(let step):
            clock = step.reading
            clockStep = step
            changeUnfinished { $0.shift(by: step.shift) }
            for name in services.keys {
                services[name]?.keepPast(of: entry.draft.at, after: step)
                services[name]?.shiftNotices(by: step.by)
                services[name]?.record(.clockStepped(step, entry))
            }
        default: return
        }
    }

    private mutating func changeUnfinished(_ change: (inout Promotion) -> Void) {
        for name in services.keys { services[name]?.changeUnfinished(change) }
    }
}

extension ServiceProjection {
    /// Has nothing that is so begin in the time to come, where the clock was set back to before its beginning.
    fileprivate mutating func keepPast(of now: Timestamp, after step: ClockStep) {
        for name in environments.keys { environments[name]?.keepPast(of: now, after: step) }
    }

    fileprivate mutating func changeUnfinished(_ change: (inout Promotion) -> Void) {
        for index in promotions.indices where !promotions[index].hasEnded { change(&promotions[index]) }
    }
}

extension EnvironmentProjection {
    fileprivate mutating func keepPast(of now: Timestamp, after step: ClockStep) {
        manualRollback = manualRollback?.shifted(by: step.by, at: now)
        slots = slots.mapValues { holding in
            Holding(release: holding.release, since: min(holding.since, now), promotion: holding.promotion, by: holding.by)
        }
        liveSince = liveSince.map { min($0, now) }
        verifiedAt = verifiedAt.map { min($0, now) }
        occupiedSince = occupiedSince.map { min($0, now) }
    }
}

extension HistoryLine {
    fileprivate static func clockStepped(_ step: ClockStep, _ entry: LedgerEntry) -> HistoryLine {
        HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: "clock", environment: nil,
            digest: nil, tag: nil, promotion: nil, tone: .bad, result: step.words)
    }
}

extension Board {
    /// How long a step of the wall clock, and a restart, are shown.
    private static let clockStepShown = Milliseconds.minutes(24 * 60)

    /// That the agent was started again, as long as people should know of it; `nil` if it was not.
    package func restart(at now: Timestamp) -> AgentRestart? {
        abs((now - agent.since).count) < Self.clockStepShown.count ? agent.restart : nil
    }

    /// The last step of the wall clock, as long as people should know of it; `nil` if there was none.
    package func clockStep(at now: Timestamp) -> ClockStep? {
        projection.clockStep.flatMap { step in abs((now - step.reading.wall).count) < Self.clockStepShown.count ? step : nil }
    }
}
