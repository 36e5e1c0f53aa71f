internal import Logging
internal import PromotionCore

extension Runner {
    /// Looks at every environment and registry again and again, as long as the agent lives.
    ///
    /// A bounded number of watchers goes round, each over places of its own: a small fleet is seen every 2 s, a large one as
    /// often as the machine can well afford, and a target that hangs holds up its watcher alone.
    func observe() {
        let services = wirings.values.sorted { $0.service.name < $1.service.name }
        watch(services, every: .seconds(10), pause: Milliseconds(100)) { runner, wiring in
            await runner.readCandidates(of: wiring)
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
                            if let runner = self { await look(runner, one) }
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
                    for place in await self?.placesUnderWay ?? [] { await self?.look(at: place) }
                    await time.wait(.seconds(2))
                }
            })
    }

    private var placesUnderWay: [Place] { board.projection.unfinished.map(\.plan.place) }

    /// An unchanged observation is shown again after this time, so that screens can say how fresh it is.
    private static let refresh = Milliseconds.minutes(2)

    /// Looks at an environment. Of two looks beside each other the one that began later counts.
    func look(at place: Place) async {
        lastLook += 1
        let number = lastLook
        guard let seen = await observation(of: place), number > looks[place, default: 0] else { return }
        looks[place] = number
        do { try await adopt(place, seen) } catch {
            logger.warning("what was seen was not adopted", metadata: ["place": "\(place)", "error": "\(error)"])
        }
        await watchPointers(of: place, seen)
        if let known = board.observations[place], known.saw(sameAs: seen),
            (Milliseconds.zero..<Self.refresh).contains(seen.at - known.at),
            known.at > lastChange(of: place)
        {
            return
        }
        show(.observed(place, seen))
    }

    /// When the ledger last put something into a slot; what was seen before says nothing about it.
    private func lastChange(of place: Place) -> Timestamp {
        let slots = board.projection.services[place.service]?.environments[place.environment]?.slots ?? [:]
        return slots.values.map(\.since).max() ?? Timestamp(millisecondsSinceEpoch: 0)
    }

    /// One round of looking: every slot, the switch and the pointer tags, beside each other.
    func observation(of place: Place) async -> EnvironmentObservation? {
        guard let wiring = wirings[place.service], let environment = wiring.service.environment(place.environment),
            let ports = wiring.places[place.environment]
        else { return nil }
        let now = time.now
        let routing = time.begin { await self.routing(of: ports, environment) }
        let pointers = time.begin { await self.pointers(of: environment, wiring) }
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

    private func pointers(of environment: Environment, _ wiring: ServiceWiring) async -> Reading<[Tag: Digest]> {
        let tags = environment.pointerTags
        let home = wiring.home(of: environment.name)
        return await Reading(time.now) { () throws(Fault) in
            var named: [Tag: Digest] = [:]
            for tag in tags { named[tag] = try await home.resolve(tag) }
            return named
        }
    }

    /// Candidates that are kept in view, newest first.
    private static let candidateLimit = 20

    /// Reads what the registry offers, the newest tags as they are now.
    /// - Parameter urgent: a tag that is known to have moved, or may have.
    func readCandidates(of wiring: ServiceWiring, urgent: Tag? = nil) async {
        guard let first = wiring.service.path.first,
            let listed = try? await wiring.registry.tags(in: wiring.service.repository)
        else { return }
        let tags = await lookAgain(listed, of: wiring, urgent: urgent)
        let scheme = wiring.service.tags
        let versions = scheme.newestCandidates(of: tags.keys, Self.candidateLimit)
        let builds = first.policy.candidates == .builds ? tags.keys.filter(\.isBuild).sorted() : []
        let absence = versions.isEmpty && builds.isEmpty ? scheme.absence(of: tags.keys) : nil
        if board.absences[wiring.service.name] != absence { show(.absence(wiring.service.name, absence)) }
        var releases: [Release] = []
        for tag in (versions + builds).prefix(Self.candidateLimit) {
            guard let digest = tags[tag], !releases.contains(where: { $0.digest == digest }), !isLeftAlone(digest) else {
                continue
            }
            let found: Release
            switch await read(digest, of: wiring) {
            case .known(let release?, _): found = release
            case .known(nil, _): continue
            case .unknown(let reason, _):
                // What was read before is known by its digest; what never was makes no older candidate the newest at once.
                let isNew = releases.isEmpty && (board.candidates[wiring.service.name] ?? []).isEmpty
                if await misses(digest, of: wiring, because: reason), isNew { return }
                continue
            }
            let name = scheme.mostTelling(of: tags.filter { $0.value == digest }.keys)
            releases.append(Release(digests: found.digests, tag: name, revision: found.revision))
        }
        guard board.candidates[wiring.service.name] != releases else { return }
        show(.candidates(wiring.service.name, releases))
    }

    /// Looks that a candidate at the head of the list may fail before the list goes on without it.
    private static let missLimit = 3
    /// How long a candidate that failed so often is left alone.
    private static let missLife = Milliseconds.seconds(20)

    private func isLeftAlone(_ digest: Digest) -> Bool {
        candidateMisses[digest].map { $0.count >= Self.missLimit && time.elapsed < $0.at + Self.missLife } ?? false
    }

    /// Takes note that a candidate could not be read, and tells it once.
    /// - Returns: whether another look may still help: the registry did not say that it is no image, and has not failed often.
    private func misses(_ digest: Digest, of wiring: ServiceWiring, because reason: SafeText) async -> Bool {
        var count = candidateMisses[digest]?.count ?? 0
        if count == 0 {
            logger.warning("a candidate cannot be read", metadata: ["digest": "\(digest)", "reason": "\(reason)"])
        }
        if case .damaged? = try? await wiring.home.holding(of: digest) { count = Self.missLimit }
        if candidateMisses.count >= 1_000 { candidateMisses = [:] }
        candidateMisses[digest] = (count + 1, time.elapsed)
        return count + 1 < Self.missLimit
    }

    /// Reads a candidate. One that could not be read now, and was before, is what it was: its digest says so.
    private func read(_ digest: Digest, of wiring: ServiceWiring) async -> Reading<Release?> {
        let reading = await Reading(time.now) { () throws(Fault) in
            try await wiring.registry.release(digest, in: wiring.service.repository)
        }
        guard case .unknown = reading, let known = board.candidates[wiring.service.name]?.first(where: { $0.digest == digest })
        else { return reading }
        return .known(known, at: time.now())
    }
}
