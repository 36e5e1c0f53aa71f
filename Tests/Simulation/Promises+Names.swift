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

    static let movesAreTold = Promise<Recorded>("A tag is said to have moved only where it did") { moment in
        guard case .tagMoved(let move) = moment.fact, !moment.world.witness.hasStranger else { return nil }
        return moment.world.pushedAgain[move.tag] == nil ? "\(move.tag) was never pushed again" : nil
    }
}
