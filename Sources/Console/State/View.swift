package import PromotionCore

/// One screen of the console.
package enum View: Hashable, Sendable {
    case fleet
    case service(ServiceName)
    /// What can be promoted from the first environment of a service's path, and into it.
    case candidates(ServiceName)
    /// The plan that `ConsoleState.plan` holds.
    case plan
    /// A promotion; without a number the newest of the service.
    case live(ServiceName, PromotionNumber?)
    case history(ServiceName)
    case release(ServiceName, Digest)
    /// Promotions of all services that wait for people to agree.
    case approvals
    /// What retention keeps, takes and has taken of a service's repository.
    case retention(ServiceName)
    case why(WhySubject)
    case help(Scope)

    /// The part of the key map that holds here.
    package var scope: Scope {
        switch self {
        case .fleet: .fleet
        case .service: .service
        case .candidates: .candidates
        case .plan: .plan
        case .live: .live
        case .history: .history
        case .release: .release
        case .approvals: .approvals
        case .retention: .retention
        case .why: .why
        case .help: .help
        }
    }
}

/// What `x` explains.
package enum WhySubject: Hashable, Sendable {
    case row(Place, SlotName)
    case service(ServiceName)
    case plan
    case promotion(PromotionNumber)
    /// A digest in the view of retention.
    case retained(ServiceName, Digest)
    /// Why the agent did not do what was asked.
    case refusal
}

/// Where a key binding holds.
package enum Scope: String, Hashable, Sendable, CaseIterable {
    case everywhere, fleet, service, candidates, plan, live, history, release, approvals, retention, why, help
    /// A sheet over any view.
    case sheet
}

/// What sets a row apart from all others, whatever stands above it.
package enum RowID: Hashable, Sendable {
    case service(ServiceName)
    case slot(Place, SlotName)
    case choice(Digest, EnvironmentName)
    case entry(Int64)
    case promotion(PromotionNumber)
    case digest(Digest)

    /// Whether it is a slot of this environment.
    func isSlot(of place: Place) -> Bool { if case .slot(place, _) = self { true } else { false } }
}

/// A place in a list: the row itself, and where it was last seen should it be gone.
package struct Cursor: Hashable, Sendable {
    package var row: RowID?
    package var index = 0

    package init() {}
}
