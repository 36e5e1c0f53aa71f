internal import PromotionCore

/// Opening sheets and firing them.
extension ConsoleState {
    mutating func openDecision(_ intent: Intent) {
        // A decision is about now, never about a frozen picture.
        frozen = nil
        guard let promotion = livePromotion else { return }
        let place = promotion.plan.place
        if intent == .abort { return open(Sheet(.abort(promotion.number, place), at: now)) }
        if case .inconclusive = promotion.state {
            open(Sheet(.goOnPast(promotion.number, place, GuardWords(place.environment.text)), at: now))
        } else {
            open(Sheet(.goOn(promotion.number, place), at: now))
        }
    }

    mutating func open(_ sheet: Sheet) {
        self.sheet = sheet
        field = nil
        status = nil
        effects.append(.deaf(Sheet.deafness))
    }

    /// `y`: what was frozen goes out, nothing else.
    mutating func fire() {
        guard let open = sheet, open.phase == .open, open.changed == nil else { return }
        switch open.kind {
        case .rollback(let shown): fire(shown, vetoes: true)
        case .undo(let target):
            sheet?.phase = .sent
            order(.undoRollback(target.rollback.number, reason: nil), for: .undoRollback(target.place))
        case .abort(let number, _):
            sheet?.phase = .sent
            order(.abort(number, reason: "asked for in the console"), for: .abort(number))
        case .goOn(let number, _):
            sheet?.phase = .sent
            order(.goOn(number, reason: "asked for in the console"), for: .goOn(number))
        case .approve: say("type the first \(PlanScreen.digits) characters of the digest, then Enter")
        case .reject(let target):
            sheet?.phase = .sent
            order(.policy(.reject(target.number, reason: "rejected in the console")), for: .approval(target.number))
        case .goOnPast: say("the environment's name and a reason, then Enter")
        case .retain: say("the count and a reason, then Enter")
        case .lease(let place, let lease):
            sheet?.phase = .sent
            order(
                lease == nil
                    ? .lock(place, .free, for: Lease.usualHold, reason: "held in the console")
                    : .unlock(place, reason: "given back in the console"), for: .lease(place))
        case .retention(let step):
            sheet?.phase = .sent
            order(.retention(step.order), for: .retention(step.service, .order))
        }
    }
}
