package import PromotionCore

extension Explorer {
    /// Everything that could come next, as it is recorded: each outcome of each pending effect, every request of a person, and
    /// a crash.
    /// - Parameter hash: the plan's, which is costly to make again for every step.
    static func events(_ promotion: Promotion, hash: Digest) -> [PromotionEvent] {
        (requests(promotion, hash) + promotion.pending.flatMap { outcomes(of: $0, promotion, hash) }).map(promotion.recorded)
    }

    /// What comes so late that the consent which was given has grown old by then.
    static func lateEvents(_ promotion: Promotion, hash: Digest) -> [(PromotionEvent, Timestamp)] {
        guard let rule = promotion.plan.approval, promotion.state == .preparing, promotion.pending.contains(.conditionsHold)
        else { return [] }
        return [(.conditionsEvaluated([], plan: hash), Fixtures.start + rule.expires)]
    }

    private static func requests(_ promotion: Promotion, _ hash: Digest) -> [PromotionEvent] {
        [
            .abortRequested(reason: "a"), .rollbackRequested(reason: "r"), .goOnRequested(reason: "g"), .resumed,
            .leaseLost(reason: "l"), .pauseRequested(by: Fixtures.alice, reason: "p"), .resumeRequested(reason: "u"),
            .retryRequested(reason: "t"), .rejected(by: Fixtures.bob, reason: "n"),
            .superseded(by: PromotionNumber(2)),
            .approved(Approval(by: Fixtures.bob, role: .approver, at: Fixtures.start, plan: hash)),
        ]
    }

    /// Whatever can become of one effect.
    private static func outcomes(of effect: Effect, _ promotion: Promotion, _ hash: Digest) -> [PromotionEvent] {
        let plan = promotion.plan
        switch effect {
        case .conditionsHold:
            return [
                .conditionsEvaluated([], plan: hash), .conditionsEvaluated([], plan: nil),
                .conditionsEvaluated([Fixtures.soaking], plan: hash),
                .conditionsEvaluated([.init(.noIdleSlot, "o", remedy: "r")], plan: hash),
            ]
        case .elapsed: return [.achieved(effect: effect, detail: "")]
        case .leaseHeld: return [.leaseTaken(lease(plan.place)), .leaseRefused(holder: lease(plan.place))]
        case .deadline(let time): return [.deadlinePassed(time)]
        case .checkAnswered(let gate, let check, _):
            let mayBeSilent = plan.checks.first { $0.name == check }.map { $0.signal != nil || $0.kind == .container } ?? false
            return (answers + (mayBeSilent ? [.skipped("s")] : [])).map { measured(gate, check, $0) }
        case .routingObserved:
            let slots = Set([plan.slot, plan.live?.slot].compactMap(\.self)).sorted()
            let weights = Dictionary(uniqueKeysWithValues: slots.map { ($0, 100 / slots.count) })
            let steps = plan.steps.compactMap { step in
                plan.live.map { PromotionEvent.routingObserved(Routing(step.weight, to: plan.slot, rest: $0.slot)) }
            }
            return slots.map { .routingObserved(Routing(all: $0)) } + [.routingObserved(Routing(weights: weights))] + steps
        case .slotObserved(let slot):
            return [plan.release.digest, nil].map { .slotObserved(slot: slot, digest: $0) }
        case .pointerNames(let tag, _, let expected):
            return [
                .pointerConflict(tag: tag, expected: expected, observed: nil),
                .pointerConflict(tag: tag, expected: expected, observed: Fixtures.release("stranger").digest),
            ] + results(of: effect)
        case .imageCopied:
            return [.imageCopied(CopyReport())] + results(of: effect).filter { if case .failed = $0 { true } else { false } }
        case .imageReady, .slotRuns, .slotStopped, .trafficOn, .trafficSplit: return results(of: effect)
        }
    }

    private static let answers: [Measurement.Result] = [
        .pass, .fail("f"), .error("e"), .inconclusive("i"), .void("v"), .settling("t"),
    ]

    private static func results(of effect: Effect) -> [PromotionEvent] {
        [.achieved(effect: effect, detail: "")]
            + [Fault.Kind.refused, .unknown].map { .failed(effect: effect, fault: Fault($0, "f")) }
    }

    /// A lease of a place, as the first that is taken.
    package static func lease(_ place: Place, fence: Int64 = 1) -> Lease {
        Lease(
            place: place,
            holder: LeaseHolder(owner: Fixtures.alice, session: "s", promotion: PromotionNumber(1), reason: "promotion 1"),
            fence: Fence(fence), since: Fixtures.start, expires: Fixtures.start + .minutes(1))
    }

    /// A measurement that came to a result.
    package static func measured(_ gate: Gate, _ check: CheckName, _ result: Measurement.Result) -> PromotionEvent {
        .measured(gate: gate, check: check, measurement: Measurement(sample: Fixtures.sample(.identity), result: result))
    }
}
