internal import Fixtures
package import PromotionCore
package import PromotionRunner

/// The ports of one run of an agent into the world. Once the agent has crashed, nothing that it still does arrives.
package struct WorldPorts: Sendable {
    package let world: World
    package let epoch: Int

    /// The ports of a newly started agent; those of the one before are dead from now on.
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
                            target: port, trafficSwitch: environment.slots.count > 1 ? port : nil, probe: port)
                    )
                }))
    }

    package var time: TimeSource {
        TimeSource(clock: SimulatedClock(world.executor), now: { [world] in world.now }, executor: world.executor)
    }

    /// One call from the agent into the world: it takes time, may break, and may lose its answer after the work was done.
    func call<Result>(
        _ verb: World.Verb? = nil, _ body: (inout World.State) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        if let delay = world.with({ state in verb.flatMap { state.faults.delays[$0] } }) {
            // In a task of its own: what is slow does not hear that nobody waits for it any more.
            let clock = SimulatedClock(world.executor)
            await Task(executorPreference: world.executor) { try? await clock.sleep(for: delay) }.value
        } else {
            try? await SimulatedClock(world.executor).sleep(for: .milliseconds(5))
        }
        let outcome: Swift.Result<Result, Fault> = world.with { state in
            guard state.epoch == epoch else { return .failure(Fault(.refused, "this agent is dead")) }
            if state.breaks() { return .failure(Fault(.broke, "the line broke")) }
            do throws(Fault) {
                let result = try body(&state)
                return state.losesAnswer() ? .failure(Fault(.unknown, "the answer was lost")) : .success(result)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }
}

extension WorldPorts: Registry {
    package func resolve(_ tag: Tag, in repository: RepositoryName) async throws(Fault) -> Digest? {
        try await call { state throws(Fault) in state.tags[tag] }
    }

    package func tags(in repository: RepositoryName) async throws(Fault) -> [Tag: Digest] {
        try await call { state throws(Fault) in state.tags }
    }

    package func release(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> Release? {
        try await call { state throws(Fault) in state.releases[digest] }
    }

    package func configuration(
        of digest: Digest, for platform: Platform, in repository: RepositoryName
    ) async throws(Fault) -> ImageConfiguration {
        ImageConfiguration(user: "65532", environment: [], labels: [:])
    }

    package func move(
        _ tag: Tag, in repository: RepositoryName, from expected: Digest?, to digest: Digest, under fence: Fence
    ) async throws(Fault) -> PointerMove {
        try await call(.move) { state throws(Fault) in
            if state.faults.tagIsMoved > 0, state.random.onceIn(state.faults.tagIsMoved) {
                state.tags[tag] = Fixtures.release("stranger").digest
            }
            let observed = state.tags[tag]
            if observed == digest { return .moved }
            guard observed == expected else { return .conflict(observed: observed) }
            state.tags[tag] = digest
            return .moved
        }
    }
}

/// Target, switch and probe of one place.
package struct WorldPlace: Target, TrafficSwitch, Probe {
    let ports: WorldPorts
    let place: Place

    package func observe(_ slot: SlotName) async throws(Fault) -> SlotObservation {
        let now = ports.world.now
        return try await ports.call { state throws(Fault) in
            guard let release = state.slots[place]?[slot] else {
                return SlotObservation(at: now, health: .empty, instances: [], endpoint: nil)
            }
            return Fixtures.running(release, at: now)
        }
    }

    package func run(_ image: PinnedImage, in slot: SlotName, under fence: Fence) async throws(Fault) -> SlotObservation {
        let now = ports.world.now
        return try await ports.call { state throws(Fault) in
            try state.admit(fence, at: place)
            guard let wanted = state.releases[image.digest] else { throw Fault(.refused, "no such image") }
            let release = state.mixedUp[image.digest] ?? wanted
            state.slots[place, default: [:]][slot] = release
            state.checkTraffic(at: place)
            return Fixtures.running(release, at: now)
        }
    }

    package func stop(_ slot: SlotName, under fence: Fence) async throws(Fault) {
        try await ports.call(.stop) { state throws(Fault) in
            try state.admit(fence, at: place)
            state.slots[place]?[slot] = nil
            state.checkTraffic(at: place)
        }
    }

    package func routing() async throws(Fault) -> Routing {
        try await ports.call { state throws(Fault) in
            guard let routing = state.routing[place] else { throw Fault(.broke, "no routing") }
            return routing
        }
    }

    package func route(_ wanted: Routing, under fence: Fence) async throws(Fault) -> Routing {
        try await ports.call(.route) { state throws(Fault) in
            try state.admit(fence, at: place)
            state.routing[place] = wanted
            state.checkTraffic(at: place)
            return wanted
        }
    }

    package func sample(_ check: CheckSpecification, at address: Endpoint, expecting image: DigestSet) async -> Sample {
        let now = ports.world.now
        ports.world.with { $0.samples += 1 }
        let answer: (sick: Bool, running: [Digest])? = try? await ports.call(.sample) { state throws(Fault) in
            let running = (state.slots[place] ?? [:]).filter { image.contains($0.value.digest) }
            let serves = running.keys.contains { $0 == state.routing[place]?.live }
            let sickness = state.sick[image.top]
            return (sickness == .always || (sickness == .withTraffic && serves), running.values.map(\.digest))
        }
        guard let answer else { return Fixtures.sample(.none("no answer"), at: now) }
        if case .runningDigest = check.kind { return Fixtures.sample(.identity, Array(answer.running.prefix(1)), at: now) }
        return Fixtures.sample(.status(answer.sick ? 503 : 200, bodyMatched: true), Array(answer.running.prefix(1)), at: now)
    }
}

extension WorldPorts: Ledger, LeaseStore {
    package func append(_ draft: LedgerDraft) async throws(Fault) -> LedgerEntry {
        let outcome: Result<LedgerEntry, Fault> = world.with { state in
            guard state.epoch == epoch else { return .failure(Fault(.refused, "this agent is dead")) }
            if state.diskIsFull() { return .failure(Fault(.broke, "the disk is full")) }
            let entry = LedgerEntry(draft, after: state.entries.last?.head ?? .empty)
            state.entries.append(entry)
            if state.commitsUncertainly() { return .failure(Fault(.unknown, "nobody knows whether it was written")) }
            return .success(entry)
        }
        return try outcome.get()
    }

    package func entries(after sequence: Int64, limit: Int) async throws(Fault) -> [LedgerEntry] {
        world.with { Array($0.entries.dropFirst(Int(sequence)).prefix(limit)) }
    }

    package func head() async throws(Fault) -> LedgerHead { world.with { $0.entries.last?.head ?? .empty } }
    package func snapshot(format: Int) async throws(Fault) -> LedgerSnapshot? { nil }
    package func save(_ snapshot: LedgerSnapshot) async throws(Fault) {}

    package func take(
        _ place: Place, for holder: LeaseHolder, until expires: Timestamp, now: Timestamp
    ) async throws(Fault) -> LeaseAnswer {
        try await call(.takeLease) { state throws(Fault) in
            if let held = state.leases[place], held.expires > now, held.holder.promotion != holder.promotion {
                return .held(held)
            }
            let fence = (state.fences[place] ?? 0) + 1
            state.fences[place] = fence
            let lease = Lease(place: place, holder: holder, fence: Fence(fence), since: now, expires: expires)
            state.leases[place] = lease
            return .taken(lease)
        }
    }

    package func renew(_ lease: Lease, until expires: Timestamp) async throws(Fault) -> Lease {
        try await call { state throws(Fault) in
            guard state.leases[lease.place]?.fence == lease.fence else { throw Fault(.refused, "the lease is another's") }
            let renewed = Lease(
                place: lease.place, holder: lease.holder, fence: lease.fence, since: lease.since, expires: expires)
            state.leases[lease.place] = renewed
            return renewed
        }
    }

    package func release(_ lease: Lease) async throws(Fault) {
        try await call { state throws(Fault) in
            if state.leases[lease.place]?.fence == lease.fence { state.leases[lease.place] = nil }
        }
    }

    package func current(_ place: Place) async throws(Fault) -> Lease? {
        try await call { state throws(Fault) in state.leases[place] }
    }
}
