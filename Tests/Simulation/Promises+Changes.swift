internal import Fixtures
internal import PromotionCore

extension Promises {
    /// Held against every change of the world as it is made.
    static let ofChanges: [Promise<Changed>] = [factFirst, onlyTestedServes, trafficIsAnswered, usersKeepWhatTheyHave]

    static let factFirst = Promise<Changed>("The fact comes first: nothing is changed that no recorded state asked for") {
        moment in
        let wanted = moment.world.witness.wanted[moment.place] ?? []
        return wanted.contains(moment.effect) ? nil : "\(moment.effect) in \(moment.place)"
    }

    static let onlyTestedServes = Promise<Changed>("Users get only what they had, or what was tested upstream") { moment in
        guard let upstream = upstream(of: moment.place) else { return nil }
        let witness = moment.world.witness
        let allowed = (witness.found[moment.place] ?? []).union(witness.tested[upstream] ?? [])
        let stranger = moment.world.serving(moment.place, at: moment.now).first { release in
            !allowed.contains(release.digest) && !witness.rulings.wasOpened(.evidence, for: release.digest, at: moment.place)
        }
        guard let stranger, !moment.world.mixedUp.values.contains(stranger),
            stranger != Fixtures.release("stranger")
        else { return nil }
        return "\(moment.place) serves \(stranger.digest.short())"
    }

    static let trafficIsAnswered = Promise<Changed>("Traffic goes to what runs") { moment in
        guard let routing = moment.world.routing[moment.place] else { return nil }
        let isFirst = moment.world.witness.found[moment.place]?.isEmpty ?? true
        for (slot, weight) in routing.weights where weight > 0 {
            if moment.world.slots[moment.place]?[slot] == nil, !isFirst { return "\(slot) of \(moment.place) is empty" }
        }
        return nil
    }

    static let usersKeepWhatTheyHave = Promise<Changed>("With two slots, what takes traffic is never replaced under its users") {
        moment in
        guard moment.place.environment == Fixtures.prod, let before = moment.before else { return nil }
        switch moment.effect {
        case .slotRuns(let slot, let image):
            guard moment.world.takesTraffic(slot, of: moment.place), image.digest != before.digest else { return nil }
            return "\(slot) takes traffic and is deployed"
        case .slotStopped(let slot):
            return moment.world.takesTraffic(slot, of: moment.place) ? "\(slot) takes traffic and is stopped" : nil
        default: return nil
        }
    }

    /// Of two changes of one thing nobody knows which comes last.
    static func oneChangeAtATime(of epoch: Int, at place: Place, _ world: World.State) -> String? {
        guard !world.dead.contains(epoch), world.underWay[place]?.contains(epoch) ?? false else { return nil }
        return "An agent makes one change of an environment at a time: two are under way in \(place)"
    }

    /// Whoever was told that a lease is lost begins nothing under it, once that could be written down.
    static func lossIsHeeded(
        _ fence: Fence, of epoch: Int, at place: Place, _ world: World.State, _ now: Timestamp
    ) -> String? {
        let canWrite = world.mishaps.odds[.diskIsFull] == nil && world.mishaps.odds[.commitIsUncertain] == nil
        guard canWrite, world.owner == epoch, let told = world.toldLost[place]?[fence], now - told > .seconds(2) else {
            return nil
        }
        return "Nothing is begun under a lease that is lost: \(place) under fence \(fence)"
    }

    /// Where no call breaks or lingers, whoever holds a lease keeps it as long as there is something to change.
    static func leaseIsKept(_ fence: Fence, at place: Place, _ world: World.State, _ now: ClockReading) -> String? {
        let troubles: [Mishap] = [.callBreaks, .answerIsLost, .callLingers, .callIsOverdue, .leaseIsLost]
        guard troubles.allSatisfy({ world.mishaps.odds[$0] == nil }), let lease = world.leases[place], lease.fence == fence,
            !lease.holds(at: now)
        else { return nil }
        return "A lease is renewed in time: \(place) is changed under one that has expired"
    }

    /// A mutation is the word of whoever holds the fence.
    static func oneMutator(_ fence: Fence, of epoch: Int, at place: Place, _ world: World.State) -> String? {
        let holder = world.witness.holders[place]?[fence]
        guard holder != epoch else { return nil }
        return
            "Only the holder of a lease changes an environment: agent \(epoch) changes \(place) under fence \(fence) of \(holder.map { "agent \($0)" } ?? "nobody")"
    }

    /// A pointer is moved after what it names: the slot runs it, the switch sends traffic to it.
    static func pointersFollowTraffic(
        _ tag: Tag, in repository: RepositoryName, _ digest: Digest, _ world: World.State, _ now: Timestamp
    ) -> String? {
        let places = world.places[repository] ?? []
        for place in places {
            if tag == Tag(pointerOf: place.environment) {
                let serving = (world.routing[place]?.live).flatMap { world.slots[place]?[$0]?.digest }
                guard serving != digest else { return nil }
                return
                    "A pointer follows traffic: \(tag) is moved to \(digest.short()) while \(serving?.short() ?? "nothing") serves"
            }
            for slot in [Fixtures.blue, Fixtures.green] where tag == Tag(pointerOf: place.environment, slot: slot) {
                let running = world.slots[place]?[slot]?.digest
                guard running != digest else { return nil }
                return
                    "A pointer follows its slot: \(tag) is moved to \(digest.short()) while \(slot) runs \(running?.short() ?? "nothing")"
            }
        }
        let last = places.first { $0.environment == Fixtures.prod }
        let serving = last.flatMap { last in (world.routing[last]?.live).flatMap { world.slots[last]?[$0]?.digest } }
        // One that was owed is made later: what it names has passed everything, and may serve no longer.
        let hasPassed = last.map { world.witness.tested[$0]?.contains(digest) ?? false } ?? false
        return serving == digest || hasPassed ? nil : "A final tag is for what serves: \(tag) is moved to \(digest.short())"
    }
}
