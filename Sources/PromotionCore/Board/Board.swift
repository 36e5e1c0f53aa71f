/// What a screen shows, as a value: the ledger's projection, what was last observed, and what just streamed by.
///
/// The agent keeps one and sends it whole to a new viewer; from then on both fold the same changes.
package struct Board: Hashable, Sendable, Codable {
    package let services: [Service]
    package private(set) var projection: Projection
    package private(set) var observations: [Place: EnvironmentObservation]
    /// What the registry offers to the first environment of each path, newest version first.
    package private(set) var candidates: [ServiceName: [Release]]
    /// Why the last list of a service's tags offers no candidate; absent if it offers one, or was never read.
    package private(set) var absences: [ServiceName: SafeText]
    /// What the last look for them came to; a service that is missing was not looked at yet.
    package private(set) var candidateLooks: [ServiceName: CandidateLook]
    /// What the registry said of releases that environments could go back to, newest first.
    package private(set) var goalLooks: [Place: [GoalLook]]
    /// The last measurements and steps of running promotions, oldest first.
    package private(set) var stream: [StreamLine]
    /// What keeps the agent from working, such as a full disk; nil while nothing does.
    package private(set) var alarm: SafeText?
    /// What the automation of environments does or waits for.
    package private(set) var automation: [Place: AutomationOutlook]
    /// How far images are that are being copied to the home of an environment.
    package private(set) var copies: [PromotionNumber: CopyProgress]
    /// Sets of services that are promoted as one.
    package let jointSets: [JointSet]
    package let agent: AgentDescription

    /// A board at the end of a ledger.
    /// - Parameter recent: the last entries before it, for the stream.
    package init(
        services: [Service], jointSets: [JointSet] = [], projection: Projection, agent: AgentDescription,
        recent: [LedgerEntry] = []
    ) {
        self.jointSets = jointSets
        automation = [:]
        copies = [:]
        self.services = services
        self.projection = projection
        self.agent = agent
        observations = [:]
        candidates = [:]
        absences = [:]
        candidateLooks = [:]
        goalLooks = [:]
        stream = recent.suffix(Self.streamLimit).compactMap(StreamLine.init)
    }

    /// Lines of the stream that are kept.
    package static let streamLimit = 400

    /// Folds one change.
    /// - Throws: what `Projection.apply` throws; the board is then unchanged.
    package mutating func apply(_ change: BoardChange) throws {
        switch change {
        case .entry(let entry):
            try projection.apply(entry)
            if let number = entry.draft.promotion, copies[number] != nil, !isCopying(number) { copies[number] = nil }
            guard let line = StreamLine(entry) else { return }
            stream.append(line, keepingLast: Self.streamLimit)
        case .observed(let place, let observation): observations[place] = observation
        case .candidates(let service, let releases): candidates[service] = releases
        case .absence(let service, let words): absences[service] = words
        case .candidatesLooked(let service, let look): candidateLooks[service] = look
        case .goals(let place, let looks): goalLooks[place] = looks
        case .automation(let place, let outlook): automation[place] = outlook
        case .copying(let number, let progress): if isCopying(number) { copies[number] = progress }
        case .alarm(let reason): alarm = reason
        }
    }

    /// Why a service has no candidate, as far as that is known: "11 tags, none is vX.Y.Z-rc.N; nearest v1.42.0-rc1".
    package func absence(of name: ServiceName) -> SafeText { absences[name] ?? "the registry offers no candidate" }

    private func isCopying(_ number: PromotionNumber) -> Bool { projection.promotion(number)?.isCopying ?? false }

    /// The service of this name; nil where the configuration has none.
    package func service(_ name: ServiceName) -> Service? { services.first { $0.name == name } }
}

/// One change of a board.
package enum BoardChange: Hashable, Sendable, Codable {
    case entry(LedgerEntry)
    case observed(Place, EnvironmentObservation)
    case candidates(ServiceName, [Release])
    /// Why the list of tags offers no candidate; `nil` if it offers one.
    case absence(ServiceName, SafeText?)
    case candidatesLooked(ServiceName, CandidateLook)
    case goals(Place, [GoalLook])
    case automation(Place, AutomationOutlook?)
    case copying(PromotionNumber, CopyProgress)
    case alarm(SafeText?)
}

/// Why an agent was started again.
package struct AgentRestart: Hashable, Sendable, Codable {
    /// How often its supervisor has started it again.
    package let count: Int
    /// How the one before it ended: `was ended by signal 9`.
    package let reason: SafeText

    package init(count: Int, reason: SafeText) {
        self.count = count
        self.reason = reason
    }

    /// The restart in words.
    package var words: SafeText {
        "the agent \(reason) and was started again\(count > 1 ? " (for the \(count)th time)" : "")"
    }
}

