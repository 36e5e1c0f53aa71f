extension ServiceProjection {
    /// Failures that are remembered; of older ones the ledger still tells.
    static let failureLimit = 20
    /// Notices that wait at most; the oldest beyond it are dropped, and the ledger tells of what they said.
    static let noticeLimit = 20

    /// What is still to be written into the project's files, oldest first.
    package var owedRecords: [(note: FailureNote, phase: FailureNote.Phase)] {
        failures.compactMap { note in note.owed.map { (note, $0) } }
    }

    /// Failures that no later success has made an end of, newest last.
    package var openFailures: [FailureNote] { failures.filter { $0.resolution == nil } }

    /// Takes what an event means for people: a failure, its end, something to hear of.
    mutating func take(note promotion: Promotion, from before: PromotionState, _ entry: LedgerEntry) {
        guard promotion.state != before else { return }
        let now = entry.draft.at
        if let notice = Notice(promotion, from: before, sequence: entry.sequence, at: now) {
            keep(notice)
        }
        if let note = FailureNote(promotion, at: now) { keep(note) }
        if promotion.state == .ended(.succeeded) { resolve(by: promotion, at: now) }
    }

    /// Takes that a person is called, or no longer is: of what is over by then nobody needs to hear.
    mutating func take(call event: AutomationEvent, at place: Place, _ entry: LedgerEntry) {
        switch event {
        case .called(let call):
            keep(Notice(call, serving: environments[place.environment]?.serving?.release, at: place, entry))
        case .callClosed(let subject, _): notices.removeAll { $0.place == place && $0.call?.subject == subject }
        case .letGo, .stopped: return
        }
    }

    /// People hear that what was adopted was wrong: until now a rollback had no way back there.
    mutating func take(
        readoption found: Fact.Readoption, _ environment: EnvironmentProjection, at place: Place, _ entry: LedgerEntry
    ) {
        keep(Notice(found, serving: environment.serving?.release, at: place, entry))
    }

    private mutating func keep(_ notice: Notice) {
        notices.append(notice, keepingLast: Self.noticeLimit)
    }

    private mutating func keep(_ note: FailureNote) {
        var note = note
        if let position = failures.firstIndex(where: { $0.promotion == note.promotion }) {
            note.written = failures[position].written
            failures[position] = note
        } else {
            failures.append(note)
        }
        while failures.count > Self.failureLimit {
            failures.remove(at: failures.firstIndex { $0.owed == nil && $0.resolution != nil } ?? 0)
        }
    }

    private mutating func resolve(by promotion: Promotion, at now: Timestamp) {
        let resolution = FailureNote.Resolution(
            promotion: promotion.number, release: ReleaseName(promotion.plan.release), at: now)
        for index in failures.indices where failures[index].place == promotion.plan.place {
            failures[index].resolution = failures[index].resolution ?? resolution
        }
    }

    mutating func settle(_ records: RecordsWritten, _ entry: LedgerEntry) {
        guard let position = failures.firstIndex(where: { $0.promotion == entry.draft.promotion }) else { return }
        switch records.phase {
        case .failure: failures[position].written = records.end
        case .resolution: failures[position].isResolutionWritten = true
        }
        failures[position].writingFault = records.refusal
        guard let refusal = records.refusal else { return }
        record(.unwritten(failures[position], refusal, entry))
    }

    mutating func take(_ verification: Verification, _ entry: LedgerEntry) {
        guard let place = entry.draft.place else { return }
        let now = entry.draft.at
        if let result = verification.evidence(in: place.environment, by: entry.draft.actor, at: now) {
            // The newest says all that the ones before it said; what runs every few hours must not push out the rest.
            evidence.removeAll { $0.environment == result.environment && $0.digest == result.digest && $0.isVerification }
            record(result)
        }
        let isRoutine = entry.draft.actor.proof == .agent && verification.verdict == .pass
        if !isRoutine { record(.verified(verification, entry)) }
    }
}

extension Evidence {
    fileprivate var isVerification: Bool {
        if case .verification = source { true } else { false }
    }
}

extension HistoryLine {
    static func verified(_ verification: Verification, _ entry: LedgerEntry) -> HistoryLine {
        let passed = verification.checks.count { $0.verdict == .pass }
        let words: SafeText =
            switch verification.verdict {
            case .pass: "\(passed) of \(verification.checks.count)"
            case .fail: "evidence revoked: \(verification.reason ?? "")"
            case .void, .inconclusive, .error: "could not tell: \(verification.reason ?? "")"
            }
        return HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: "verification",
            environment: entry.draft.place?.environment, digest: verification.digest, tag: nil, promotion: nil,
            tone: verification.verdict == .pass ? .good : verification.verdict == .fail ? .bad : .neutral, result: words)
    }

    static func unwritten(_ note: FailureNote, _ reason: SafeText, _ entry: LedgerEntry) -> HistoryLine {
        HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: "records",
            environment: note.place.environment, digest: note.to.digest, tag: note.to.tag, promotion: note.promotion, tone: .bad,
            result: "not written: \(reason)")
    }
}
