internal import PromotionCore

extension PlainText {
    /// What a plan would do, one thing a line.
    static func plan(_ plan: PromotionPlan) -> [String] {
        let from = plan.from.map { "\($0)" } ?? "the registry"
        var lines = [
            "plan \(plan.hash.short())  \(plan.kind.rawValue) of \(plan.place.service): \(from) -> \(plan.place.environment)/\(plan.slot)",
            "  image  \(plan.home)@\(plan.release.digest)  \(plan.release.tag?.text ?? "")",
            "  live   "
                + (plan.live.map { "\($0.slot) \($0.release.digest.short(12)) \($0.release.tag?.text ?? "")" } ?? "nothing"),
            "  undo   " + (plan.wayBack.map { "\($0.release.digest.short(12)) in \($0.slot)" } ?? "no way back"),
        ]
        lines.append("  how    \(plan.strategyWords)")
        lines += plan.outline.enumerated().map {
            "  \($0.offset + 1)".padded(9) + "\($0.element.name)".padded(13) + " \($0.element.words)"
        }
        if plan.switching == .manual, plan.strategy.hasIdleSlot {
            lines.append("         before \(plan.commitStep) it waits for a person: baton continue")
        }
        if let source = plan.source { lines.insert("  copy   from \(source) to \(plan.home), before anything changes", at: 2) }
        for step in plan.pointers {
            lines.append("  tag    \(step.tag): \(step.from?.short(12) ?? "absent") -> \(step.to.short(12))")
        }
        if let tag = plan.finalTag { lines.append("  tag    \(tag): set on success") }
        return lines
    }

    /// What people decided by hand about a service, debts first, and who is waited for.
    static func policy(_ service: Service, on board: Board, now: Timestamp) -> [String] {
        let ledger = board.projection.services[service.name]
        var lines: [String] = []
        for environment in service.path {
            let known = ledger?.environments[environment.name]
            for override in known?.overrides ?? [] {
                lines.append("  ! override debt \(override.number) in \(environment.name): \(override.words(at: now))")
            }
            if let pin = known?.pin {
                lines.append("  pin \(environment.name): \(pin.digest.short()), by \(pin.by.name): \(pin.reason)")
            }
            let place = Place(service.name, environment.name)
            let freezes = Freezes(
                rules: environment.policy.freezes, byHand: board.projection.freezes.filter { $0.scope.covers(place) })
            if let freeze = freezes.inForce(at: now).first {
                let until = freezes.firstThaw(from: now).map { " until \($0)" } ?? ""
                lines.append("  freeze \(environment.name)\(until): \(freeze.reason)\(freeze.by.map { ", by \($0.name)" } ?? "")")
            }
            for promotion in ledger?.promotions ?? [] where promotion.state == .awaitingApproval {
                guard promotion.plan.place == place, let standing = promotion.approvalStanding(at: now) else { continue }
                lines.append(
                    "  approval \(environment.name): promotion \(promotion.number) has \(standing.summary), "
                        + "by \(promotion.deadline.map { "\($0)" } ?? "-")")
            }
        }
        return lines
    }

    /// One explanation: what must hold, what is so, when and by whom it can turn.
    static func explanation(_ one: Explanation) -> [String] {
        let place = one.place.map { "\($0): " } ?? ""
        var lines = ["\(place)\(one.predicate)", "  is       \(one.values)"]
        if let earliest = one.earliest { lines.append("  earliest \(earliest)") }
        if let deadline = one.deadline { lines.append("  gives up \(deadline)") }
        lines.append("  who      \(one.authorities.map(\.description).joined(separator: "; "))")
        lines.append("  helps    \(one.remedy)")
        return lines
    }
}