/// Which agent a viewer talks to.
package struct AgentDescription: Hashable, Sendable, Codable {
    package let version: SafeText
    package let host: SafeText
    package let process: Int32
    package let since: Timestamp
    /// That it was started again after another one died; `nil` if it was not.
    package let restart: AgentRestart?

    package init(version: SafeText, host: SafeText, process: Int32, since: Timestamp, restart: AgentRestart? = nil) {
        self.restart = restart
        self.version = version
        self.host = host
        self.process = process
        self.since = since
    }
}

/// One line of the live stream.
package struct StreamLine: Hashable, Sendable, Codable {
    package let sequence: Int64
    package let at: Timestamp
    package let promotion: PromotionNumber
    package let content: Content

    /// What the line says.
    package enum Content: Hashable, Sendable, Codable {
        case measured(gate: Gate, check: CheckName, measurement: Measurement)
        case event(kind: String, detail: SafeText, tone: HistoryLine.Tone)
    }

    /// The line of an entry; nil for an entry that belongs to no promotion.
    init?(_ entry: LedgerEntry) {
        guard let promotion = entry.draft.promotion, let fact = try? entry.fact() else { return nil }
        sequence = entry.sequence
        at = entry.draft.at
        self.promotion = promotion
        switch fact {
        case .started(let start):
            content = .event(
                kind: fact.kind,
                detail: "\(start.plan.release.digest.short()) to \(start.plan.place.environment)/\(start.plan.slot)",
                tone: .neutral)
        case .happened(.measured(let gate, let check, let measurement)):
            content = .measured(gate: gate, check: check, measurement: measurement)
        case .happened(let event): content = .event(kind: event.kind, detail: event.detail, tone: event.tone)
        case .passport(let result): content = .event(kind: fact.kind, detail: result.outcome.words, tone: .neutral)
        case .recordsWritten(let records):
            content = .event(
                kind: fact.kind, detail: records.refusal ?? "\(records.files.count) files",
                tone: records.refusal == nil ? .neutral : .bad)
        case .told(let told):
            content = .event(
                kind: fact.kind, detail: told.failure.map { "\($0.receiver): \($0.fault ?? "")" } ?? "\(told.occasion.rawValue)",
                tone: told.failure == nil ? .neutral : .bad)
        case .pointerDrifted(let drift):
            content = .event(kind: fact.kind, detail: drift.words, tone: drift.isOver ? .neutral : .bad)
        case .pointerAdopted(let tag, let observed, let reason):
            content = .event(kind: fact.kind, detail: "\(tag) names \(observed?.short() ?? "nothing"): \(reason)", tone: .neutral)
        case .owed(let event):
            content = .event(kind: fact.kind, detail: event.words, tone: event.isSettled ? .good : .bad)
        case .adopted, .readopted, .refused, .evidence, .vetoLifted, .policy, .verified, .tagMoved, .lease, .automation, .joint,
            .agentStarted, .clockStepped, .retention:
            return nil
        }
    }
}

extension PromotionEvent {
    /// The event's values in words.
    package var detail: SafeText {
        switch self {
        case .conditionsEvaluated(let objections, _):
            objections.isEmpty ? "all hold" : SafeText(objections.map(\.reason.text).joined(separator: "; "), limit: 400)
        case .planMadeAgain(let plan): plan.wordsOfPlace
        case .approved(let approval): "by \(approval.by)"
        case .rejected(let by, let reason): "by \(by): \(reason)"
        case .superseded(let number): "by promotion \(number)"
        case .pauseRequested(let by, let reason): "by \(by): \(reason)"
        case .resumeRequested(let reason), .retryRequested(let reason): reason
        case .leaseTaken(let lease): "fence \(lease.fence)"
        case .leaseRefused(let holder): "held by \(holder.holder.owner): \(holder.holder.reason)"
        case .leaseLost(let reason), .abortRequested(let reason), .rollbackRequested(let reason, nil), .goOnRequested(let reason):
            reason
        case .rollbackRequested(let reason, let terms?): terms.vetoes ? reason : "\(reason); without a veto"
        case .achieved(_, let detail): detail
        case .imageCopied(let report): report.words
        case .failed(_, let fault): fault.reason
        case .measured(_, let check, let measurement): "\(check): \(measurement.result.words)"
        case .pointerConflict(let tag, _, let observed): "\(tag) names \(observed?.short() ?? "nothing")"
        case .pointerOwed(let effect, let cause): cause.words(of: effect)
        case .routingObserved(let routing): routing.words
        case .slotObserved(let slot, let digest): "\(slot) runs \(digest?.short() ?? "nothing known")"
        case .deadlinePassed(let time): "\(time.clock)"
        case .resumed: "after a restart of the agent"
        }
    }

    var tone: HistoryLine.Tone {
        switch self {
        case .failed, .pointerConflict, .pointerOwed, .leaseLost, .rejected, .superseded: .bad
        case .achieved, .imageCopied, .leaseTaken, .approved: .good
        case .conditionsEvaluated(let objections, _): objections.isEmpty ? .good : .neutral
        case .abortRequested, .rollbackRequested: .alarm
        default: .neutral
        }
    }
}
