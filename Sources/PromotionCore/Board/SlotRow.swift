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
    /// What was seen of the slot itself.
    package let seen: Reading<SlotObservation>
    /// Of a slot that takes all traffic, healthy only if its users were answered by what it holds in the same look.
    package let health: SlotObservation.Health
    /// When the slot was last looked at, whatever that came to; `nil` before the first look.
    package let observedAt: Timestamp?
    /// Share of the traffic, of a hundred.
    package let traffic: Reading<Int>
    /// What its pointer tag names.
    package let pointer: Reading<Digest?>
    package let drift: [Drift]

    /// Whether the switch was seen to send it all traffic.
    package var isLive: Bool {
        switch traffic {
        case .known(let weight, _): weight == 100
        case .unknown: false
        }
    }

    /// What of the row is not known, with its cause and since when.
    package var unknowns: [(what: SafeText, cause: SafeText, since: Timestamp?)] {
        var found: [(what: SafeText, cause: SafeText, since: Timestamp?)] = []
        if case .unknown(let cause, let since) = seen {
            found.append(("what runs", cause, observedAt.map { min(since, $0) }))
        } else if case .unknown(let cause) = health {
            found.append(("health", cause, observedAt))
        }
        if case .unknown(let cause, let since) = traffic { found.append(("traffic", cause, observedAt.map { min(since, $0) })) }
        return found
    }
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
        let seen = seen(at: place)
        let holding = ledger.slots[slot]
        let isOneOfSeveral = environment.slots.count > 1
        let tag = isOneOfSeveral ? Tag(pointerOf: environment.name, slot: slot) : Tag(pointerOf: environment.name)
        let traffic = isOneOfSeveral ? seen.routing.map { $0.weights[slot, default: 0] } : .known(100, at: seen.at)
        return SlotRow(
            place: place, slot: slot, isOneOfSeveral: isOneOfSeveral, holding: holding, seen: seen.slot(slot),
            health: health(slot, holding, seen, traffic), observedAt: observations[place].map(\.at), traffic: traffic,
            pointer: seen.pointers.map { $0[tag] }, drift: drift(environment, slot, ledger, seen))
    }

    /// What is known of a slot's health. Of a slot that takes all traffic, its own checks are not enough: the address of its
    /// users has to answer with the image as well.
    private func health(
        _ slot: SlotName, _ holding: EnvironmentProjection.Holding?, _ seen: EnvironmentObservation, _ traffic: Reading<Int>
    ) -> SlotObservation.Health {
        let own: SlotObservation
        switch seen.slot(slot) {
        case .known(let look, _): own = look
        case .unknown(let cause, _): return .unknown(cause)
        }
        guard own.health == .healthy, case .known(100, _) = traffic else { return own.health }
        switch seen.front {
        case .known(let digest, _)? where holding?.release.digests.contains(digest) ?? (own.digest == digest): return .healthy
        case .known(let digest, _)?: return .unknown("its users are answered by \(digest.short())")
        case .unknown(let cause, _)?: return .unknown("its users: \(cause)")
        case nil: return .unknown("nothing asks the address of its users")
        }
    }

    private func drift(
        _ environment: Environment, _ slot: SlotName, _ ledger: EnvironmentProjection, _ seen: EnvironmentObservation
    ) -> [SlotRow.Drift] {
        var found: [SlotRow.Drift] = []
        if let holding = ledger.slots[slot], case .known(let look, _) = seen.slot(slot),
            let observed = look.instances.compactMap(\.self)
                .first(where: { !holding.release.digests.contains($0) })
        {
            found.append(.slot(expected: holding.release.digest, observed: observed))
        }
        let tags =
            environment.slots.count > 1
            ? [Tag(pointerOf: environment.name, slot: slot)] + (ledger.live == slot ? [Tag(pointerOf: environment.name)] : [])
            : [Tag(pointerOf: environment.name)]
        for tag in tags {
            guard let expected = ledger.pointers[tag], case .known(let pointers, _) = seen.pointers,
                pointers[tag] != expected, ledger.owed[tag].map({ $0.digest != pointers[tag] }) ?? true
            else { continue }
            found.append(.pointer(tag, expected: expected, observed: pointers[tag]))
        }
        if ledger.live == slot, case .known(let routing, _) = seen.routing, environment.slots.count > 1,
            !routing.agrees(with: ledger.split ?? Routing(all: slot))
        {
            found.append(.routing(expected: slot, observed: routing.live))
        }
        if ledger.live == slot, ledger.split == nil, let holding = ledger.slots[slot], case .known(let digest, _)? = seen.front,
            !holding.release.digests.contains(digest)
        {
            found.append(.front(expected: holding.release.digest, observed: digest))
        }
        return found
    }
}
