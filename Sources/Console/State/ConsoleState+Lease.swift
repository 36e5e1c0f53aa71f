internal import PromotionCore

/// Holding an environment by hand, and giving it back.
extension ConsoleState {
    mutating func openLease() {
        frozen = nil
        guard case .slot(let place, _)? = selectedRow else { return }
        open(Sheet(.lease(place, heldByHand(place)), at: now))
    }

    /// The lease that a person holds there and that still counts.
    private func heldByHand(_ place: Place) -> Lease? {
        board?.lease(of: place).flatMap { $0.isByHand && $0.holds(at: now) ? $0 : nil }
    }

    /// Why the lease can be neither held nor given back by this account; nil where it can.
    func leaseObjection(_ place: Place) -> SafeText? {
        guard let lease = board?.lease(of: place) else {
            return denial(of: .lock(place, .free, for: Lease.usualHold, reason: ""))
        }
        if let promotion = lease.holder.promotion { return "promotion \(promotion) holds \(place.environment)" }
        guard lease.holds(at: now) else {
            return "the lease of \(lease.holder.owner) expired: baton lock --take-over \(lease.fence), once you have looked"
        }
        guard welcome.map({ $0.account.isSamePerson(as: lease.holder.owner) }) ?? false else {
            return "\(lease.holder.owner) holds it until \(lease.expires.clock) UTC: \(lease.holder.reason)"
        }
        return denial(of: .unlock(place, reason: ""))
    }

    /// Why the account of this console may not ask this at all; nil where it may.
    func denial(of request: OperatorRequest) -> SafeText? {
        welcome.flatMap { $0.grant.denial(of: request, to: $0.account) }
    }

    /// Why a sheet about a lease or about retention no longer stands on what it was opened on; nil while it does.
    func changeOfHands(_ kind: Sheet.Kind) -> SafeText? {
        switch kind {
        case .lease(let place, let lease):
            heldByHand(place)?.fence == lease?.fence ? nil : "the lease of \(place) is no longer what it was"
        case .retain(let target, _):
            retentionTarget == target ? nil : "the plan was made anew"
        default: nil
        }
    }

    func leaseLines(_ place: Place, _ lease: Lease?, _ width: Int) -> [Line] {
        let until = lease.map { "until \($0.expires.hourAndMinute): \($0.holder.reason)" }
        let effect =
            lease == nil
            ? "nobody promotes there for \(TimeText.length(Lease.usualHold)); a rollback outranks it"
            : "promotions may begin there again"
        return Line.field("is", until.map { "held by you, \($0)" } ?? "free", width: width)
            + Line.field("effect", effect, width: width)
            + Line.field("undo", lease == nil ? "L again" : "L holds it again", width: width)
    }
}
