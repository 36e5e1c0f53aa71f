internal import Fixtures
internal import PromotionCore

/// An offer that a person was shown and ordered.
struct RollbackOrdered: Sendable {
    let offer: RollbackOffer
    let vetoes: Bool
    let by: Account

    /// Whether a rollback that begins is this order, from where to where.
    func isOrder(for start: Fact.Start, by moment: Recorded) -> Bool {
        offer.place == moment.entry.draft.place && offer.effect == .goBack(to: start.plan.release.digest)
            && offer.serving?.release.digest == start.plan.live?.release.digest && by == moment.entry.draft.actor
            && start.rollback?.vetoes == vetoes
    }
}

/// What people order of what they were offered: what was offered is what happens, or nothing does.
extension Promises {
    static let whatWasOfferedHappens = Promise<Recorded>("What a person's rollback does is what was offered, and where") {
        moment in
        let (actor, orders) = (moment.entry.draft.actor, moment.world.witness.orders)
        guard actor != Fixtures.agent else { return nil }
        switch moment.fact {
        case .started(let start) where start.plan.kind == .rollback && start.joint == nil:
            if orders.contains(where: { $0.isOrder(for: start, by: moment) }) { return nil }
            return "nobody was offered to roll \(start.plan.place) back to \(start.plan.release.digest.short())"
        case .happened(.rollbackRequested(_, let terms)):
            guard let after = moment.after, let goal = after.plan.goal?.release.digest else { return nil }
            let wasOffered = orders.contains { order in
                order.offer.effect == .takeBack(after.number, to: goal) && order.offer.place == after.plan.place
                    && order.by == actor && terms?.vetoes == order.vetoes
            }
            return wasOffered ? nil : "nobody was offered to take \(after.number) back to \(goal.short())"
        default: return nil
        }
    }

    static let neverToWhatComes = Promise<Recorded>(
        "A rollback never moves traffic to a release under promotion"
    ) { moment in
        guard case .started(let start) = moment.fact, start.plan.kind == .rollback else { return nil }
        let coming = moment.world.witness.projection.unfinished.first { promotion in
            promotion.plan.place == start.plan.place && promotion.number != moment.after?.number
                && promotion.plan.kind == .promotion && promotion.plan.release.digests.contains(start.plan.release.digest)
        }
        let offered = moment.world.witness.orders.last { $0.isOrder(for: start, by: moment) }?.offer
        let wasComing = offered?.underWay.map { $0.release.digests.contains(start.plan.release.digest) } ?? false
        guard coming != nil || wasComing else { return nil }
        return "\(start.plan.release.digest.short()) was on its way to \(start.plan.place)"
    }

    static let stopsMoveNothing = Promise<Recorded>("A stop that was offered moves no traffic") { moment in
        guard let (event, before, after) = moment.step, case .abortRequested(let reason) = event,
            reason == Desk.rollbackReason
        else { return nil }
        let wasOffered = moment.world.witness.orders.contains { order in
            guard order.by == moment.entry.draft.actor, order.offer.place == after.plan.place else { return false }
            return order.offer.underWay?.number == after.number && order.offer.underWay?.isCommitted == false
        }
        if !wasOffered { return "nobody was offered to stop \(after.number)" }
        return before.isCommitted ? "\(after.number) had moved traffic, and goes back" : nil
    }

    static let vetoesAreAsOrdered = Promise<Recorded>("What goes gets a veto, unless the person who ordered that said no") {
        moment in
        guard let after = moment.after, moment.before?.hasEnded == false,
            after.state.outcome == .rolledBack || after.state.outcome == .rolledBackUnverified,
            let rejected = after.plan.kind == .promotion ? after.plan.release : after.plan.live?.release
        else { return nil }
        let environment = moment.world.witness.projection.services[after.plan.place.service]?
            .environments[after.plan.place.environment]
        let isVetoed = environment?.vetoes.contains { $0.digest == rejected.digest && $0.promotion == after.number } ?? false
        let isSpared = after.automaticRollbacks == 0 && after.ordered?.vetoes == false
        guard isVetoed == isSpared else { return nil }
        return "\(rejected.digest.short()) has \(isVetoed ? "a" : "no") veto of \(after.number)"
    }

    /// An order that is refused as overtaken although nothing was: no fact but the refusal was recorded, and nothing went wrong.
    static func standingOrdersAreTaken(_ order: RollbackOrder, since count: Int, _ world: World.State) -> String? {
        let isCalm = world.mishaps.odds.isEmpty && world.troubles.isEmpty && world.outages.isEmpty
        let isUnchanged = world.entries.dropFirst(count).allSatisfy { entry in
            if case .refused? = try? entry.fact() { true } else { entry.draft.place != nil && entry.draft.place != order.place }
        }
        guard isCalm, isUnchanged else { return nil }
        return "An order on an offer that still stands is carried out: \(order.effect) was refused in \(order.place)"
    }

    static let undoneByTheSame = Promise<Recorded>("Only the person who ordered a rollback undoes it, within ten minutes") {
        moment in
        guard case .started(let start) = moment.fact, let undone = start.plan.undoes else { return nil }
        let promotion = moment.world.witness.projection.promotion(undone)
        guard let promotion, promotion.hasEnded else { return "\(undone) had not ended" }
        let isTheirs = promotion.ordered?.by == moment.entry.draft.actor
        // Between the look and its fact a step of the world may take its time.
        let isInTime = moment.world.witness.watch.stay(promotion, at: moment.reading).map { $0 < .minutes(12) } ?? true
        return isTheirs && isInTime ? nil : "\(undone) is undone by \(moment.entry.draft.actor.name)"
    }

    static let undoneAfterNothing = Promise<Recorded>("An undo lifts the veto of its rollback, and no other") { moment in
        guard let after = moment.after, after.plan.undoes != nil, moment.before?.hasEnded == false,
            after.state.outcome == .succeeded
        else { return nil }
        let (place, digest) = (after.plan.place, after.plan.release.digest)
        let vetoes = moment.world.witness.projection.services[place.service]?.environments[place.environment]?.vetoes ?? []
        if vetoes.contains(where: { $0.promotion == after.plan.undoes }) { return "the veto of \(digest.short()) stays" }
        let others = moment.world.witness.rulings.vetoed(at: place)
        let lost = others.subtracting(vetoes.map(\.digest))
        return lost.first.map { "the veto on \($0.short()) is gone" }
    }
}
