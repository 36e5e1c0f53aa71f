internal import Fixtures
package import PromotionCore

/// Target, switch and probe of one place.
package struct WorldPlace: Target, TrafficSwitch, Probe, SignalSource {
    let ports: WorldPorts
    let place: Place

    private var now: Timestamp { ports.world.now }

    package func observe(_ slot: SlotName) async throws(Fault) -> SlotObservation {
        try await ports.call(.look, at: place) { state throws(Fault) in
            try state.admit(.target)
            let old = state.oldPods[place]?[slot]?.release
            let release = old != nil && state.mishaps.strikes(.targetIsStale) ? old : state.slots[place]?[slot]
            guard let release else { return SlotObservation(at: now, health: .empty, instances: [], endpoint: nil) }
            if state.has(.instancesAreMute, place, now) || state.mishaps.strikes(.identityIsMissing) {
                return SlotObservation(
                    at: now, health: .healthy, instances: [nil], endpoint: Endpoint(host: "127.0.0.1", port: 1))
            }
            guard !state.mishaps.strikes(.slotRestarts) else {
                return SlotObservation(at: now, health: .starting, instances: [release.digest], endpoint: nil)
            }
            return Fixtures.running(release, at: now)
        }
    }

    package func run(_ image: PinnedImage, in slot: SlotName, under fence: Fence) async throws(Fault) -> SlotObservation {
        try await change(.run, under: fence) { state throws(Fault) in
            guard let wanted = state.releases[image.digest] else { throw Fault(.refused, "no such image") }
            if state.homes[image.repository]?.contains(image.digest) == false {
                state.check("\(image) was to run before it was brought there")
            }
            let before = state.slots[place]?[slot]
            let isMixedUp = before?.digest != image.digest && state.mishaps.strikes(.wrongImageRuns)
            let release = isMixedUp ? Fixtures.release("stranger") : state.mixedUp[image.digest] ?? wanted
            state.slots[place, default: [:]][slot] = release
            if let before, before != release, state.mishaps.strikes(.oldPodsAnswer) {
                let until = now + .seconds(Int64(state.mishaps.amount(of: .oldPodsAnswer, upTo: 8)))
                state.oldPods[place, default: [:]][slot] = World.OldPod(release: before, until: until)
            }
            state.changed(.slotRuns(slot: slot, image: image), at: place, before: before, now)
            if let before, before != release, state.mishaps.strikes(.targetIsStale) { return Fixtures.running(before, at: now) }
            return Fixtures.running(release, at: now)
        }
    }

    package func stop(_ slot: SlotName, under fence: Fence) async throws(Fault) {
        try await change(.stop, under: fence) { state throws(Fault) in
            let before = state.slots[place]?[slot]
            state.slots[place]?[slot] = nil
            state.oldPods[place]?[slot] = nil
            state.changed(.slotStopped(slot: slot), at: place, before: before, now)
        }
    }

    package func routing() async throws(Fault) -> Routing {
        try await ports.call(.look, at: place) { state throws(Fault) in
            try state.admit(.routing)
            guard let routing = state.routing[place] else { throw Fault(.broke, "no routing") }
            return routing
        }
    }

    package func bar(before fence: Fence) async throws(Fault) {
        try await ports.call(.look, at: place) { state throws(Fault) in try state.admit(fence, of: ports.epoch, at: place) }
    }

    package func route(_ wanted: Routing, under fence: Fence) async throws(Fault) -> Routing {
        disturb()
        return try await change(.route, under: fence) { state throws(Fault) in
            state.rememberServing(place, before: wanted, now)
            state.routing[place] = wanted
            state.changed(wanted.live.map { .trafficOn(slot: $0) } ?? .trafficSplit(wanted), at: place, before: nil, now)
            return wanted
        }
    }

    /// What can happen just when traffic is to move: it is where nobody may be left in doubt for ever.
    private func disturb() {
        ports.world.with { state in
            guard state.mishaps.strikes(.switchGoesAway) else { return }
            state.outages[place] = now + .seconds(Int64(state.mishaps.amount(of: .switchGoesAway, upTo: 60)))
        }
    }

    /// A change of the place: the fence is checked first, and no other change of the same agent may be under way.
    private func change<Result: Sendable>(
        _ verb: World.Verb, under fence: Fence, _ body: (inout World.State) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        ports.world.with { state in
            state.check(Promises.oneChangeAtATime(of: ports.epoch, at: place, state))
            state.check(Promises.lossIsHeeded(fence, of: ports.epoch, at: place, state, now))
            state.underWay[place, default: []].append(ports.epoch)
        }
        defer {
            ports.world.with { state in
                guard let position = state.underWay[place]?.firstIndex(of: ports.epoch) else { return }
                state.underWay[place]?.remove(at: position)
            }
        }
        return try await ports.call(verb, at: place) { state throws(Fault) in
            try state.admit(fence, of: ports.epoch, at: place)
            state.check(Promises.leaseIsKept(fence, at: place, state, ports.world.reading))
            return try body(&state)
        }
    }

    /// Requests that a slot with all the traffic answers in the time that is looked back on.
    private static let requests: Int64 = 1_000

    package func read(
        _ signal: Signal, over window: Milliseconds, of slots: [SlotName]
    ) async throws(Fault) -> [SlotName: SlotSignal] {
        try await ports.call(.sample, at: place) { state throws(Fault) in
            state.signalReads[place, default: []].append(now)
            let isStale = state.isQuiet || state.has(.trafficIsAway, place, now) || state.mishaps.strikes(.metricsAreStale)
            return Dictionary(
                uniqueKeysWithValues: slots.map { slot in
                    let weight = isStale ? 0 : Int64(state.routing[place]?.weights[slot] ?? 0)
                    guard weight > 0, let release = state.answering(place, slot, at: now) else {
                        return (slot, SlotSignal(requests: 0, value: nil))
                    }
                    let isSick = state.sick[release.digest] != nil
                    return (slot, SlotSignal(requests: Self.requests * weight / 100, value: isSick ? 400_000 : 100))
                })
        }
    }

    package func sample(_ check: CheckSpecification, at address: Endpoint, expecting image: DigestSet) async -> Sample {
        ports.world.with { $0.samples += 1 }
        let answer: (isBad: Bool, running: Digest?)? = try? await ports.call(.sample, at: place) { state throws(Fault) in
            if state.mishaps.strikes(.probeIsSilent) { throw Fault(.broke, "no answer") }
            let slots = (state.slots[place] ?? [:]).keys.sorted()
            // Of several pods some are old.
            let isOld = state.samples % 2 == 0
            // The address stands for the slot that the observation was of: the one that was asked to run the image.
            guard let slot = slots.first(where: { state.slots[place]?[$0].map { image.contains($0.digest) } ?? false }),
                let release = state.lagging(place, slot, isOld: isOld, at: now)
                    ?? (isOld ? state.answering(place, slot, at: now) : state.slots[place]?[slot])
            else { return (false, nil) }
            let isSick =
                switch state.sick[release.digest] {
                case .always: true
                case .withTraffic: state.takesTraffic(slot, of: place)
                case nil: false
                }
            let isBad = isSick || state.has(.probesFail, place, now) || state.mishaps.strikes(.probeIsUnlucky)
            let isSilent = state.has(.instancesAreMute, place, now) || state.mishaps.strikes(.identityIsMissing)
            let stranger = state.has(.strangerAnswers, place, now) ? Fixtures.release("stranger") : nil
            return (isBad, isSilent ? nil : (stranger ?? release).digest)
        }
        guard let answer else { return Fixtures.sample(.none("no answer"), at: now) }
        let running = answer.running.map { [$0] } ?? []
        if case .runningDigest = check.kind { return Fixtures.sample(.identity, running, at: now) }
        return Fixtures.sample(.status(answer.isBad ? 503 : 200, bodyMatched: true), running, at: now)
    }
}

