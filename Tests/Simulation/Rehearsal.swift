internal import Fixtures
package import PromotionCore

/// Plans as the simulated environments give rise to them: what the machine can be walked with.
package enum Rehearsal {
    /// One plan of every kind that an episode can come to.
    package static func plans() -> [PromotionPlan] {
        var plans: [PromotionPlan] = []
        for switching in EnvironmentPolicy.Switching.allCases {
            for onInconclusive in EnvironmentPolicy.OnInconclusive.allCases {
                for isNew in [false, true] {
                    var rules = Script.Rules()
                    rules.switching = switching
                    rules.onInconclusive = onInconclusive
                    rules.isNew = isNew
                    rules.retries = true
                    rules.approvals = 1
                    plans += promotions(rules)
                    rules.isCanary = true
                    plans += promotions(rules)
                }
            }
        }
        return plans + rollbacks(isCanary: false) + rollbacks(isCanary: true)
    }

    private static func promotions(_ rules: Script.Rules) -> [PromotionPlan] {
        [Operation.testing, Operation.prod].compactMap { place in
            var chronicle = Chronicle()
            if rules.isNew {
                try? chronicle.record(.adopted(.init(slots: [:], live: nil, pointers: [:])), at: place)
            } else {
                try? chronicle.adoptFleet(serving: Operation.serving, warm: Operation.warm)
            }
            let evidence = Evidence(
                digest: Operation.fresh.digest, environment: Fixtures.staging, source: .ci(Fixtures.alice), at: chronicle.now,
                passed: 1, total: 1, note: nil)
            try? chronicle.record(.evidence(evidence), at: Operation.staging)
            return PromotionPlan.make(
                PromotionRequest(place: place, digest: Operation.fresh.digest), snapshot(of: place, rules, chronicle)
            ).plan
        }
    }

    private static func rollbacks(isCanary: Bool) -> [PromotionPlan] {
        var rules = Script.Rules()
        rules.isCanary = isCanary
        return [Operation.testing, Operation.prod].compactMap { place in
            var chronicle = Chronicle()
            try? chronicle.adoptFleet(serving: Operation.warm, warm: Operation.fresh)
            try? chronicle.adoptFleet(serving: Operation.serving, warm: Operation.warm)
            return PromotionPlan.makeRollback(of: place, snapshot(of: place, rules, chronicle)).plan
        }
    }

    private static func snapshot(of place: Place, _ rules: Script.Rules, _ chronicle: Chronicle) -> PlanningSnapshot {
        let slots: [SlotName: Release] =
            place == Operation.prod
            ? [Fixtures.blue: Operation.serving, Fixtures.green: Operation.warm] : [.only: Operation.serving]
        let live: SlotName = place == Operation.prod ? Fixtures.blue : .only
        let pointers = [Tag(pointerOf: place.environment): Operation.serving.digest]
        return PlanningSnapshot(
            takenAt: chronicle.now, service: rules.service,
            projection: chronicle.projection.services[place.service] ?? ServiceProjection(), lookup: .found(Operation.fresh),
            observation: Fixtures.observation(
                rules.isNew ? [:] : slots, live: live, pointers: rules.isNew ? [:] : pointers, at: chronicle.now),
            lease: .known(nil, at: chronicle.now))
    }
}
