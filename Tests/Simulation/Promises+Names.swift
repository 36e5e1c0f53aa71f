internal import Fixtures
internal import PromotionCore

extension Promises {
    static let namesAreTrue = Promise<Recorded>("Nothing is changed under a tag that named another image when it was last asked")
    {
        moment in
        guard let (plan, since) = moment.firstChange, plan.kind == .promotion, let tag = plan.release.tag else { return nil }
        let named = moment.world.places.keys.compactMap { moment.world.tags[$0]?[tag] }
        guard !named.isEmpty, !named.contains(plan.release.digest),
            let moved = moment.world.pushedAgain[tag], moved < since
        else { return nil }
        return "\(plan.release.digest.short()) goes to \(plan.place) as \(tag), which was pushed again at \(moved.clock)"
    }

    static let movesAreKnown = Promise<AtRest>("That a tag of a promoted release moved is known") { moment in
        guard let tags = moment.world.tags[Fixtures.repository], let told = moment.projection.services[Fixtures.payments] else {
            return nil
        }
        for promotion in told.promotions {
            guard let tag = promotion.plan.release.tag, moment.world.pushedAgain[tag] != nil,
                let now = tags[tag], now != promotion.plan.release.digest, !moment.world.witness.hasStranger
            else { continue }
            if told.tagMoves.last(where: { $0.tag == tag })?.to != now { return "\(tag) names \(now.short())" }
        }
        return nil
    }

    static let movesAreTold = Promise<Recorded>("A tag is said to have moved only where it did") { moment in
        guard case .tagMoved(let move) = moment.fact, !moment.world.witness.hasStranger else { return nil }
        return moment.world.pushedAgain[move.tag] == nil ? "\(move.tag) was never pushed again" : nil
    }
}
