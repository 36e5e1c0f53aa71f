internal import PromotionCore

/// Everything that retention of one repository works with.
struct RetentionGround: Sendable {
    let repository: RepositoryName
    let store: any ArtifactStore
    let wiring: RetentionWiring
    /// Every service of the repository, and every environment of them in the order of leases.
    let services: [Service]
    let places: [Place]
    /// Environments, of whatever service, that keep their images in a repository of this name: it is not cleaned then.
    let guests: [Place]

    /// Environments of these services that keep their images elsewhere, where nothing is ever deleted.
    var spared: [SafeText] {
        services.flatMap { service in
            service.path.compactMap { environment in
                environment.home.map { "\($0), the home of \(Place(service.name, environment.name))" }
            }
        }
    }

    /// Names that the configuration gives to environments and slots.
    var pointers: Set<Tag> {
        var names: Set<Tag> = []
        for environment in services.flatMap(\.path) {
            names.insert(Tag(pointerOf: environment.name))
            for slot in environment.slots { names.insert(Tag(pointerOf: environment.name, slot: slot)) }
        }
        return names
    }

    /// How each of the services writes its versions, each way once.
    var schemes: [TagScheme] {
        services.map(\.tags).reduce(into: []) { schemes, next in if !schemes.contains(next) { schemes.append(next) } }
    }

    /// What retention takes a tag for.
    func retentionClass(of tag: Tag) -> RetentionClass { RetentionClass(of: tag, pointers: pointers, schemes: schemes) }
}

extension Runner {
    /// What retention of a service's repository works with; nil where it is not configured or cannot be had.
    func ground(of service: ServiceName) -> RetentionGround? {
        guard let own = wirings[service], let store = own.artifacts, let retention = own.retention else { return nil }
        let sharing = wirings.values.filter { $0.service.repository == own.service.repository }.map(\.service)
            .sorted { $0.name < $1.name }
        let guests = wirings.values.map(\.service).flatMap { service in
            service.path.filter { $0.home?.repository == own.service.repository }.map { Place(service.name, $0.name) }
        }
        return RetentionGround(
            repository: own.service.repository, store: store, wiring: retention, services: sharing,
            places: sharing.flatMap { service in service.path.map { Place(service.name, $0.name) } }.sorted(),
            guests: guests.sorted())
    }

    /// Reads everything a plan is made from, and what is now the last that was seen.
    func retentionSnapshot(of ground: RetentionGround) async -> (snapshot: RetentionSnapshot, sightings: Sightings) {
        let projection = board.projection
        let known = projection.retention[ground.repository] ?? RetentionProjection()
        var snapshot = RetentionSnapshot(
            repository: ground.repository, capabilities: await capabilities(of: ground, known))
        snapshot.services = ground.services.map(\.name)
        snapshot.sequence = projection.head.sequence
        snapshot.lastEntryAt = try? await ledger.entries(
            after: max(0, projection.head.sequence - 1), limit: 1
        ).first?.draft.at
        (snapshot.pointers, snapshot.schemes) = (ground.pointers, ground.schemes)
        snapshot.obstacles = ground.guests.map {
            "\($0) keeps its images in a repository of this name, and where an environment does nothing is deleted"
        }
        snapshot.quarantined = known.quarantined
        snapshot.sightings = await sightings(of: ground, known)
        do throws(Fault) { snapshot.registryTime = try await ground.store.time() } catch {
            snapshot.obstacles.append("the registry's clock could not be read: \(error.reason)")
        }
        await readActive(ground, projection, &snapshot)
        keepWhatWasCopied(ground, &snapshot)
        keepByLedger(ground, projection, known, &snapshot)
        let reader = RetentionReader(store: ground.store, repository: ground.repository, time: time)
        let extra = Set(snapshot.active.map(\.digest) + snapshot.kept.map(\.digest) + snapshot.sightings.first.keys)
            .union(known.quarantined.flatMap { [$0.key] + $0.value.parts })
            .subtracting(retention.gone[ground.repository] ?? [])
        let reading = await reader.read(
            extra: extra, known: retention.shelf[ground.repository] ?? [:],
            asksReferrers: snapshot.capabilities.referrersAPI == .yes, readsBuildDates: ground.wiring.rules.age == .created)
        retention.shelf[ground.repository] = reading.manifests
        (snapshot.tags, snapshot.dangling, snapshot.manifests) = (reading.tags, reading.dangling, reading.manifests)
        snapshot.referrers = reading.referrers
        snapshot.obstacles += reading.obstacles
        for place in ground.places { readPointers(of: place, ground, &snapshot) }
        var sightings = snapshot.sightings
        if snapshot.obstacles.isEmpty { sightings.look(snapshot.tags, manifests: snapshot.manifests.keys, at: time.now()) }
        // A first sight is one of now: the plan sees it, so that what is new is young and not unknown.
        let before = known.wasLookedAtSince ? [:] : snapshot.sightings.tags
        snapshot.sightings = sightings
        snapshot.sightings.tags = before
        return (snapshot, sightings)
    }

    private func capabilities(of ground: RetentionGround, _ known: RetentionProjection) async -> RegistryCapabilities {
        let asked = try? await ground.store.capabilities(in: ground.repository)
        let last = known.lastRun?.capabilities
        func best(_ part: KeyPath<RegistryCapabilities, RegistryCapabilities.Answer>) -> RegistryCapabilities.Answer {
            guard let now = asked?[keyPath: part], now != .unknown else { return last?[keyPath: part] ?? .unknown }
            return now
        }
        return RegistryCapabilities(
            tagDeletion: best(\.tagDeletion), digestDeletion: best(\.digestDeletion),
            referrersAPI: asked?.referrersAPI ?? .unknown)
    }

