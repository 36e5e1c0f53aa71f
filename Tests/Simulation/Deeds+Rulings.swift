internal import Fixtures
internal import PromotionCore
internal import PromotionRunner

extension Desk {
    /// Decides something by hand, after a look at how things stand.
    func rule(_ ruling: Ruling, at place: Place) async -> Answer {
        guard let board = await shown(), let request = request(for: ruling, at: place, board) else { return .refused([]) }
        return await ask(request)
    }

    private func request(for ruling: Ruling, at place: Place, _ board: Board) -> OperatorRequest? {
        let reason = Self.reason
        switch ruling {
        case .approve: return waiting(at: place, board).map { .policy(.approve($0.number, planHash: $0.plan.hash)) }
        case .reject: return waiting(at: place, board).map { .policy(.reject($0.number, reason: reason)) }
        case .veto(let release): return .policy(.veto(place, digest: releases[release].digest, reason: reason))
        case .pin: return .policy(.pin(place, digest: nil, reason: reason))
        case .unpin: return .policy(.unpin(place, reason: reason))
        case .freeze(let time): return .policy(.freeze(FreezeScope(), until: world.wall + time, reason: reason))
        case .unfreeze: return .policy(.unfreeze(FreezeScope(), reason: reason))
        case .override(let gate, let release, let time):
            let wanted = OverrideRequest(
                gate: gate, digest: releases[release].digest, owner: person.account.name, reason: reason,
                expires: world.wall + time)
            return .policy(.override(place, wanted))
        case .closeOverride:
            let debts = board.projection.services[place.service]?.environments[place.environment]?.overrides
            return debts?.first.map { .policy(.closeOverride($0.number, reason: reason)) }
        case .lock(let time): return .lock(place, .free, for: time, reason: reason)
        case .takeLock(let time):
            return board.lease(of: place).map { .lock(place, .over($0.fence), for: time, reason: reason) }
        case .unlock: return .unlock(place, reason: reason)
        case .stopAutomation: return .stopAutomation(place, reason: reason)
        case .letAutomationGo: return .letAutomationGo(place, reason: reason)
        case .verify: return .verify(place)
        case .adoptPointer: return .adoptPointer(place, tag: Tag(pointerOf: place.environment), reason: reason)
        }
    }

    private func waiting(at place: Place, _ board: Board) -> Promotion? {
        board.projection.services[place.service]?.waiting(in: place.environment)
    }
}
