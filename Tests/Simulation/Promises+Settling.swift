internal import Fixtures
internal import PromotionCore

extension Promises {
    static let lagIsNoFailure = Promise<Recorded>("The release from before may answer until a switch has settled, and not longer")
    {
        moment in
        // A clock that is set between the measurement and its record moves the two moments apart.
        guard moment.world.mishaps.odds[.clockIsSet] == nil, let (event, before, _) = moment.step,
            case .measured(let gate, let check, let measurement) = event, before.plan.form == .current,
            let moved = traffic(of: before), let settle = before.plan.timing.settle
        else { return nil }
        let old: Release?
        switch gate {
        case .live, .bake, .closing: old = before.plan.live?.release
        case .rollback: old = before.plan.kind == .promotion ? before.plan.release : before.plan.live?.release
        case .baseline, .idle, .ready, .step: return nil
        }
        let isEarly = measurement.sample.at < moved + settle
        let identities = measurement.sample.identities
        guard let old, !identities.isEmpty, identities.allSatisfy({ old.digest == $0 }) else { return nil }
        switch measurement.result {
        case .fail: return isEarly ? "\(check) of \(before.number) fails too early" : nil
        case .settling: return isEarly ? nil : "\(check) of \(before.number) settles still"
        case .pass, .inconclusive, .error, .void, .skipped: return nil
        }
    }

    /// When traffic moved to what a promotion is about now.
    private static func traffic(of promotion: Promotion) -> Timestamp? {
        let after: PromotionState = promotion.state == .verifyingRollback ? .verifyingRollback : .verifyingLive
        let moves: [PromotionState] = [.switching, .indeterminate, .rollingBack]
        let moved = zip(promotion.passage, promotion.passage.dropFirst()).filter { moves.contains($0.state) && $1.state == after }
        return moved.last?.1.at
    }

    static let rollbacksAreVerified = Promise<Recorded>("A rollback is done once the live checks say yes of what it brought back")
    {
        moment in
        guard let (event, before, after) = moment.step, after.state == .ended(.rolledBack), before.plan.form == .current else {
            return nil
        }
        let seen = moment.world.witness.measured[after.number] ?? [:]
        for check in before.plan.checks where check.gates.contains(.live) && check.signal == nil && !check.observeOnly {
            var passes = (seen[check.name] ?? []).count { $0.result == .pass }
            if case .measured(_, check.name, let last) = event, last.result == .pass { passes += 1 }
            if passes == 0 { return "\(after.number) ends without a yes of \(check.name)" }
        }
        return nil
    }
}
