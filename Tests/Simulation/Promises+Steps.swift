internal import Fixtures
internal import PromotionCore

extension Promises {
    static let conditionsAreAskedAgain = Promise<Recorded>("What was agreed to is looked at again before anything is changed") {
        moment in
        guard let (event, before, after) = moment.step, before.state == .preparing,
            case .conditionsEvaluated(let objections, let hash) = event, !after.hasEnded
        else { return nil }
        if objections.isEmpty { return hash == before.plan.hash ? nil : "\(after.number) goes on with another plan" }
        return after.state == .blocked ? nil : "\(after.number) goes on although \(objections[0])"
    }

    static let deadlinesLeadOn = Promise<Recorded>("A deadline that has passed leads on") { moment in
        guard let (event, before, after) = moment.step, case .deadlinePassed = event else { return nil }
        return before.state != after.state ? nil : "\(after.number) is \(after.state.words) still"
    }

    static let doneIsDone = Promise<Recorded>("What is recorded as done is so") { moment in
        guard let (event, _, after) = moment.step, case .achieved(let effect, _) = event else { return nil }
        let (world, place) = (moment.world, after.plan.place)
        switch effect {
        case .slotRuns(let slot, let image):
            let running = world.slots[place]?[slot]?.digest
            return running == image.digest ? nil : "\(slot) of \(place) runs \(running?.short() ?? "nothing")"
        case .slotStopped(let slot): return world.slots[place]?[slot] == nil ? nil : "\(slot) of \(place) runs"
        case .trafficOn(let slot): return world.routing[place]?.live == slot ? nil : "traffic of \(place) is not on \(slot)"
        case .trafficSplit(let routing):
            return world.routing[place].map(routing.agrees) ?? false ? nil : "traffic of \(place) is not split so"
        case .pointerNames(let tag, let digest, _):
            return world.witness.hasStranger || world.tags[after.plan.repository]?[tag] == digest
                ? nil : "\(tag) names something else"
        default: return nil
        }
    }

    static let trafficFollowsChecks = Promise<Recorded>("Traffic moves only to a slot that was verified where it stands idle") {
        moment in
        guard let (event, before, after) = moment.step, after.plan.kind == .promotion, after.plan.strategy.hasIdleSlot,
            after.state != before.state, after.isCommitted, !before.isCommitted
        else { return nil }
        let wasVerified = before.passage.contains { $0.state == .verifyingIdle }
        let isFromThere = [.verifyingIdle, .readyToSwitch].contains(before.state)
        return wasVerified && isFromThere ? nil : "\(after.number) moves traffic from \(before.state.words) (\(event.kind))"
    }

    static let canaryGoesStepByStep = Promise<Recorded>(
        "A canary takes every step, and measures each, unless a person says otherwise"
    ) {
        moment in
        guard let (event, before, after) = moment.step, before.state != after.state, !after.plan.steps.isEmpty else { return nil }
        switch event {
        case .goOnRequested, .routingObserved, .resumeRequested, .retryRequested: return nil
        default: break
        }
        switch after.state {
        case .stepping(let step) where step > 0:
            return before.state == .analysing(step - 1) ? nil : "step \(step + 1) comes after \(before.state.words)"
        case .switching:
            let last = after.plan.steps.count - 1
            return before.state == .analysing(last) ? nil : "all traffic moves after \(before.state)"
        case .analysing(let step):
            let weight = moment.world.routing[after.plan.place]?.weights[after.plan.slot]
            return weight == after.plan.steps[step].weight ? nil : "step \(step + 1) has \(weight ?? 0) % of the traffic"
        default: return nil
        }
    }

    static let bakedFirst = Promise<Recorded>("Nothing succeeds before it has baked") { moment in
        guard let (_, before, after) = moment.step, after.state.outcome == .succeeded else { return nil }
        // A step of the wall clock within the tolerance is no fact; an agent that starts after it takes the smaller rest.
        let baked = moment.world.witness.watch.baked(after.number, at: moment.reading) + ClockReading.tolerance
        guard before.state == .closing, baked >= after.plan.timing.bake else {
            return "\(after.number) after \(before.state.words)"
        }
        return nil
    }

    static let failedRollbackIsLoud = Promise<Recorded>("A rollback ends where it goes, or in an alarm") { moment in
        guard let (_, before, after) = moment.step, before.state != after.state,
            before.state == .rollingBack || before.state == .verifyingRollback
        else { return nil }
        switch after.state {
        case .verifyingRollback, .rollbackFailed, .ended(.rolledBack), .ended(.rolledBackUnverified): return nil
        default: return "\(after.number) is \(after.state.words) after \(before.state.words)"
        }
    }

    static let goalsAreGood = Promise<Recorded>("A rollback goes to what served well, never to what was rolled back itself") {
        moment in
        guard case .started(let start) = moment.fact, start.plan.kind == .rollback else { return nil }
        let digest = start.plan.release.digest
        if start.plan.live?.release.digest == digest { return "it goes to what serves already" }
        let word = moment.world.witness.word(of: start.plan.place, on: digest)
        // What a person rolled back last is theirs to choose where nothing else is left.
        let witness = moment.world.witness
        if witness.orders.contains(where: {
            $0.offer.lastResort != nil && $0.offer.lastResort?.number == word.rejectedBy && $0.isOrder(for: start, by: moment)
        }) {
            return nil
        }
        return word.rejectedAt == nil ? nil : "\(digest.short()) is vetoed in \(start.plan.place)"
    }
}
