internal import Fixtures
package import PromotionCore

extension Operation {
    /// An operation that goes on with a ledger that was written elsewhere, 10 s after its last entry.
    ///
    /// Slots, switches and tags are as the ledger left them; what it does not know to run is what the slots' pointer tags name.
    /// - Throws: what folding an entry throws.
    package convenience init(seed: UInt64, services: [Service], after entries: [LedgerEntry]) throws {
        self.init(seed: seed, services: services, isNew: true)
        let known = try Self.releases(in: entries)
        try world.with { state in
            state.tags = [:]
            state.releases = known
            for entry in entries {
                let (before, after) = try state.witness.fold(entry)
                state.witness.remember(entry, try entry.fact(), before, after)
                state.witness.watch.hear(try entry.fact(), before, after, entry.draft.at - Fixtures.start)
                guard let place = entry.draft.place, let fence = entry.draft.fence else { continue }
                state.fences[place] = max(state.fences[place] ?? 0, fence.number)
            }
            state.entries = entries
            for service in services {
                for release in known.values {
                    guard let tag = release.tag else { continue }
                    state.tags[service.repository, default: [:]][tag] = release.digest
                }
                for environment in service.path { state.leave(environment, of: service) }
            }
        }
        guard let last = entries.last else { return }
        world.executor.advance(to: (last.draft.at - Fixtures.start).duration + .seconds(10))
    }

    /// Every release that the entries tell of.
    private static func releases(in entries: [LedgerEntry]) throws -> [Digest: Release] {
        var found: [Digest: Release] = [:]
        for entry in entries {
            switch try entry.fact() {
            case .adopted(let adoption): for release in adoption.slots.values { found[release.digest] = release }
            case .started(let start):
                found[start.plan.release.digest] = start.plan.release
                if let goal = start.plan.goal?.release { found[goal.digest] = goal }
            default: continue
            }
        }
        return found
    }
}

extension Operation {
    /// Writes into an empty ledger that a place was adopted as empty, as an agent did whose registry refused its list.
    package func adoptFalsely(_ place: Place) throws {
        try world.with { state in
            let repository = state.places.first { $0.value.contains(place) }?.key
            let tags = repository.flatMap { state.tags[$0] } ?? [:]
            let pointers = tags.filter {
                TagScheme.standard.tagClass(of: $0.key) == .other && $0.key.text.hasPrefix(place.environment.text)
            }
            let fact = Fact.adopted(.init(slots: [:], live: nil, pointers: pointers))
            let draft = try LedgerDraft(fact, at: Fixtures.start, by: Fixtures.agent, place: place)
            let entry = LedgerEntry(draft, after: state.entries.last?.head ?? .empty)
            _ = try state.witness.fold(entry)
            state.entries.append(entry)
        }
    }
}

extension World.State {
    /// Makes a place's instances say nothing of what they run.
    package mutating func mute(_ place: Place) {
        troubles[place, default: [:]][.instancesAreMute] = Timestamp(millisecondsSinceEpoch: .max)
    }

    /// Puts into an environment what the ledger left there.
    fileprivate mutating func leave(_ environment: Environment, of service: Service) {
        let place = Place(service.name, environment.name)
        let ledger = witness.projection.services[service.name]?.environments[environment.name] ?? EnvironmentProjection()
        for (tag, digest) in ledger.pointers { tags[service.repository, default: [:]][tag] = digest }
        let main = ledger.pointers[Tag(pointerOf: environment.name)]
        var running: [SlotName: Release] = [:]
        for slot in environment.slots {
            let isOnly = environment.slots.count == 1
            let tag = isOnly ? Tag(pointerOf: environment.name) : Tag(pointerOf: environment.name, slot: slot)
            running[slot] = ledger.slots[slot]?.release ?? ledger.pointers[tag].flatMap { releases[$0] }
        }
        slots[place] = running
        let live = ledger.live ?? environment.slots.first { running[$0]?.digest == main } ?? environment.slots[0]
        routing[place] = Routing(all: live)
        witness.found(running.values.map(\.digest), at: place)
    }
}