    /// What was seen so far, as the ledger vouches for it; without it everything is new, and that keeps.
    private func sightings(of ground: RetentionGround, _ known: RetentionProjection) async -> Sightings {
        guard let hash = known.lastRun?.sightings,
            let bytes = try? await ground.wiring.files.read(.sightings(hash)), Digest(of: bytes) == hash,
            var sightings = try? CanonicalJSON.decode(Sightings.self, from: bytes)
        else { return Sightings() }
        sightings.tagged.merge(known.undone) { $1 }
        return sightings
    }

    /// A: what the ledger put there and what is seen there now. Where nobody can look, all that was ever there counts.
    private func readActive(_ ground: RetentionGround, _ projection: Projection, _ snapshot: inout RetentionSnapshot) async {
        for place in ground.places {
            let known = projection.services[place.service]?.environments[place.environment] ?? EnvironmentProjection()
            for (slot, holding) in known.slots.sorted(by: { $0.key < $1.key }) {
                snapshot.active.append(
                    .init(digest: holding.release.digest, place: place, because: "\(place)/\(slot) holds it"))
            }
            let seen = await observation(of: place)
            var isWhole = seen.map { $0.gap == nil } ?? false
            for (slot, reading) in (seen?.slots ?? [:]).sorted(by: { $0.key < $1.key }) {
                guard case .known(let look, _) = reading else { continue }
                if case .unclear = look.content { isWhole = false }
                for instance in look.instances {
                    guard let instance else {
                        isWhole = false
                        continue
                    }
                    snapshot.active.append(.init(digest: instance, place: place, because: "\(place)/\(slot) runs it"))
                }
            }
            if !isWhole { await keepAllEver(at: place, &snapshot) }
        }
    }

    /// What runs where an environment has a home of its own runs from there: this repository keeps it all the same, as where it
    /// came from, and does not have to have it.
    private func keepWhatWasCopied(_ ground: RetentionGround, _ snapshot: inout RetentionSnapshot) {
        let elsewhere = ground.services.flatMap { service in
            service.path.filter { $0.home != nil }.map { Place(service.name, $0.name) }
        }
        let copied = snapshot.active.filter { elsewhere.contains($0.place) }
        snapshot.active.removeAll { elsewhere.contains($0.place) }
        snapshot.kept += copied.map {
            KeptDigest(digest: $0.digest, rule: .goal, because: "\($0.because), from \($0.place.environment)'s own repository")
        }
    }

    /// Everything that the ledger ever said of a place that cannot be looked at.
    private func keepAllEver(at place: Place, _ snapshot: inout RetentionSnapshot) async {
        var sequence: Int64 = 0
        var mentioned: Set<Digest> = []
        do throws(Fault) {
            while true {
                let entries = try await ledger.entries(after: sequence, limit: 1_000)
                guard let last = entries.last else { break }
                for entry in entries where entry.draft.place == place {
                    mentioned.formUnion(Digest.mentioned(in: entry.draft.payload))
                }
                sequence = last.sequence
            }
        } catch {
            snapshot.obstacles.append("\(place) cannot be looked at, and its past cannot be read: \(error.reason)")
        }
        snapshot.kept += mentioned.sorted().map {
            KeptDigest(digest: $0, rule: .stale, because: "\(place) cannot be looked at, and it was there once")
        }
    }

    private func keepByLedger(
        _ ground: RetentionGround, _ projection: Projection, _ known: RetentionProjection, _ snapshot: inout RetentionSnapshot
    ) {
        for place in ground.places {
            let service = projection.services[place.service]
            let goals = service?.environments[place.environment]?.succeeded ?? []
            snapshot.kept += goals.map { .init(digest: $0.digest, rule: .goal, because: "\(place) can go back to it") }
            guard let promotion = service?.promotions.last(where: { $0.plan.place == place && !$0.hasEnded }) else { continue }
            let plan = promotion.plan
            let named = [plan.release, plan.live?.release, plan.goal?.release, plan.replaced].compactMap(\.self)
            snapshot.kept += named.map {
                .init(digest: $0.digest, rule: .promotion, because: "promotion \(promotion.number) names it")
            }
        }
        let now = time.now()
        snapshot.kept += known.holds.filter { $0.value.until.map { $0 > now } ?? true }.sorted { $0.key < $1.key }.map {
            KeptDigest(digest: $0.key, rule: .hold, because: "held by \($0.value.by): \($0.value.reason)")
        }
    }

    /// What pointer tags name is active too, and so is what the ledger last put on one.
    private func readPointers(of place: Place, _ ground: RetentionGround, _ snapshot: inout RetentionSnapshot) {
        let known = board.projection.services[place.service]?.environments[place.environment]?.pointers ?? [:]
        for (tag, digest) in known.sorted(by: { $0.key < $1.key }) where snapshot.tags[tag] != digest {
            snapshot.kept.append(.init(digest: digest, rule: .goal, because: "\(tag) was put on it"))
        }
        let owed = board.projection.services[place.service]?.environments[place.environment]?.owed ?? [:]
        for (tag, pointer) in owed.sorted(by: { $0.key < $1.key }) {
            snapshot.kept.append(.init(digest: pointer.digest, rule: .goal, because: "\(tag) should name it"))
            guard let before = pointer.before else { continue }
            snapshot.kept.append(.init(digest: before, rule: .goal, because: "\(tag) named it, and cannot be moved"))
        }
    }
}