extension World.State {
    /// What served before, if the balancer in front of a slot has not caught up yet.
    fileprivate func lagging(_ place: Place, _ slot: SlotName, isOld: Bool, at now: Timestamp) -> Release? {
        guard isOld, let (release, until) = servedBefore[place], now < until, takesTraffic(slot, of: place) else { return nil }
        return release
    }

    /// Refuses a look that is to be refused.
    func admit(_ look: World.Look) throws(Fault) {
        if refusedLooks.contains(look) { throw Fault(.refused, "\(look) cannot be read: status 403") }
    }

    /// Remembers what served before traffic moves to one slot.
    fileprivate mutating func rememberServing(_ place: Place, before wanted: Routing, _ now: Timestamp) {
        guard let live = wanted.live, routing[place]?.live != live,
            let old = routing[place]?.weights.first(where: { $0.key != live && $0.value > 0 })?.key,
            let release = slots[place]?[old]
        else { return }
        let struck = mishaps.strikes(.balancerLags) ? .seconds(Int64(mishaps.amount(of: .balancerLags, upTo: 40))) : lag
        servedBefore[place] = (release, now + struck)
    }

    /// Refuses an old fence, as every port must.
    mutating func admit(_ fence: Fence, of epoch: Int, at place: Place) throws(Fault) {
        if let seen = seenFences[place], fence < seen {
            staleRefusals += 1
            throw Fault(.refused, "fence \(fence) is older than \(seen)")
        }
        check(Promises.oneMutator(fence, of: epoch, at: place, self))
        seenFences[place] = fence
    }

    /// What must hold after every change of the world.
    mutating func changed(_ effect: Effect, at place: Place, before: Release?, _ now: Timestamp) {
        story?.append("\(now.clock)   \(place): \(effect)")
        for promise in Promises.ofChanges {
            check(promise.breach(Changed(effect: effect, place: place, before: before, world: self, now: now)))
        }
        witness.hasChanged.insert(place)
    }

    /// Notes a broken promise once.
    mutating func check(_ breach: String?) {
        guard let breach, !violations.contains(breach), violations.count < 20 else { return }
        violations.append(breach)
        story?.append("         BROKEN: \(breach)")
    }
}
