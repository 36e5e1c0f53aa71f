internal import PromotionCore

extension PlainText {
    /// What a rollback offer says, one thing a line.
    static func offer(_ offer: RollbackOffer, vetoes: Bool) -> [String] {
        var lines = ["\(offer.place)", "  from    \(offer.serving.map(occupant) ?? "nothing serves")"]
        if let complaint = offer.complaint { lines.append("          ! UNHEALTHY: \(complaint)") }
        switch offer.effect {
        case .stop: lines.append("  to      what serves stays; nothing gets a veto")
        case .takeBack, .goBack: lines.append("  to      \(Words.readiness(offer.readiness))")
        case nil: lines.append("  to      none: \(offer.objection ?? "nothing can be done")")
        }
        if let underWay = offer.underWay {
            let fate = underWay.isCommitted ? "is taken back" : "is stopped first"
            lines.append(
                "  first   promotion \(underWay.number) of \(underWay.release.digest.short()), \(underWay.state.words), \(fate)")
        }
        if let last = offer.lastResort {
            lines.append(
                "  note    \(last.terms.by.name) rolled that release back (\(last.number)); nothing else is left, its veto stays")
        }
        if let rejected = offer.rejected, offer.effect != nil {
            let without = "\(rejected.digest.short()) gets none; the environment's automation halts until it is started"
            lines.append("  veto    \(vetoes ? "\(rejected.digest.short()) gets one" : without)")
        }
        return lines
    }

    /// Rollbacks that the person who ordered them may still undo.
    static func undoable(_ service: Service, on board: Board, now: Timestamp) -> [String] {
        service.path.compactMap { environment in
            let known = board.projection.services[service.name]?.environments[environment.name]?.manualRollback
            guard let known, now < known.undoEnd else { return nil }
            return "  undo \(environment.name): \(known.terms.by.name) may undo rollback \(known.number) until "
                + "\(known.undoEnd.clock): baton undo \(known.number)"
        }
    }

    private static func occupant(_ occupant: Occupant) -> String {
        "\(occupant.release.digest.short()) \(occupant.release.tag?.text ?? "") in \(occupant.slot)"
    }
}
