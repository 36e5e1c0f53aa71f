internal import Fixtures
internal import PromotionCore

extension Promises {
    static let nothingWithoutLease = Promise<Recorded>("Without a lease nothing is done to an environment, nor tried in vain") {
        moment in
        guard let (event, before, _) = moment.step, before.lease == nil else { return nil }
        switch event {
        case .achieved(let effect, _) where effect.changesWorld: return "\(before.number) does \(effect)"
        case .failed(let effect, _) where effect.changesWorld: return "\(before.number) tries \(effect)"
        default: return nil
        }
    }

    static let turnIsKept = Promise<Recorded>("What waits behind a promotion goes on only where that one was not undone") {
        moment in
        guard let (event, before, after) = moment.step, let number = after.behind, before.state.isBeforeLease,
            let earlier = moment.world.witness.projection.promotion(number)
        else { return nil }
        switch event {
        case .planMadeAgain, .leaseTaken: break
        default: return nil
        }
        let isUndone = earlier.plan.kind == .promotion && earlier.isCommitted && earlier.state.outcome != .succeeded
        return isUndone ? "\(after.number) goes on although \(number) is \(earlier.state.words)" : nil
    }

    /// Calls that break or linger can keep a heartbeat from the store; without them none is ever too late.
    private static let heartbeatTroubles: [Mishap] = [.callBreaks, .callLingers, .leaseIsLost]

    static let leaseIsRenewed = Promise<Recorded>("A lease is renewed in time: nothing is recorded under one that has expired") {
        moment in
        guard moment.after != nil, let place = moment.entry.draft.place, let fence = moment.entry.draft.fence,
            heartbeatTroubles.allSatisfy({ moment.world.mishaps.odds[$0] == nil }),
            let lease = moment.world.leases[place], lease.fence == fence, !lease.holds(at: moment.reading)
        else { return nil }
        return "\(moment.entry.draft.kind) in \(place), \(moment.now - lease.asSeen(at: moment.reading).expires) late"
    }
}
