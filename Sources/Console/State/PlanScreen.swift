package import PromotionCore

/// A plan that was asked for, its answer, and the consent that is being given to it.
package struct PlanScreen: Hashable, Sendable {
    /// How far the way from question to consent has gone.
    package enum Phase: Hashable, Sendable {
        /// The agent has not answered yet.
        case asked
        case shown
        /// Consent was given; the agent has not answered yet.
        case sent
    }

    package let request: PromotionRequest
    package let release: Release
    /// Whether the first digits of the digest must be typed: the environment is guarded.
    package let isTyped: Bool
    package internal(set) var phase = Phase.asked
    package internal(set) var answer: PlanAnswer?
    /// The hash of the answer's plan; what consent is given to.
    package internal(set) var hash: Digest?
    package internal(set) var typed = ""
    package internal(set) var deafUntil: Timestamp?
    package internal(set) var changed: SafeText?
    package internal(set) var showsWhatRuns = false
    package internal(set) var showsDifferences = false

    /// Digits of the digest that are typed as consent.
    package static let digits = 4

    init(request: PromotionRequest, release: Release, isTyped: Bool) {
        self.request = request
        self.release = release
        self.isTyped = isTyped
    }

    var plan: PromotionPlan? { answer?.plan }

    /// Whether consent can be given to what is on screen.
    var isStartable: Bool { phase == .shown && plan != nil && changed == nil }

    /// Why the plan no longer stands on what it was made from; nil while it does.
    func change(in board: Board) -> SafeText? {
        guard phase == .shown, let plan else { return nil }
        let ledger = board.projection.services[plan.place.service]
        if let running = ledger?.active(in: plan.place.environment) {
            return "promotion \(running.number) was started in \(plan.place.environment)"
        }
        let generation = ledger?.environments[plan.place.environment]?.generation ?? 0
        if generation != plan.generation { return "what runs in \(plan.place.environment) was changed" }
        if case .known(let routing, _)? = board.observations[plan.place]?.routing, let planned = plan.routing, routing != planned
        {
            return "traffic in \(plan.place.environment) was moved"
        }
        return nil
    }
}
