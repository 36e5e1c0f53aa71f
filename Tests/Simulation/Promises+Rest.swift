internal import Fixtures
internal import PromotionCore

extension Promises {
    /// Held once nothing is under way and nothing goes wrong any more.
    static let atRest: [Promise<AtRest>] = [
        everythingEnds, failedGatesWereUndone, rollbacksWereDone, pointersNameWhatServes, ledgerIsTheWorld, leasesAreGivenBack,
        jointsEnd, jointsEndWhole, somebodyIsNamed, nothingGoesInCircles, debtsArePaid, warmSlotsComeBack, stopsLeaveNoGap,
        clockIsKnown, peopleAreTold, movesAreKnown,
    ]

    static let everythingEnds = Promise<AtRest>("Every promotion ends, or is an alarm that waits for a person") { moment in
        let stuck = moment.promotions.filter { !$0.hasEnded && $0.state != .rollbackFailed }
        return stuck.first.map { "promotion \($0.number) of \($0.plan.place) is \($0.state.words)" }
    }

    static let clockIsKnown = Promise<AtRest>("A step of the wall clock is a fact") { moment in
        guard let told = moment.projection.clock else { return "no agent said what its clocks are" }
        return moment.reading.step(since: told).map { "the ledger does not know of \($0)" }
    }

    /// More times than people of an episode can ask for one promotion's switch.
    private static let circles = 15

    static let nothingGoesInCircles = Promise<AtRest>("What fails is not tried again and again by itself") { moment in
        let restless = moment.promotions.first { promotion in
            promotion.passage.count { $0.state == .switching || $0.state == .rollingBack } > circles
        }
        return restless.map { "promotion \($0.number) of \($0.plan.place) tried more than \(circles) times" }
    }

    static let somebodyIsNamed = Promise<AtRest>("Whatever has not ended is shown with who can end it, and how") { moment in
        guard let board = moment.board else { return nil }
        let hidden = moment.promotions.filter { !$0.hasEnded }.first { promotion in
            let lines = board.explanations(of: promotion, at: moment.now)
            return lines.isEmpty || lines.contains { $0.authorities.isEmpty || $0.remedy.text.isEmpty }
        }
        return hidden.map { "promotion \($0.number) is \($0.state.words)" }
    }

    static let failedGatesWereUndone = Promise<AtRest>("What fails after the switch ends in a rollback, or in a loud alarm") {
        moment in
        let silent = moment.promotions.first { promotion in
            guard promotion.plan.kind == .promotion, promotion.isCommitted, promotion.plan.goal != nil else { return false }
            if promotion.passage.contains(where: { $0.state == .rollbackFailed }) { return false }
            switch promotion.state {
            case .ended(.failed): return promotion.plan.onInconclusive != .fail
            case .ended(.succeeded): return promotion.failure?.check != nil
            default: return false
            }
        }
        return silent.map { "promotion \($0.number) is \($0.state.words): \($0.failure?.reason ?? "")" }
    }

    static let rollbacksWereDone = Promise<AtRest>("A rollback that was accepted is carried out, or is an alarm") { moment in
        let forgotten = moment.promotions.first { promotion in
            guard moment.world.witness.promisedRollbacks.contains(promotion.number) else { return false }
            switch promotion.state {
            case .ended(.rolledBack), .ended(.rolledBackUnverified), .rollbackFailed: return false
            // A rollback that never got its lease, or was called off while it waited for it, or closed as an alarm.
            case .ended(.expired), .ended(.cancelled): return promotion.plan.kind != .rollback
            default: return !promotion.passage.contains { $0.state == .rollbackFailed }
            }
        }
        return forgotten.map { "promotion \($0.number) is \($0.state.words)" }
    }

    static let pointersNameWhatServes = Promise<AtRest>("The pointer tag of an environment names what serves there") { moment in
        guard !moment.world.witness.hasStranger else { return nil }
        for place in moment.world.allPlaces where moment.isSettled(place) {
            guard let serving = moment.world.taking(place).first else { continue }
            let named = moment.world.pointer(of: place)
            guard named != serving.digest else { continue }
            return "\(Tag(pointerOf: place.environment)) names \(named?.short() ?? "nothing"), \(serving.digest.short()) serves"
        }
        return nil
    }

    static let ledgerIsTheWorld = Promise<AtRest>("The ledger says where traffic goes, and what serves") { moment in
        for place in moment.world.allPlaces where moment.isSettled(place) {
            guard let told = moment.projection.services[place.service]?.environments[place.environment] else { continue }
            let live = moment.world.routing[place]?.live
            guard let serving = live.flatMap({ moment.world.slots[place]?[$0] }) else { continue }
            if told.live != live {
                return "\(told.live?.text ?? "nothing") of \(place) is live, really \(live?.text ?? "nothing")"
            }
            let known = told.serving?.release.digest
            if known != serving.digest {
                return "\(known?.short() ?? "nothing") serves \(place), really \(serving.digest.short())"
            }
        }
        return nil
    }

    static let leasesAreGivenBack = Promise<AtRest>("Nobody holds an environment that nothing is done in") { moment in
        let held = moment.world.leases.values.filter { lease in
            lease.holds(at: moment.reading) && lease.holder.promotion != nil
                && moment.promotions.allSatisfy { $0.plan.place != lease.place || $0.hasEnded }
        }
        return held.first.map { "the lease of \($0.place) is still held: \($0.holder.reason)" }
    }
}
