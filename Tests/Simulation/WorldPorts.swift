internal import Fixtures
package import PromotionCore
package import PromotionRunner

/// The ports of one run of an agent into the world. Once the agent has crashed, only what was on its way can still arrive.
package struct WorldPorts: Sendable {
    package let world: World
    package let epoch: Int

    /// The ports of an agent that is started now.
    package init(_ world: World) {
        self.world = world
        epoch = world.with { state in
            state.epoch += 1
            return state.epoch
        }
    }

    package func wiring(_ service: Service) -> ServiceWiring {
        ServiceWiring(
            service: service, registry: self,
            places: Dictionary(
                uniqueKeysWithValues: service.path.map { environment in
                    let port = WorldPlace(ports: self, place: Place(service.name, environment.name))
                    return (
                        environment.name,
                        PlaceWiring(
                            target: port, trafficSwitch: environment.slots.count > 1 ? port : nil, probe: port, signals: port,
                            copier: service.copies(into: environment.name)
                                ? WorldCopier(port, into: service.home(of: environment.name).repository) : nil)
                    )
                }), homes: homes(of: service))
    }

    private func homes(of service: Service) -> [EnvironmentName: RepositoryWiring] {
        var homes: [EnvironmentName: RepositoryWiring] = [:]
        for environment in service.path {
            guard let home = environment.home else { continue }
            homes[environment.name] = RepositoryWiring(repository: home.repository, registry: self, artifacts: nil)
        }
        return homes
    }

    package var time: TimeSource {
        TimeSource(clock: SimulatedClock(world.executor), read: { [world] in world.reading }, executor: world.executor)
    }

    /// One call from the agent into the world: it takes time, may break, and may lose its answer after the work was done.
    /// - Parameter verb: what is done, for delays.
    func call<Result: Sendable>(
        _ verb: World.Verb, at place: Place? = nil, _ body: (inout World.State) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        await takeTime(verb, at: place)
        setClock()
        let outcome: Swift.Result<Result, Fault> = world.with { state in
            if state.dead.contains(epoch) {
                guard state.mishaps.strikes(.callIsOverdue) else { return .failure(Fault(.refused, "this agent is dead")) }
            }
            if let fault = state.obstacle(to: verb, at: place, world.now) { return .failure(fault) }
            if state.mishaps.strikes(.callBreaks) { return .failure(Fault(.broke, "the line broke")) }
            do throws(Fault) {
                let result = try body(&state)
                if state.mishaps.strikes(.answerIsLost) { return .failure(Fault(.unknown, "the answer was lost")) }
                return .success(result)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// How far the clock is set where it is: hours and days, and what is too little to count.
    private static let steps: [Milliseconds] = [
        .minutes(60), .minutes(-60), .minutes(24 * 60), .minutes(-24 * 60), .seconds(5), .seconds(-5), .seconds(1), .seconds(-1),
    ]

    private func setClock() {
        let step: Milliseconds? = world.with { state in
            guard state.mishaps.strikes(.clockIsSet) else { return nil }
            return Self.steps[state.mishaps.amount(of: .clockIsSet, upTo: Self.steps.count) - 1]
        }
        if let step { world.setClock(by: step) }
    }

    /// What no call is quicker than.
    private static let latency = Duration.milliseconds(5)

    private func takeTime(_ verb: World.Verb, at place: Place?) async {
        let clock = SimulatedClock(world.executor)
        let delay: Duration = world.with { state in
            if let delay = state.delays[verb] { return delay }
            if verb.isChange, state.has(.changesLinger, place, world.now) { return .seconds(30) }
            if verb == .route, state.mishaps.strikes(.switchHesitates) {
                return .seconds(Int64(state.mishaps.amount(of: .switchHesitates, upTo: 60)))
            }
            if state.mishaps.strikes(.callLingers) {
                return .milliseconds(200 * state.mishaps.amount(of: .callLingers, upTo: 75))
            }
            return verb == .look && state.looksAreQuick ? .zero : Self.latency
        }
        if delay == .zero { return }
        if delay == Self.latency {
            try? await clock.sleep(for: delay)
            return
        }
        // In a task of its own: what is slow does not hear that nobody waits for it any more.
        await Task(executorPreference: world.executor) { try? await clock.sleep(for: delay) }.value
    }
}

extension WorldPorts: Registry {
    package func resolve(_ tag: Tag, in repository: RepositoryName) async throws(Fault) -> Digest? {
        try await call(.look) { state throws(Fault) in
            state.asked.tags[tag, default: 0] += 1
            try state.admit(.tags)
            let isSilent = state.places[repository]?.contains { state.has(.namesAreSilent, $0, world.now) } ?? false
            if TagScheme.standard.isMadeOnce(tag), isSilent {
                throw Fault(.broke, "status 502")
            }
            if state.brokenTags.contains(tag) { throw Fault(.broke, "\(tag): status 500, the registry itself failed") }
            if let old = state.oldTags[repository]?[tag], state.mishaps.strikes(.oldDigestIsRead) { return old }
            let digest = state.tags[repository]?[tag]
            state.memories[epoch, default: [:]][repository, default: [:]][tag] = digest
            return digest
        }
    }

    package func tags(in repository: RepositoryName) async throws(Fault) -> ListedTags {
        try await call(.look) { state throws(Fault) in
            state.asked.lists += 1
            try state.admit(.list)
            // As the real one does: names are listed, and what they named when they were last asked about comes with them.
            let named = (state.tags[repository] ?? [:]).keys.map { ($0, state.memories[epoch]?[repository]?[$0]) }
            return ListedTags(Dictionary(uniqueKeysWithValues: named), requests: 1)
        }
    }

    package func release(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> Release? {
        try await call(.look) { state throws(Fault) in
            try state.admit(.list)
            try state.admit(.images)
            if state.mishaps.strikes(.listIsRefused) { throw Fault(.refused, "the list cannot be trusted") }
            return state.homes[repository]?.contains(digest) ?? true ? state.releases[digest] : nil
        }
    }

    package func holding(of digest: Digest, in repository: RepositoryName) async throws(Fault) -> ImageHolding {
        try await call(.look) { state throws(Fault) in
            try state.admit(.images)
            guard state.homes[repository]?.contains(digest) ?? true, let release = state.releases[digest] else { return .absent }
            return .whole(release.digests)
        }
    }

    package func configuration(
        of digest: Digest, for platform: Platform, in repository: RepositoryName
    ) async throws(Fault) -> ImageConfiguration {
        ImageConfiguration(user: "65532", environment: [], labels: [:])
    }

    package func move(
        _ tag: Tag, in repository: RepositoryName, from expected: Digest?, to digest: Digest, under fence: Fence
    ) async throws(Fault) -> PointerMove {
        let breach = world.with { state in Promises.pointersFollowTraffic(tag, in: repository, digest, state, world.now) }
        return try await call(.move) { state throws(Fault) in
            if let seen = state.tagFences[repository]?[tag], fence < seen {
                state.staleRefusals += 1
                throw Fault(.refused, "fence \(fence) is older than \(seen)")
            }
            state.tagFences[repository, default: [:]][tag] = fence
            state.check(breach)
            let isRefused = (state.places[repository] ?? []).contains { state.has(.tagsAreRefused, $0, world.now) }
            if let refusal = state.tagRefusal { throw refusal }
            if isRefused { throw Fault(.refused, "status 412: PRECONDITION") }
            let isStrayed = (state.places[repository] ?? []).contains { place in
                tag.names(place) && state.has(.tagsAreMoved, place, world.now)
            }
            if isStrayed || state.mishaps.strikes(.tagIsMoved) { state.moveByStranger(tag, in: repository) }
            let observed = state.tags[repository]?[tag]
            if observed == digest { return .moved }
            guard observed == expected else { return .conflict(observed: observed) }
            state.oldTags[repository, default: [:]][tag] = observed
            state.tags[repository, default: [:]][tag] = digest
            if state.mishaps.strikes(.moveIsLost) {
                state.moveByStranger(tag, in: repository)
                return .lost(observed: state.tags[repository]?[tag])
            }
            // It answered 201, and what it is then asked it answers from before.
            if state.mishaps.strikes(.oldDigestIsRead) { throw Fault(.unknown, "the tag reads as before") }
            return .moved
        }
    }
}

extension World.Verb {
    /// Whether it changes what runs, or where traffic goes.
    fileprivate var isChange: Bool { self == .run || self == .stop || self == .route }
}

extension Tag {
    /// Whether it is a pointer of a place.
    fileprivate func names(_ place: Place) -> Bool {
        self == Tag(pointerOf: place.environment) || text.hasPrefix("\(place.environment)-")
    }
}

extension World.State {
    fileprivate mutating func moveByStranger(_ tag: Tag, in repository: RepositoryName) {
        tags[repository, default: [:]][tag] = Fixtures.release("stranger").digest
        witness.hasStranger = true
    }
}
