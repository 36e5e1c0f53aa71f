import Fixtures
import PromotionCore
import Testing

/// Walks the machine through everything that can happen in a small world and checks what must never be.
@Suite struct ExhaustiveTests {
    /// Everything that could come next: each outcome of each pending effect, every request, and a crash.
    static func events(_ promotion: Promotion) -> [PromotionEvent] {
        var events: [PromotionEvent] = [
            .abortRequested(reason: "a"), .rollbackRequested(reason: "r"), .goOnRequested(reason: "g"), .resumed,
            .leaseLost(reason: "l"),
        ]
        for effect in promotion.pending {
            switch effect {
            case .leaseHeld: events += [.leaseTaken(Walk.lease()), .leaseRefused(holder: Walk.lease())]
            case .deadline(let time): events.append(.deadlinePassed(time))
            case .checkAnswered(let gate, let check, _):
                events += [.pass, .fail("f"), .error("e"), .inconclusive("i"), .void("v")].map { Walk.measured(gate, check, $0) }
            case .routingObserved:
                events += [Fixtures.blue, Fixtures.green].map { .routingObserved(Routing(all: $0)) }
                events.append(.routingObserved(Routing(weights: [Fixtures.blue: 50, Fixtures.green: 50])))
            case .slotObserved(let slot):
                events += [promotion.plan.release.digest, nil].map { .slotObserved(slot: slot, digest: $0) }
            case .pointerNames(let tag, _, let expected):
                events.append(.pointerConflict(tag: tag, expected: expected, observed: nil))
                fallthrough
            case .imageReady, .slotRuns, .slotStopped, .trafficOn:
                events.append(.achieved(effect: effect, detail: ""))
                events += [Fault.Kind.refused, .unknown].map { .failed(effect: effect, fault: Fault($0, "f")) }
            }
        }
        return events
    }

    /// What two promotions must share to be the same for what comes next; times and counted history do not matter.
    struct Key: Hashable {
        let state: PromotionState
        let hasLease: Bool
        let isCommitted: Bool
        let achieved: Set<Effect>
        let counts: [Gate: [CheckName: [Int]]]
        let traffic: SlotName?

        init(_ promotion: Promotion, _ traffic: SlotName?) {
            state = promotion.state
            hasLease = promotion.lease != nil
            isCommitted = promotion.isCommitted
            achieved = promotion.achieved.filter { if case .deadline = $0 { false } else { true } }
            counts = promotion.gates.filter { $0.key == promotion.openGate }.mapValues { gate in
                gate.checks.mapValues { [min($0.passed, 3), $0.failed, $0.inconclusive, $0.consecutiveErrors, $0.voided] }
            }
            self.traffic = traffic
        }
    }

    /// Where traffic is after an event, as a world would have it.
    static func traffic(_ event: PromotionEvent, _ before: SlotName?) -> SlotName? {
        switch event {
        case .achieved(.trafficOn(let slot), _): slot
        case .routingObserved(let routing): routing.live
        default: before
        }
    }

    static func explore(_ plan: PromotionPlan) throws -> (count: Int, outcomes: Set<Outcome>, states: Set<String>) {
        var seen: Set<Key> = []
        var outcomes: Set<Outcome> = []
        var states: Set<String> = []
        var queue: [(Promotion, SlotName?)] = [(Walk(plan).promotion, plan.live?.slot)]
        while let (promotion, traffic) = queue.popLast() {
            guard seen.insert(Key(promotion, traffic)).inserted else { continue }
            states.insert(promotion.state.words)
            try check(promotion, traffic)
            if let outcome = promotion.state.outcome {
                outcomes.insert(outcome)
                continue
            }
            for event in events(promotion) {
                var next = promotion
                let after = Self.traffic(event, traffic)
                do { try next.apply(event, at: Fixtures.start) } catch {
                    #expect(next == promotion, "a refused event changed something: \(event)")
                    continue
                }
                queue.append((next, after))
            }
        }
        return (seen.count, outcomes, states)
    }

    /// What must hold wherever a promotion stands.
    static func check(_ promotion: Promotion, _ traffic: SlotName?) throws {
        let plan = promotion.plan
        let waits = !promotion.pending.isEmpty || promotion.hasEnded || promotion.state == .rollbackFailed
        #expect(waits, "\(promotion.state) waits for nothing and has not ended")
        if promotion.lease == nil {
            let changes = promotion.pending.filter(\.changesWorld)
            #expect(changes.isEmpty, "the world is changed without a lease in \(promotion.state)")
        }
        if !promotion.isCommitted, plan.kind == .promotion, !promotion.hasEnded {
            let touchesLive = promotion.pending.contains { effect in
                switch effect {
                case .trafficOn: true
                case .slotRuns(let slot, _), .slotStopped(let slot): slot == plan.live?.slot
                default: false
                }
            }
            #expect(!touchesLive, "the live slot is touched before the commit point in \(promotion.state)")
        }
        switch promotion.state.outcome {
        case .rolledBack where plan.strategy == .blueGreen:
            #expect(traffic == plan.goal?.slot, "rolled back, but traffic is on \(traffic?.text ?? "nothing")")
        case .succeeded where plan.strategy == .blueGreen: #expect(traffic == plan.slot)
        case .cancelled, .expired: #expect(traffic == plan.live?.slot || plan.strategy == .replace)
        default: break
        }
    }

    @Test func `blue-green: nothing that can happen breaks a promise`() throws {
        let found = try Self.explore(PromotionTests.plan(switching: .manual))
        #expect(found.outcomes == [.succeeded, .rolledBack, .rolledBackUnverified, .failed, .cancelled, .expired])
        #expect(
            found.states.isSuperset(of: [
                "ready to switch", "indeterminate", "rollback failed", "inconclusive", "aborting", "closing",
            ]))
        #expect(found.count > 500)
    }

    @Test func `replace: nothing that can happen breaks a promise`() throws {
        let found = try Self.explore(PromotionTests.plan(at: Fixtures.staging))
        #expect(found.outcomes.isSuperset(of: [.succeeded, .rolledBack, .failed, .cancelled, .expired]))
    }

    @Test func `rollback: nothing that can happen breaks a promise`() throws {
        let found = try Self.explore(PromotionTests.rollbackPlan())
        #expect(found.outcomes.isSuperset(of: [.rolledBack, .rolledBackUnverified, .expired]))
        #expect(!found.states.contains("succeeded"))
    }
}
