internal import PromotionCore

extension Explorer {
    /// What must not be of a promotion as it stands, whatever led there.
    static func flaws(of promotion: Promotion, _ routing: Routing?) -> [String] {
        [
            standsStill(promotion), waitsForEver(promotion), changesWithoutLease(promotion), touchesLiveTooEarly(promotion),
            endsElsewhere(promotion, routing), hidesWhy(promotion),
        ].compactMap(\.self)
    }

    /// Whatever has not ended wants something, or waits for a person.
    private static func standsStill(_ promotion: Promotion) -> String? {
        let waits = !promotion.pending.isEmpty || promotion.hasEnded || promotion.state == .rollbackFailed
        return waits ? nil : "nothing is pending, and it has not ended"
    }

    /// Only the alarm waits without end; everything else has a deadline, and time alone leads on from it.
    private static func waitsForEver(_ promotion: Promotion) -> String? {
        var promotion = promotion
        for _ in 0..<20 {
            if promotion.hasEnded || promotion.state == .rollbackFailed { return nil }
            let deadline = promotion.pending.lazy.compactMap { if case .deadline(let time) = $0 { time } else { nil } }.first
            guard let deadline else { return "there is no deadline" }
            let before = promotion.state
            do throws(PromotionFault) { try promotion.apply(.deadlinePassed(deadline), at: deadline) } catch {
                return "its own deadline is refused: \(error)"
            }
            if promotion.state == before, promotion.deadline == deadline { return "its deadline leads nowhere" }
        }
        return "time alone never ends it"
    }

    /// The world is changed under a lease, or not at all.
    private static func changesWithoutLease(_ promotion: Promotion) -> String? {
        guard promotion.lease == nil, let change = promotion.pending.first(where: \.changesWorld) else { return nil }
        return "without a lease it wants \(change)"
    }

    /// Before the commit point a promotion leaves the live slot, and the traffic on it, as they are.
    private static func touchesLiveTooEarly(_ promotion: Promotion) -> String? {
        guard !promotion.isCommitted, promotion.plan.kind == .promotion, !promotion.hasEnded else { return nil }
        let touch = promotion.pending.first { effect in
            switch effect {
            case .trafficOn: true
            case .slotRuns(let slot, _), .slotStopped(let slot): slot == promotion.plan.live?.slot
            default: false
            }
        }
        return touch.map { "before the commit point it wants \($0)" }
    }

    /// An end says where traffic is.
    private static func endsElsewhere(_ promotion: Promotion, _ routing: Routing?) -> String? {
        let plan = promotion.plan
        guard plan.strategy != .replace, let outcome = promotion.state.outcome else { return nil }
        let wanted: SlotName? =
            switch outcome {
            case .rolledBack, .rolledBackUnverified: plan.goal?.slot
            case .succeeded: plan.slot
            case .cancelled, .expired, .rejected, .superseded: plan.live?.slot
            default: routing?.live
            }
        return routing?.live == wanted ? nil : "traffic is on \(routing?.live?.text ?? "no one slot")"
    }

    /// What did not succeed says why.
    private static func hidesWhy(_ promotion: Promotion) -> String? {
        guard promotion.plan.kind == .promotion, let outcome = promotion.state.outcome, outcome != .succeeded else {
            return promotion.state == .rollbackFailed && promotion.failure == nil ? "an alarm without a reason" : nil
        }
        return promotion.failure == nil ? "it is \(outcome.words) without a reason" : nil
    }
}
