package import Fixtures
package import PromotionCore

/// Which parts of the machine were walked: states, and changes of state, of each way to release.
package struct Coverage: Sendable {
    package private(set) var states: [String: Set<String>] = [:]
    package private(set) var edges: [String: Set<Explorer.Edge>] = [:]

    package init() {}

    /// The part of the machine that a plan walks.
    package static func part(of plan: PromotionPlan) -> String { "\(plan.kind.rawValue) \(plan.strategy.rawValue)" }

    mutating func begin(_ promotion: Promotion) {
        states[Self.part(of: promotion.plan), default: []].insert(promotion.state.words)
    }

    mutating func step(from before: Promotion, to after: Promotion) {
        guard before.state.words != after.state.words else { return }
        states[Self.part(of: after.plan), default: []].insert(after.state.words)
        edges[Self.part(of: after.plan), default: []].insert(.init(from: before.state, to: after.state))
    }

    package mutating func add(_ other: Coverage) {
        states.merge(other.states) { $0.union($1) }
        edges.merge(other.edges) { $0.union($1) }
    }

    /// Everything that plans like these can walk, found by walking all of it.
    package static func all(of plans: [PromotionPlan]) -> Coverage {
        var coverage = Coverage()
        for plan in plans {
            let found = Explorer.explore(plan)
            coverage.states[part(of: plan), default: []].formUnion(found.states)
            coverage.edges[part(of: plan), default: []].formUnion(found.edges)
        }
        return coverage
    }

    /// What of this the other lacks, in words.
    package func missing(from other: Coverage) -> [String] {
        let states = self.states.flatMap { part, all in
            all.subtracting(other.states[part] ?? []).map { "\(part): \($0)" }
        }
        let edges = self.edges.flatMap { part, all in
            all.subtracting(other.edges[part] ?? []).map { "\(part): \($0)" }
        }
        return states.sorted() + edges.sorted()
    }

    package var stateCount: Int { states.values.reduce(0) { $0 + $1.count } }
    package var edgeCount: Int { edges.values.reduce(0) { $0 + $1.count } }
}
