internal import Fixtures
internal import PromotionCore

extension Promises {
    static let nothingThatRunsIsEmpty = Promise<Recorded>("What runs, serves and is named is adopted as it is") { moment in
        guard let place = moment.entry.draft.place else { return nil }
        let running = moment.world.slots[place] ?? [:]
        switch moment.fact {
        case .adopted(let adoption):
            for (slot, release) in running.sorted(by: { $0.key < $1.key })
            where adoption.slots[slot]?.digests.contains(release.digest) != true {
                return "\(place)/\(slot) runs \(release.digest.short()) and is adopted as \(words(adoption.slots[slot]))"
            }
            let live = moment.world.routing[place]?.live
            if let live, running[live] != nil, adoption.live != live { return "\(live) serves \(place) and is adopted as idle" }
            let pointer = moment.world.pointer(of: place)
            let known = adoption.pointers[Tag(pointerOf: place.environment)]
            return pointer == known ? nil : "the tag of \(place) is adopted as \(known?.short() ?? "nothing")"
        case .readopted(let found):
            return found.slots.first { running[$0.key]?.digest != $0.value.digest }.map { slot, release in
                "\(place)/\(slot) is adopted again as \(release.digest.short()) and runs \(words(running[slot]))"
            }
        default: return nil
        }
    }

    private static func words(_ release: Release?) -> String { release?.digest.short() ?? "nothing" }

    static let nobodyIsCalledForNothing = Promise<Recorded>("Nobody is called for the loss of a way back that is there") {
        moment in
        guard case .automation(.called(let call)) = moment.fact, call.subject == .wayBack, let place = moment.entry.draft.place,
            let digest = call.digest
        else { return nil }
        if (moment.world.slots[place] ?? [:]).values.contains(where: { $0.digest == digest }) {
            return "\(digest.short()) still runs in \(place)"
        }
        let isHeld = moment.world.releases[digest] != nil && moment.world.homes.values.allSatisfy { $0.contains(digest) }
        return isHeld ? "the registry has \(digest.short()) for \(place)" : nil
    }
}
