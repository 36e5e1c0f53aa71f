package import PromotionCore

/// Walks the machine through everything that can happen to one plan, breadth first, until nothing new is found.
///
/// Two promotions that differ only in times and in counts are the same: a check answers as often as it takes to decide. What
/// must hold wherever a promotion stands is checked at every one of them; the world is small, and nothing in it is left to
/// chance.
package struct Explorer {
    /// A change of state that some event leads to.
    package struct Edge: Hashable, Comparable, Sendable, CustomStringConvertible {
        package let from: String
        package let to: String

        package init(from: PromotionState, to: PromotionState) {
            self.from = from.words
            self.to = to.words
        }

        package static func < (left: Edge, right: Edge) -> Bool { (left.from, left.to) < (right.from, right.to) }
        package var description: String { "\(from) → \(to)" }
    }

    /// What a walk came across.
    package struct Found: Sendable {
        /// Promotions that differ.
        package var count = 0
        package var states: Set<String> = []
        package var edges: Set<Edge> = []
        package var outcomes: Set<Outcome> = []
        /// What must not be, in words; empty for a right machine.
        package var flaws: [String] = []
    }

    /// A promotion, and where the world's traffic is.
    private struct Scene {
        let promotion: Promotion
        let routing: Routing?
    }

    private let plan: PromotionPlan
    private let hash: Digest
    private var found = Found()
    private var scenes: [Scene] = []
    private var numbers: [Key: Int] = [:]
    /// Where each scene was first reached from.
    private var origins: [(scene: Int, event: PromotionEvent)?] = []
    /// Scenes that lead to a scene, by its number.
    private var sources: [[Int]] = []

    private init(_ plan: PromotionPlan) {
        self.plan = plan
        hash = plan.hash
    }

    /// Everything that a plan can lead to.
    package static func explore(_ plan: PromotionPlan) -> Found {
        var explorer = Explorer(plan)
        explorer.walk()
        return explorer.found
    }

    private mutating func walk() {
        let first = Promotion(number: PromotionNumber(1), plan: plan, by: Fixtures.alice, reason: nil, at: Fixtures.start)
        _ = number(of: Scene(promotion: first, routing: plan.live.map { Routing(all: $0.slot) }), from: nil)
        var next = 0
        while next < scenes.count {
            visit(next)
            next += 1
        }
        found.count = scenes.count
        checkThatAllCanEnd()
    }

    private mutating func visit(_ number: Int) {
        let scene = scenes[number]
        found.states.insert(scene.promotion.state.words)
        report(Self.flaws(of: scene.promotion, scene.routing), at: number)
        if let outcome = scene.promotion.state.outcome {
            found.outcomes.insert(outcome)
            return
        }
        let events = Self.events(scene.promotion, hash: hash).map { ($0, Fixtures.start) }
        for (event, now) in events + Self.lateEvents(scene.promotion, hash: hash) {
            var promotion = scene.promotion
            do throws(PromotionFault) { try Self.apply(event, to: &promotion, at: now) } catch {
                if promotion != scene.promotion { report(["a refused event changed something: \(event)"], at: number) }
                continue
            }
            if promotion.state.words != scene.promotion.state.words {
                found.edges.insert(Edge(from: scene.promotion.state, to: promotion.state))
            }
            let after = self.number(
                of: Scene(promotion: promotion, routing: Self.routing(after: event, scene.routing)), from: (number, event))
            sources[after].append(number)
        }
    }

    /// Measurements of one kind that decide any check.
    private static let decisive = 12

    /// Applies an event; a measurement again and again until it changes what is wanted.
    private static func apply(
        _ event: PromotionEvent, to promotion: inout Promotion, at now: Timestamp
    ) throws(PromotionFault) {
        let before = promotion
        try promotion.apply(event, at: now)
        guard case .measured = event else { return }
        for _ in 1..<decisive where promotion.state == before.state && promotion.pending == before.pending {
            try promotion.apply(event, at: now)
        }
    }

    /// The number of a scene; a new one is put where walks go on.
    private mutating func number(of scene: Scene, from origin: (Int, PromotionEvent)?) -> Int {
        let key = Key(scene.promotion, scene.routing)
        if let known = numbers[key] { return known }
        numbers[key] = scenes.count
        scenes.append(scene)
        origins.append(origin.map { (scene: $0.0, event: $0.1) })
        sources.append([])
        return scenes.count - 1
    }

    /// A promotion from which no end can be reached any more is a trap.
    private mutating func checkThatAllCanEnd() {
        var canEnd = Array(repeating: false, count: scenes.count)
        var queue = scenes.indices.filter { scenes[$0].promotion.hasEnded }
        for end in queue { canEnd[end] = true }
        while let number = queue.popLast() {
            for source in sources[number] where !canEnd[source] {
                canEnd[source] = true
                queue.append(source)
            }
        }
        for trap in scenes.indices where !canEnd[trap] { report(["nothing leads from here to an end"], at: trap) }
    }

    private static let flawLimit = 20

    /// Notes what must not be, with the way there.
    private mutating func report(_ flaws: [String], at number: Int) {
        guard !flaws.isEmpty, found.flaws.count < Self.flawLimit else { return }
        var way: [String] = []
        var place = number
        while let origin = origins[place] {
            way.append(origin.event.kind)
            place = origin.scene
        }
        let state = scenes[number].promotion.state
        found.flaws += flaws.map { "\(state.words): \($0) (after \(way.reversed().joined(separator: ", ")))" }
    }
}

extension Explorer {
    /// What two promotions must share to be the same for whatever comes next.
    private struct Key: Hashable {
        let state: PromotionState
        let hasLease: Bool
        let isCommitted: Bool
        let pending: [Effect]
        let conflicts: [Tag: Int]
        let owed: Set<Tag>
        let approvals: Int
        let automaticRollbacks: Int
        /// Checks of the open gate that had nothing to judge.
        let silent: [CheckName]
        let routing: Routing?

        init(_ promotion: Promotion, _ routing: Routing?) {
            state = promotion.state
            hasLease = promotion.lease != nil
            isCommitted = promotion.isCommitted
            pending = promotion.pending
            approvals = promotion.approvals.count
            automaticRollbacks = promotion.automaticRollbacks
            silent =
                promotion.openGate.map { gate in
                    promotion.plan.checks(in: gate).filter { promotion.gates[gate]?.lacksData($0) ?? false }.map(\.name)
                } ?? []
            owed = Set(promotion.owed.keys)
            conflicts = promotion.found.mapValues { min($0.times, 4) }
            self.routing = routing
        }
    }

    /// Where traffic is after an event, as a world would have it.
    private static func routing(after event: PromotionEvent, _ before: Routing?) -> Routing? {
        switch event {
        case .achieved(.trafficOn(let slot), _): Routing(all: slot)
        case .achieved(.trafficSplit(let routing), _): routing
        case .routingObserved(let routing): routing
        default: before
        }
    }
}
