/// What can be done about what serves in an environment, as it was decided from a board.
///
/// Sheet, command, agent and simulated people share it: what was offered under a hash is what happens, or nothing does.
package struct RollbackOffer: Hashable, Sendable {
    /// What is done.
    package enum Effect: Hashable, Sendable, Codable {
        /// The promotion under way is stopped before it moves traffic: what serves stays.
        case stop(PromotionNumber)
        /// The promotion under way has moved traffic, and is taken back.
        case takeBack(PromotionNumber, to: Digest)
        /// What serves gives way to an earlier release; a promotion under way is stopped first.
        case goBack(to: Digest)
    }

    /// The promotion under way in the environment.
    package struct UnderWay: Hashable, Sendable {
        package let number: PromotionNumber
        package let release: Release
        package let state: PromotionState
        /// Whether it has moved traffic.
        package let isCommitted: Bool
    }

    package let place: Place
    /// What serves; `nil` if nothing does, or nobody knows.
    package let serving: Occupant?
    /// What is wrong with what serves, as the last look found it; `nil` if nothing is known to be.
    package let complaint: SafeText?
    /// `nil` if nothing can be done; `readiness` then says why.
    package let effect: Effect?
    /// The goal with its readiness; for a stop what `goBack` would come to.
    package let readiness: RollbackReadiness
    package let underWay: UnderWay?
    /// The release that gets a veto, unless the person says no; `nil` if none loses its place.
    package let rejected: Release?
    /// The rollback whose veto the goal has: it is offered because nothing else is left.
    package let lastResort: EnvironmentProjection.ManualRollback?

    /// Names what was decided: the environment, what is done to which promotion, from what to what, in which slot without a
    /// deploy, and what gets a veto. What is measured is no part of it.
    package var hash: Digest {
        let decided = Decided(
            place: place, from: serving.map { [$0.slot.text, "\($0.release.digest)"] }, effect: effect,
            warm: effect.flatMap { $0.movesTraffic ? readiness.warmSlot : nil }, underWay: underWay?.number,
            isCommitted: underWay?.isCommitted, rejected: rejected?.digest, lastResort: lastResort?.number)
        return CanonicalJSON.digest(of: decided)
    }

    private struct Decided: Encodable {
        let place: Place
        let from: [String]?
        let effect: Effect?
        let warm: SlotName?
        let underWay: PromotionNumber?
        let isCommitted: Bool?
        let rejected: Digest?
        let lastResort: PromotionNumber?
    }

    /// Why nothing can be done; `nil` if something can.
    package var objection: SafeText? {
        guard effect == nil else { return nil }
        switch readiness {
        case .none(let reason): return reason
        case .unknown(_, let cause, let since): return "whether a slot runs a goal is not known since \(since): \(cause)"
        case .warm, .cold: return nil
        }
    }

    /// The goal, if traffic goes to one.
    package var goal: RollbackGoal? { effect?.movesTraffic ?? false ? readiness.goal : nil }

    /// Whether a person can say that nothing gets a veto.
    package var canSpare: Bool { rejected != nil }
}

extension RollbackOffer.Effect {
    /// Whether users get another release.
    package var movesTraffic: Bool {
        switch self {
        case .stop: false
        case .takeBack, .goBack: true
        }
    }
}

extension RollbackReadiness {
    /// The slot that runs the goal already.
    package var warmSlot: SlotName? { if case .warm(let slot, _) = self { slot } else { nil } }

    /// Whether no look could tell if a slot runs the goal.
    package var isUnknown: Bool { if case .unknown = self { true } else { false } }
}

/// What a person says to an offer; the agent refuses it if the offer is no longer what it was.
package struct RollbackOrder: Hashable, Sendable, Codable {
    package let place: Place
    package let effect: RollbackOffer.Effect
    /// The hash of the offer that the person saw.
    package let offer: Digest
    /// Whether the release that goes gets a veto.
    package let vetoes: Bool
    package let reason: SafeText?

    /// The order to do what an offer says; `nil` if it says that nothing can be done.
    package init?(_ offer: RollbackOffer, vetoes: Bool = true, reason: SafeText? = nil) {
        guard let effect = offer.effect else { return nil }
        place = offer.place
        self.effect = effect
        self.offer = offer.hash
        self.vetoes = vetoes
        self.reason = reason
    }
}

extension RollbackOffer {
    /// The offer in few words: `roll back 65f9a599 to a62b8a14`.
    package var words: SafeText {
        let from: SafeText = serving.map { "\($0.release.digest.short())" } ?? "what serves"
        switch effect {
        case .stop(let number): return "stop promotion \(number); \(from) stays"
        case .takeBack(let number, let goal): return "take promotion \(number) back to \(goal.short())"
        case .goBack(let goal):
            let first: SafeText = underWay.map { "stop promotion \($0.number), then " } ?? ""
            return "\(first)roll \(from) back to \(goal.short())"
        case nil: return objection ?? "nothing can be done"
        }
    }
}
