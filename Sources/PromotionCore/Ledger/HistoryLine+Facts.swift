extension HistoryLine {
    static func started(_ plan: PromotionPlan, _ entry: LedgerEntry) -> HistoryLine {
        line(
            entry, plan, what: "\(plan.kind.rawValue) \(entry.draft.promotion?.description ?? "")", tone: .active,
            result: "started")
    }

    static func ended(_ promotion: Promotion, _ outcome: Outcome, _ entry: LedgerEntry) -> HistoryLine {
        let isWanted = outcome == .succeeded || (promotion.plan.kind == .rollback && outcome == .rolledBack)
        return line(
            entry, promotion.plan, who: promotion.startedBy.name, what: "\(promotion.plan.kind.rawValue) \(promotion.number)",
            tone: isWanted ? .good : .bad, result: "\(promotion.endWords ?? SafeText(outcome.words))")
    }

    /// Who agreed to a promotion, and who said no; nil for what is nobody's decision about its start.
    static func decision(_ event: PromotionEvent, on promotion: Promotion, _ entry: LedgerEntry) -> HistoryLine? {
        let (who, tone, result): (Account, Tone, SafeText)
        switch event {
        case .approved(let approval): (who, tone, result) = (approval.by, .good, "approved as \(approval.role.rawValue)")
        case .rejected(let account, let reason): (who, tone, result) = (account, .bad, "rejected: \(reason)")
        default: return nil
        }
        return line(
            entry, promotion.plan, who: who.name, what: "\(promotion.plan.kind.rawValue) \(promotion.number)", tone: tone,
            result: result)
    }

    static func alarm(_ promotion: Promotion, _ entry: LedgerEntry) -> HistoryLine {
        line(
            entry, promotion.plan, what: "\(promotion.plan.kind.rawValue) \(promotion.number)", tone: .alarm,
            result: "rollback failed: \(promotion.failure?.reason ?? "")")
    }

    static func refused(_ refusal: Fact.Refusal, _ entry: LedgerEntry) -> HistoryLine {
        HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: "\(refusal.wanted.rawValue)",
            environment: entry.draft.place?.environment, digest: refusal.digest, tag: nil, promotion: nil, tone: .bad,
            result: "refused: \(refusal.objections.first?.reason ?? "")")
    }

    static func vetoLifted(_ digest: Digest, _ entry: LedgerEntry) -> HistoryLine {
        HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: "veto",
            environment: entry.draft.place?.environment, digest: digest, tag: nil, promotion: nil, tone: .neutral,
            result: "lifted")
    }

    static func policy(_ fact: PolicyFact, _ entry: LedgerEntry, environment: EnvironmentName?) -> HistoryLine {
        HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: fact.words.what,
            environment: environment, digest: fact.digest, tag: nil, promotion: nil, tone: fact.words.tone,
            result: fact.words.result)
    }

    static func drifted(_ drift: PointerDrift, _ entry: LedgerEntry) -> HistoryLine {
        HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: "pointer",
            environment: entry.draft.place?.environment, digest: drift.observed, tag: drift.tag, promotion: nil,
            tone: drift.isOver ? .neutral : .alarm, result: drift.words)
    }

    static func owed(_ event: OwedEvent, _ entry: LedgerEntry) -> HistoryLine {
        let (what, digest, tag): (SafeText, Digest, Tag?) =
            switch event {
            case .pointerMoved(let tag, let digest): ("pointer", digest, tag)
            case .pointerOwed(let pointer): ("pointer", pointer.digest, pointer.tag)
            case .slotReturned(_, let digest): ("slot", digest, nil)
            case .slotOwed(let owed): ("slot", owed.release.digest, owed.release.tag)
            }
        return HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: what,
            environment: entry.draft.place?.environment, digest: digest, tag: tag, promotion: entry.draft.promotion,
            tone: event.isSettled ? .good : .bad, result: event.words)
    }

    static func pointerAdopted(_ tag: Tag, _ observed: Digest?, _ entry: LedgerEntry) -> HistoryLine {
        HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: "pointer",
            environment: entry.draft.place?.environment, digest: observed, tag: tag, promotion: nil, tone: .neutral,
            result: "adopted: \(tag) names \(observed?.short() ?? "nothing")")
    }

    static func moved(_ move: TagMove, _ entry: LedgerEntry) -> HistoryLine {
        HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: "tag moved", environment: nil,
            digest: move.to, tag: move.tag, promotion: nil, tone: .bad, result: move.words(seenFrom: entry.draft.at))
    }

    static func evidence(_ evidence: Evidence, _ entry: LedgerEntry) -> HistoryLine {
        HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: "evidence",
            environment: evidence.environment, digest: evidence.digest, tag: nil, promotion: nil,
            tone: evidence.isWhole ? .good : .bad, result: evidence.summary)
    }

    static func passport(_ result: PassportResult, _ entry: LedgerEntry) -> HistoryLine {
        HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: "passport",
            environment: entry.draft.place?.environment, digest: result.digest, tag: nil, promotion: entry.draft.promotion,
            tone: .neutral, result: result.outcome.words)
    }

    private static func line(
        _ entry: LedgerEntry, _ plan: PromotionPlan, who: SafeText? = nil, what: SafeText, tone: Tone, result: SafeText
    ) -> HistoryLine {
        HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: who ?? entry.draft.actor.name, what: what,
            environment: plan.place.environment, digest: plan.release.digest, tag: plan.release.tag,
            promotion: entry.draft.promotion, tone: tone, result: result)
    }
}
