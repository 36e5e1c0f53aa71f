internal import Logging
internal import PromotionCore

extension Runner {
    /// Looks at every environment and registry again and again, as long as the agent lives.
    ///
    /// A bounded number of watchers goes round, each over places of its own: a small fleet is seen every 2 s, a large one as
    /// often as the machine can well afford, and a target that hangs holds up its watcher alone.
    func observe() {
        firstLookEnd = time.elapsed + Self.firstLookPatience
        let services = wirings.values.sorted { $0.service.name < $1.service.name }
        watch(services, every: .seconds(10), pause: Milliseconds(100)) { runner, wiring in
            await runner.readCandidatesIfDue(of: wiring)
        }
        let places = services.flatMap { wiring in
            wiring.service.path.map(\.name).filter { wiring.places[$0] != nil }.map { Place(wiring.service.name, $0) }
        }
        watch(places, every: .seconds(2), pause: Milliseconds(5)) { runner, place in await runner.look(at: place) }
        watch(places, every: .seconds(30), pause: Milliseconds(50)) { runner, place in
            await runner.identifyAdopted(at: place)
            await runner.proveGoals(of: place)
        }
        if places.count > Self.watcherLimit { followPromotions() }
        scheduleRetention()
    }

    /// How long the first answers wait for the first look at everything.
    private static let firstLookPatience = Milliseconds.seconds(2)

    /// Waits until everything was looked at once, as long as the agent is young.
    func firstLook() async {
        while time.elapsed < firstLookEnd, !hasLookedAtAll { await time.wait(Milliseconds(20)) }
    }

    private var hasLookedAtAll: Bool {
        wirings.values.allSatisfy { wiring in
            board.candidateLooks[wiring.service.name] != nil
                && wiring.places.keys.allSatisfy { board.observations[Place(wiring.service.name, $0)] != nil }
        }
    }

    /// Things that are looked at beside each other.
    private static let watcherLimit = 32

    /// Goes round for ever.
    /// - Parameters:
    ///   - interval: the shortest time from look to look at the same thing.
    ///   - pause: the shortest mean time between two looks at anything.
    private func watch<Watched: Sendable>(
        _ all: [Watched], every interval: Milliseconds, pause: Milliseconds,
        _ look: @escaping @Sendable (Runner, Watched) async -> Void
    ) {
        let watchers = min(Self.watcherLimit, all.count)
        for number in 0..<watchers {
            let own = stride(from: number, to: all.count, by: watchers).map { all[$0] }
            let rest = max(
                Milliseconds(interval.count / Int64(own.count)),
                all.count > Self.watcherLimit ? Milliseconds(pause.count * Int64(watchers)) : .zero)
            observers.append(
                Task(executorPreference: time.executor) { [weak self, time] in
                    while !Task.isCancelled {
                        for one in own where !Task.isCancelled {
                            if let runner = self { await Urgency.inBackground { await look(runner, one) } }
                            await time.wait(rest)
                        }
                    }
                })
        }
    }

    /// Where a promotion is under way is looked at every 2 s, however many other places there are.
    private func followPromotions() {
        observers.append(
            Task(executorPreference: time.executor) { [weak self, time] in
                while !Task.isCancelled {
                    for place in await self?.placesUnderWay ?? [] {
                        await Urgency.inBackground { await self?.look(at: place) }
                    }
                    await time.wait(.seconds(2))
                }
            })
    }

    private var placesUnderWay: [Place] { board.projection.unfinished.map(\.plan.place) }

    /// An unchanged observation is shown again after this time, so that screens can say how fresh it is.
    private static let refresh = Milliseconds.minutes(2)

    /// Looks at an environment. Of two looks beside each other the one that began later counts.
    /// - Parameter pointers: whether the pointer tags are asked for whenever that was last done.
    func look(at place: Place, pointers: PointerPatience = .whenDue) async {
        lastLook += 1
        let number = lastLook
        let arePointersNew = pointers == .anew || arePointersDue(at: place)
        guard let seen = await observation(of: place, pointers: arePointersNew ? .anew : .whenDue),
            number > looks[place, default: 0]
        else { return }
        looks[place] = number
        do { try await adopt(place, seen) } catch {
            logger.warning("what was seen was not adopted", metadata: ["place": "\(place)", "error": "\(error)"])
        }
        if arePointersNew { await watchPointers(of: place, seen) }
        if let known = board.observations[place], known.saw(sameAs: seen),
            (Milliseconds.zero..<Self.refresh).contains(seen.at - known.at),
            known.at > lastChange(of: place)
        {
            return
        }
        show(.observed(place, seen))
        logGaps(of: place.service)
    }

