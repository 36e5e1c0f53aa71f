internal import Fixtures
internal import PromotionCore

extension Promises {
    /// What people decide by hand is held against every fact as it is written.
    static let ofRulings: [Promise<Recorded>] = [
        consentIsGiven, pinHolds, freezeHolds, handsHold, automationRests, onlyPeopleRule, refusalsEnd,
    ]

    static let consentIsGiven = Promise<Recorded>(
        "What other people have to agree to is not begun before enough of them did, to this plan, in time"
    ) { moment in
        guard let (plan, since) = moment.firstChange, let rule = plan.approval, let after = moment.after else { return nil }
        let count = moment.world.witness.rulings.agreed(to: after, under: rule, at: since)
        return count >= rule.number ? nil : "promotion \(after.number) begins with \(count) of \(rule.number)"
    }

    static let pinHolds = Promise<Recorded>("What is pinned to an image takes no other") { moment in
        guard let (plan, since) = moment.firstChange,
            let pinned = moment.world.witness.rulings.pin(of: plan.place, before: since), pinned != plan.release.digest
        else { return nil }
        return "\(plan.release.digest.short()) goes to \(plan.place), pinned to \(pinned.short())"
    }

    static let freezeHolds = Promise<Recorded>("What is frozen takes nothing, unless somebody answers for it") { moment in
        let rulings = moment.world.witness.rulings
        guard let (plan, since) = moment.firstChange, rulings.isFrozen(plan.place, since: since, now: moment.now),
            !rulings.wasOpened(.freeze, for: plan.release.digest, at: plan.place, from: since)
        else { return nil }
        return "\(plan.release.digest.short()) goes to \(plan.place)"
    }

    static let handsHold = Promise<Recorded>("What a person holds by hand is begun by nobody else") { moment in
        guard let (plan, since) = moment.firstChange,
            let holder = moment.world.witness.rulings.holder(of: plan.place, since: since, now: moment.now)
        else { return nil }
        return "\(plan.place) is held by \(holder)"
    }

    static let refusalsEnd = Promise<Recorded>("What was refused is not asked again and again by the agent itself") { moment in
        guard case .refused = moment.fact else { return nil }
        let count = moment.world.witness.refusalsInARow
        return count < 40 ? nil : "\(count) refusals in a row, and nothing else happened"
    }

    static let automationRests = Promise<Recorded>("Automation that was stopped begins nothing") { moment in
        guard case .started(let start) = moment.fact, moment.entry.draft.actor == Fixtures.agent, start.joint == nil,
            moment.world.witness.rulings.rests(start.plan.place)
        else { return nil }
        return "\(start.plan.release.digest.short()) goes to \(start.plan.place)"
    }

    static let onlyPeopleRule = Promise<Recorded>("What weakens a rule is a person's word, of one who may give it") { moment in
        let actor = moment.entry.draft.actor
        let least: Role
        switch moment.fact {
        case .policy(.overridden), .policy(.overrideClosed), .policy(.thawed), .policy(.unpinned), .vetoLifted: least = .approver
        case .policy(.vetoed), .policy(.pinned), .policy(.frozen), .happened(.rejected), .happened(.approved): least = .operator
        default: return nil
        }
        let role = Person.allCases.first { $0.account == actor }?.grant.everywhere ?? .admin
        return actor != Fixtures.agent && role >= least ? nil : "\(moment.entry.draft.kind) comes from \(actor.name)"
    }
}
