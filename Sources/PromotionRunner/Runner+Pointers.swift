internal import Logging
internal import PromotionCore

extension Runner {
    /// Compares what pointer tags name with what the ledger put there, as long as nothing is under way that moves them.
    ///
    /// One look may be late or early; what two looks one after the other see has happened. It is recorded once, and once more
    /// when it is over. Nothing is put back: a person decides.
    func watchPointers(of place: Place, _ seen: EnvironmentObservation) async {
        guard case .known(let pointers, _) = seen.pointers,
            !board.projection.unfinished.contains(where: { $0.plan.place == place })
        else {
            strayed[place] = nil
            return
        }
        var now: [Tag: PointerDrift] = [:]
        let own = wirings[place.service]?.service.environment(place.environment)?.pointerTags ?? []
        for drift in Self.differences(in: pointers, from: known(place), among: own) { now[drift.tag] = drift }
        let before = strayed.updateValue(now, forKey: place) ?? [:]
        for (tag, drift) in now.sorted(by: { $0.key < $1.key }) where before[tag] == drift { await note(drift, at: place) }
    }

    /// Tags that differ from what the ledger put there and was not told yet, and tags that do so no longer.
    private static func differences(
        in seen: [Tag: Digest], from known: EnvironmentProjection, among tags: [Tag]
    ) -> [PointerDrift] {
        tags.compactMap { tag in
            guard let expected = known.pointers[tag] else { return nil }
            // A tag that is owed may name what it should by now: that is no drift, and is settled by itself.
            if let owed = known.owed[tag], seen[tag] == owed.digest { return nil }
            let drift = PointerDrift(tag: tag, expected: expected, observed: seen[tag])
            return drift.isOver ? known.drifts[tag].map { _ in drift } : known.drifts[tag] == drift ? nil : drift
        }
    }

    private func note(_ drift: PointerDrift, at place: Place) async {
        do {
            try await record(.pointerDrifted(drift), by: identity, place: place) { projection in
                // A promotion may have begun meanwhile: the tag is its own then.
                let isBusy = projection.unfinished.contains { $0.plan.place == place }
                let expected = projection.services[place.service]?.environments[place.environment]?.pointers[drift.tag]
                guard isBusy || expected != drift.expected else { return nil }
                return Objection(.changed, "\(drift.tag) is being moved", remedy: "nothing has to be done")
            }
        } catch is Refused {
            return
        } catch {
            logger.warning("a drift was not recorded", metadata: ["tag": "\(drift.tag)", "error": "\(error)"])
        }
    }

    /// Takes what a tag names now for what it shall name.
    func adoptPointer(_ tag: Tag, at place: Place, _ reason: SafeText, by account: Account) async -> Answer {
        guard let wiring = wirings[place.service], let environment = wiring.service.environment(place.environment) else {
            return .refused([.init(.unknownPlace, "there is no \(place)", remedy: "see baton status")])
        }
        let own = environment.pointerTags + known(place).owed.keys.filter { !environment.pointerTags.contains($0) }.sorted()
        guard own.contains(tag) else {
            let names: SafeText = "\(SafeText(own.map(\.text).joined(separator: ", ")))"
            return .refused([.init(.changed, "\(tag) is no pointer tag of \(place)", remedy: "its pointer tags are \(names)")])
        }
        do {
            let observed = try await wiring.home(of: environment.name).resolve(tag)
            try await record(.pointerAdopted(tag: tag, observed: observed, reason: reason), by: account, place: place) {
                projection in
                guard projection.unfinished.contains(where: { $0.plan.place == place }) else { return nil }
                return Objection(.changed, "a promotion of \(place) moves its tags", remedy: "wait until it has ended")
            }
            return .accepted
        } catch let refused as Refused {
            return .refused([refused.objection])
        } catch let fault as Fault {
            return .broken(fault.reason)
        } catch {
            return .broken("\(error)")
        }
    }
}