    /// Tells the log what cannot be read any more, and what can be again.
    func logGaps(of name: ServiceName) {
        guard let service = board.service(name) else { return }
        let now = board.unreadables(of: service)
        let before = gaps.updateValue(now, forKey: name) ?? []
        for gap in now where !before.contains(where: { $0.what == gap.what && $0.cause == gap.cause }) {
            logger.warning("\(gap.who) of \(name) cannot be read", metadata: ["what": "\(gap.what)", "cause": "\(gap.cause)"])
        }
        for gap in before where !now.contains(where: { $0.what == gap.what }) {
            logger.notice("\(gap.who) of \(name) can be read again", metadata: ["what": "\(gap.what)"])
        }
    }

    /// When the ledger last put something into a slot; what was seen before says nothing about it.
    private func lastChange(of place: Place) -> Timestamp {
        let slots = board.projection.services[place.service]?.environments[place.environment]?.slots ?? [:]
        return slots.values.map(\.since).max() ?? Timestamp(millisecondsSinceEpoch: 0)
    }

    /// Whether the pointer tags are asked for, or told as they were last seen.
    enum PointerPatience { case anew, whenDue }

    /// Whether the pointer tags of an environment are to be looked at again.
    private func arePointersDue(at place: Place) -> Bool {
        guard let last = pointerLooks[place], last.expected == known(place).pointers, let wiring = wirings[place.service]
        else { return true }
        let isWanted =
            isWatched || placesUnderWay.contains(place) || known(place).generation == 0 || !(strayed[place] ?? [:]).isEmpty
        let interval = isWanted ? wiring.rounds.watchedPointers : wiring.rounds.pointers
        return time.elapsed >= last.at + interval
    }

    /// One round of looking: every slot, the switch and the pointer tags, beside each other.
    func observation(of place: Place, pointers patience: PointerPatience = .anew) async -> EnvironmentObservation? {
        guard let wiring = wirings[place.service], let environment = wiring.service.environment(place.environment),
            let ports = wiring.places[place.environment]
        else { return nil }
        let now = time.now
        let routing = time.begin { await self.routing(of: ports, environment) }
        let pointers = time.begin { await self.pointers(of: environment, wiring, patience) }
        let front = ports.front.map { front in time.begin { await Reading(now) { () throws(Fault) in try await front.answer() } }
        }
        let looks = environment.slots.map { slot in
            (slot, time.begin { await Self.look(at: slot, through: ports, now) })
        }
        var slots: [SlotName: Reading<SlotObservation>] = [:]
        for (slot, look) in looks { slots[slot] = await look.value }
        return EnvironmentObservation(
            at: now(), slots: slots, routing: await routing.value, pointers: await pointers.value, front: await front?.value
        ).after(board.observations[place])
    }

    private static func look(
        at slot: SlotName, through ports: PlaceWiring, _ now: @Sendable () -> Timestamp
    ) async -> Reading<SlotObservation> {
        await Reading(now) { () throws(Fault) in try await ports.target.observe(slot) }
    }

    private func routing(of ports: PlaceWiring, _ environment: Environment) async -> Reading<Routing> {
        guard let trafficSwitch = ports.trafficSwitch else {
            return .known(Routing(all: environment.slots.first ?? .only), at: time.now())
        }
        return await Reading(time.now) { () throws(Fault) in
            return try await trafficSwitch.routing()
        }
    }

    private func pointers(
        of environment: Environment, _ wiring: ServiceWiring, _ patience: PointerPatience
    ) async -> Reading<[Tag: Digest]> {
        let place = Place(wiring.service.name, environment.name)
        if patience == .whenDue, let last = pointerLooks[place] { return last.reading }
        let (began, expected) = (time.elapsed, known(place).pointers)
        let reading = await pointers(of: environment, wiring).after(pointerLooks[place]?.reading)
        pointerLooks[place] = PointerLook(reading: reading, at: began, expected: expected)
        return reading
    }

    private func pointers(of environment: Environment, _ wiring: ServiceWiring) async -> Reading<[Tag: Digest]> {
        let tags = environment.pointerTags
        let home = wiring.home(of: environment.name)
        return await Reading(time.now) { () throws(Fault) in
            var named: [Tag: Digest] = [:]
            for tag in tags { named[tag] = try await home.resolve(tag) }
            return named
        }
    }
}
