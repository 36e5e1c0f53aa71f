/// One slot of one environment as a screen shows it.
package struct SlotRow: Hashable, Sendable {
    /// What sets a slot apart from what it should be.
    package enum Drift: Hashable, Sendable {
        /// The slot runs another image than the ledger put there.
        case slot(expected: Digest, observed: Digest)
        /// A pointer tag names another image than the ledger put there.
        case pointer(Tag, expected: Digest, observed: Digest?)
        /// The switch sends traffic elsewhere than the ledger recorded.
        case routing(expected: SlotName, observed: SlotName?)
        /// The address of the users is answered by another image than the ledger put into the slot that serves.
        case front(expected: Digest, observed: Digest)
    }

    package let place: Place
    package let slot: SlotName
    /// Whether the environment has more than this slot.
    package let isOneOfSeveral: Bool
    package let holding: EnvironmentProjection.Holding?
    /// What really runs, as the slot itself says; nil where nobody could ask or it did not say.
    package let observed: Digest?
    /// Of a slot that takes all traffic, healthy only if its users were answered by what it holds in the same look.
    package let health: SlotObservation.Health
    package let observedAt: Timestamp?
    /// Share of the traffic, of a hundred; nil where the switch does not say.
    package let weight: Int?
    package let pointer: Digest?
    package let drift: [Drift]

    package var isLive: Bool { weight == 100 }
}

extension Board {
    /// The slots of a service in the order of its path.
    package func rows(of service: Service) -> [SlotRow] {
        service.path.flatMap { environment in
            environment.slots.map { row(Place(service.name, environment.name), environment, $0) }
        }
    }

    private func row(_ place: Place, _ environment: Environment, _ slot: SlotName) -> SlotRow {
        let ledger = projection.services[place.service]?.environments[place.environment] ?? EnvironmentProjection()
        let seen = observations[place]
        let slotSeen = seen?.slots[slot]
        let holding = ledger.slots[slot]
        let isOneOfSeveral = environment.slots.count > 1
        let tag = isOneOfSeveral ? Tag(pointerOf: environment.name, slot: slot) : Tag(pointerOf: environment.name)
        let weight = isOneOfSeveral ? seen?.routing?.weights[slot, default: 0] : 100
        return SlotRow(
            place: place, slot: slot, isOneOfSeveral: isOneOfSeveral, holding: holding, observed: slotSeen?.digest,
            health: health(slot, holding, seen, takesAll: weight == 100), observedAt: slotSeen?.at, weight: weight,
            pointer: seen?.pointers?[tag],
            drift: drift(environment, slot, ledger, seen))
    }

    /// What is known of a slot's health. Of a slot that takes all traffic, its own checks are not enough: the address of its
    /// users has to answer with the image as well.
    private func health(
        _ slot: SlotName, _ holding: EnvironmentProjection.Holding?, _ seen: EnvironmentObservation?, takesAll: Bool
    ) -> SlotObservation.Health {
        guard let seen, let own = seen.slots[slot] else { return .unknown("not looked at yet") }
        guard own.health == .healthy, takesAll else { return own.health }
        switch seen.front {
        case .digest(let digest) where holding?.release.digests.contains(digest) ?? (own.digest == digest): return .healthy
        case .digest(let digest): return .unknown("its users are answered by \(digest.short())")
        case .unknown(let reason): return .unknown("its users: \(reason)")
        case nil: return .unknown("nothing asks the address of its users")
        }
    }

    private func drift(
        _ environment: Environment, _ slot: SlotName, _ ledger: EnvironmentProjection, _ seen: EnvironmentObservation?
    ) -> [SlotRow.Drift] {
        var found: [SlotRow.Drift] = []
        if let holding = ledger.slots[slot],
            let observed = seen?.slots[slot]?.instances.compactMap(\.self)
                .first(where: { !holding.release.digests.contains($0) })
        {
            found.append(.slot(expected: holding.release.digest, observed: observed))
        }
        let tags =
            environment.slots.count > 1
            ? [Tag(pointerOf: environment.name, slot: slot)] + (ledger.live == slot ? [Tag(pointerOf: environment.name)] : [])
            : [Tag(pointerOf: environment.name)]
        for tag in tags {
            guard let expected = ledger.pointers[tag], let pointers = seen?.pointers, pointers[tag] != expected,
                ledger.owed[tag].map({ $0.digest != pointers[tag] }) ?? true
            else { continue }
            found.append(.pointer(tag, expected: expected, observed: pointers[tag]))
        }
        if ledger.live == slot, let routing = seen?.routing, environment.slots.count > 1,
            !routing.agrees(with: ledger.split ?? Routing(all: slot))
        {
            found.append(.routing(expected: slot, observed: routing.live))
        }
        if ledger.live == slot, ledger.split == nil, let holding = ledger.slots[slot], case .digest(let digest)? = seen?.front,
            !holding.release.digests.contains(digest)
        {
            found.append(.front(expected: holding.release.digest, observed: digest))
        }
        return found
    }
}
