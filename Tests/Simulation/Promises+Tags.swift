internal import Fixtures
internal import PromotionCore

extension Promises {
    static let tagsMoveNobody = Promise<Recorded>(
        "A tag that cannot be moved neither undoes what serves nor keeps it from its end"
    ) {
        moment in
        guard let (event, before, after) = moment.step, before.isCommitted, before.state != after.state else { return nil }
        switch event {
        case .failed(.pointerNames, _), .pointerConflict, .pointerOwed: break
        case .deadlinePassed:
            let open = before.pending.filter { if case .deadline = $0 { false } else { true } }
            guard !open.isEmpty, open.allSatisfy(\.isPointer) else { return nil }
        default: return nil
        }
        switch after.state {
        case .verifyingLive, .baking, .closing, .verifyingRollback, .ended(.succeeded), .ended(.rolledBack),
            .ended(.rolledBackUnverified):
            return nil
        default: return "\(after.number) is \(after.state.words) after \(event.kind)"
        }
    }

    static let finalTagsComeLast = Promise<Recorded>("A final tag is made only once no pointer tag is owed") { moment in
        let moved: Tag
        switch moment.fact {
        case .happened(.achieved(.pointerNames(let tag, _, _), _)): moved = tag
        case .owed(.pointerMoved(let tag, _)): moved = tag
        default: return nil
        }
        guard TagScheme.standard.isFinal(moved), let place = moment.entry.draft.place,
            let told = moment.world.witness.projection.services[place.service]?.environments[place.environment]
        else { return nil }
        return told.owed.keys.first { TagScheme.standard.tagClass(of: $0) == .other }.map {
            "\(moved) is made while \($0) is owed"
        }
    }

    static let debtsArePaid = Promise<AtRest>("A tag that is owed is moved once the registry takes it") { moment in
        guard !moment.world.witness.hasStranger else { return nil }
        for (service, told) in moment.projection.services {
            for (name, environment) in told.environments where moment.isSettled(Place(service, name)) {
                let serving = environment.serving?.release.digest
                let left = environment.owed.values.first { $0.tag == Tag(pointerOf: name) && $0.digest == serving }
                if let left { return "\(left.words)" }
            }
        }
        return nil
    }
}
