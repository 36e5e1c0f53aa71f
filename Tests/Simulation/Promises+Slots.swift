internal import Fixtures
internal import PromotionCore

extension Promises {
    static let warmSlotsComeBack = Promise<AtRest>("What a stopped promotion took out of the idle slot comes back") { moment in
        for (service, told) in moment.projection.services {
            for (name, environment) in told.environments where told.active(in: name) == nil {
                guard let owed = environment.dueSlot else { continue }
                return
                    "\(owed.release.digest.short()) is not back in \(owed.slot) of \(Place(service, name)): \(owed.fault ?? "")"
            }
        }
        return nil
    }

    static let stopsLeaveNoGap = Promise<AtRest>("The idle slot of a stopped promotion runs again what it ran before") { moment in
        for place in moment.world.allPlaces {
            let all = moment.promotions.filter { $0.plan.place == place }
            guard all.allSatisfy(\.hasEnded), let last = all.filter(\.hasTouched).max(by: { $0.number < $1.number }),
                last.wasStopped, let before = last.plan.replaced, moment.world.slots[place]?[last.plan.slot] == nil,
                !moment.world.takesTraffic(last.plan.slot, of: place), moment.world.canServe(before.digest, at: place)
            else { continue }
            return "\(before.digest.short()) is not back in \(last.plan.slot) of \(place) after promotion \(last.number)"
        }
        return nil
    }
}

extension Promotion {
    /// Whether it got so far as to change its environment.
    fileprivate var hasTouched: Bool {
        passage.contains { [.deployingIdle, .switching, .rollingBack].contains($0.state) }
    }

    /// Whether it ended before it moved traffic to its slot.
    fileprivate var wasStopped: Bool {
        guard plan.kind == .promotion, plan.strategy.hasIdleSlot, !isCommitted else { return false }
        return [.failed, .cancelled, .expired].contains(state.outcome)
    }
}

extension World.State {
    /// Whether a release has served, or was found in a place, and nobody has vetoed it there.
    fileprivate func canServe(_ digest: Digest, at place: Place) -> Bool {
        let isKnown = witness.found[place]?.contains(digest) ?? false || witness.tested[place]?.contains(digest) ?? false
        return isKnown && witness.word(of: place, on: digest).rejectedAt == nil
            && !witness.rulings.vetoed(at: place).contains(digest)
    }
}
