internal import Fixtures
internal import PromotionCore

extension Promises {
    static let jointsEnd = Promise<AtRest>("A joint release ends, or is an alarm that waits for a person") { moment in
        let stuck = moment.projection.joints.first { $0.isUnderWay && $0.state != .undoFailed }
        return stuck.map { "joint release \($0.number) is \($0.state.words)" }
    }

    static let jointsEndWhole = Promise<AtRest>("A set succeeds whole, or is taken back whole") { moment in
        for joint in moment.projection.joints {
            let members = moment.promotions.filter { $0.joint == joint.number && $0.plan.kind == .promotion }
            let undone = moment.promotions.filter { $0.joint == joint.number && $0.plan.kind == .rollback && $0.state.isBack }
            let stayed = members.filter { member in
                member.state == .ended(.succeeded) && !undone.contains { $0.plan.place == member.plan.place }
            }
            switch joint.state {
            case .succeeded where stayed.count < joint.members.count:
                return "joint release \(joint.number) has succeeded, and \(stayed.count) of \(joint.members.count) stayed"
            case .undone, .cancelled:
                if let left = stayed.first {
                    return "joint release \(joint.number) is \(joint.state.words), and \(left.plan.place) stayed"
                }
            default: continue
            }
        }
        return nil
    }

    static let setsKeepTheirOrder = Promise<Recorded>(
        "A member of a set moves traffic after the one before it has passed its checks"
    ) {
        moment in
        guard let (_, before, after) = moment.step, let number = after.joint, after.isCommitted, !before.isCommitted,
            after.plan.kind == .promotion, let joint = moment.world.witness.projection.joint(number),
            let position = joint.members.firstIndex(where: { $0.place == after.plan.place }), position > 0
        else { return nil }
        let earlier = joint.members[position - 1]
        let promotion = earlier.promotion.flatMap { moment.world.witness.projection.promotion($0) }
        let hasPassed = promotion?.passage.contains { $0.state == .baking } ?? false
        switch promotion?.state {
        case .ended(.succeeded): return nil
        // One that has passed may be held, or measured anew, while the next, which had its turn by then, goes on.
        case .baking, .paused, .inconclusive, .verifyingLive, .closing: if hasPassed { return nil }
        default: break
        }
        return "\(after.plan.place) moves while \(earlier.place) is \(promotion?.state.words ?? "not begun")"
    }
}

extension PromotionState {
    /// Whether what served before serves.
    fileprivate var isBack: Bool { self == .ended(.rolledBack) || self == .ended(.rolledBackUnverified) }
}
