internal import PromotionCore

extension Runner {
    /// Writes down what runs where nothing was ever recorded.
    func adoptAll() async throws {
        for wiring in wirings.values.sorted(by: { $0.service.name < $1.service.name }) {
            for environment in wiring.service.path {
                let place = Place(wiring.service.name, environment.name)
                guard isUnknown(place), let observation = await observation(of: place) else { continue }
                show(.observed(place, observation))
                try await adopt(place, observation)
            }
        }
    }

    /// Whether nothing was ever recorded of what runs there.
    func isUnknown(_ place: Place) -> Bool {
        (board.projection.services[place.service]?.environments[place.environment]?.generation ?? 0) == 0
    }

    /// Adopts what was seen, if all of it was: what is missing now would be missing for good, and a promotion would have no
    /// way back to it.
    func adopt(_ place: Place, _ seen: EnvironmentObservation) async throws {
        guard let wiring = wirings[place.service], let environment = wiring.service.environment(place.environment),
            let routing = seen.routing, let pointers = seen.pointers
        else { return }
        var slots: [SlotName: Release] = [:]
        for slot in environment.slots {
            guard let look = seen.slots[slot] else { return }
            if case .unknown = look.health { return }
            guard let digest = look.digest else { continue }
            do throws(Fault) {
                slots[slot] = try await wiring.home(of: environment.name).release(digest)
            } catch {
                // Bytes that are wrong stay wrong: the slot is adopted as one that runs nothing known.
                guard error.kind == .refused else { return }
            }
        }
        let live = environment.slots.count == 1 ? environment.slots.first : routing.live
        let adoption = Fact.Adoption(slots: slots, live: live.flatMap { slots[$0] == nil ? nil : $0 }, pointers: pointers)
        try await record(.adopted(adoption), by: identity, place: place) { projection in
            let generation = projection.services[place.service]?.environments[place.environment]?.generation ?? 0
            return generation == 0 ? nil : Objection(.changed, "\(place) is known by now", remedy: "see baton status")
        }
    }
}
