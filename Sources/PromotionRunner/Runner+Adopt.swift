internal import Logging
internal import PromotionCore

extension Runner {
    /// Writes down what runs where nothing was ever recorded.
    func adoptAll() async throws {
        for wiring in wirings.values.sorted(by: { $0.service.name < $1.service.name }) {
            for environment in wiring.service.path {
                let place = Place(wiring.service.name, environment.name)
                guard let observation = await observation(of: place) else { continue }
                show(.observed(place, observation))
                try await adopt(place, observation)
            }
        }
    }

    /// Adopts what was seen of a place that the ledger does not know, and puts an adoption right that the look contradicts.
    func adopt(_ place: Place, _ seen: EnvironmentObservation) async throws {
        let known = board.projection.services[place.service]?.environments[place.environment] ?? EnvironmentProjection()
        if known.generation == 0 { try await adoptFirst(place, seen) } else { try await correct(place, known, seen) }
    }

    /// Adopts what was seen, if all of it was: what is missing now would be missing for good, and a promotion would have no
    /// way back to it.
    private func adoptFirst(_ place: Place, _ seen: EnvironmentObservation) async throws {
        guard let wiring = wirings[place.service], let environment = wiring.service.environment(place.environment),
            case .known(let routing, _) = seen.routing, case .known(let pointers, _) = seen.pointers
        else { return }
        var slots: [SlotName: Release] = [:]
        for slot in environment.slots {
            guard case .known(let look, _) = seen.slot(slot) else { return }
            switch look.content {
            case .nothing: continue
            case .image(let digest):
                slots[slot] = await identify(digest, in: wiring.home(of: environment.name), wiring.service.tags)
            case .unclear: return
            }
        }
        let live = environment.slots.count == 1 ? environment.slots.first : routing.live
        let adoption = Fact.Adoption(slots: slots, live: live.flatMap { slots[$0] == nil ? nil : $0 }, pointers: pointers)
        try await record(.adopted(adoption), by: identity, place: place) { projection in
            let generation = projection.services[place.service]?.environments[place.environment]?.generation ?? 0
            return generation == 0 ? nil : Objection(.changed, "\(place) is known by now", remedy: "see baton status")
        }
    }

    /// Replaces what an adoption got wrong, as long as no promotion is under way that changes the place.
    private func correct(_ place: Place, _ known: EnvironmentProjection, _ seen: EnvironmentObservation) async throws {
        guard !isUnderWay(place), let wiring = wirings[place.service],
            let environment = wiring.service.environment(place.environment),
            let (slots, live) = known.contradiction(of: environment, by: seen)
        else { return }
        var found: [SlotName: Release] = [:]
        for (slot, digest) in slots {
            found[slot] = await identify(digest, in: wiring.home(of: environment.name), wiring.service.tags)
        }
        try await record(Fact.Readoption(.contradicted, slots: found, live: live), at: place, known)
    }

    /// Asks the registry again what the images are that were adopted by their digest alone.
    func identifyAdopted(at place: Place) async {
        guard !isUnderWay(place), let wiring = wirings[place.service],
            let known = board.projection.services[place.service]?.environments[place.environment]
        else { return }
        var found: [SlotName: Release] = [:]
        for (slot, holding) in known.slots where holding.release.isKnownByDigestAlone {
            let release = await identify(holding.release.digest, in: wiring.home(of: place.environment), wiring.service.tags)
            if !release.isKnownByDigestAlone { found[slot] = release }
        }
        if found.isEmpty { return }
        try? await record(Fact.Readoption(.identified, slots: found, live: nil), at: place, known)
    }

    private func isUnderWay(_ place: Place) -> Bool {
        board.projection.unfinished.contains { $0.plan.place == place && !$0.state.isBeforeLease }
    }

    private func record(_ found: Fact.Readoption, at place: Place, _ known: EnvironmentProjection) async throws {
        do {
            try await record(.readopted(found), by: identity, place: place) { projection in
                let now = projection.services[place.service]?.environments[place.environment]
                let isBusy = projection.unfinished.contains { $0.plan.place == place && !$0.state.isBeforeLease }
                guard isBusy || now?.generation != known.generation else { return nil }
                return Objection(.changed, "\(place) is being changed", remedy: "nothing has to be done")
            }
        } catch is Refused {
            return
        }
    }

    /// The release of a digest as the registry tells it. What runs is known at least by its digest: a registry that refuses its
    /// list, or has lost the image, takes no way back from anybody.
    private func identify(_ digest: Digest, in home: RepositoryWiring, _ scheme: TagScheme) async -> Release {
        do throws(Fault) {
            if let release = try await home.release(digest) {
                if release.tag != nil { return release }
                let named = (try? await named(in: home, scheme)) ?? [:]
                let tag = scheme.mostTelling(of: named.filter { $0.value == digest }.keys)
                return Release(digests: release.digests, tag: tag, revision: release.revision)
            }
        } catch {
            logger.warning("the registry does not say what runs", metadata: ["digest": "\(digest)", "reason": "\(error.reason)"])
        }
        do throws(Fault) {
            if case .whole(let digests) = try await home.holding(of: digest) {
                return Release(digests: digests, tag: nil, revision: nil)
            }
        } catch {
            logger.debug("the registry does not hold what runs", metadata: ["reason": "\(error.reason)"])
        }
        return Release(knownBy: digest)
    }
}
