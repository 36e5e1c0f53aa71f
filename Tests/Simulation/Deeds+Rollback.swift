internal import Fixtures
internal import PromotionCore
internal import PromotionRunner

/// People who roll back, and who take that back.
extension Desk {
    /// The reason by which a word of a rollback is known from any other.
    static let rollbackReason: SafeText = "a simulated rollback"

    /// Looks at what is offered, and orders that: mostly what is offered first, or what rolls back what serves; one of four
    /// without a veto.
    /// - Parameter time: how long the person thinks about it.
    func rollBack(_ place: Place, _ choice: Int, after time: Milliseconds = .zero) async -> Answer {
        guard let offers = await shown()?.rollbackOffers(of: place) else { return .refused([]) }
        let offer = choice.isMultiple(of: 3) ? offers[0] : offers[choice % offers.count]
        guard let order = RollbackOrder(offer, vetoes: choice % 4 != 3, reason: Self.rollbackReason) else { return .refused([]) }
        let before = world.with { state in
            state.witness.orders.append(.init(offer: offer, vetoes: order.vetoes, by: person.account))
            return state.entries.count
        }
        if time > .zero { try? await SimulatedClock(world.executor).sleep(for: time.duration) }
        let answer = await ask(.rollBack(order))
        if case .started(let number) = answer, order.effect.movesTraffic {
            world.with { _ = $0.witness.promisedRollbacks.insert(number) }
        }
        if case .refused(let objections) = answer, objections.first?.kind == .changed, offer.underWay == nil {
            let isStill = await shown()?.rollbackOffer(order.effect, at: place)?.hash == order.offer
            world.with { $0.check(isStill ? Promises.standingOrdersAreTaken(order, since: before, $0) : nil) }
        }
        return answer
    }

    func undoRollback(in place: Place) async -> Answer {
        let known = await shown()?.projection.services[place.service]?.environments[place.environment]?.manualRollback
        guard let known else { return .refused([]) }
        return await ask(.undoRollback(known.number, reason: Self.reason))
    }
}
