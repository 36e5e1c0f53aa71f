internal import PromotionCore

/// What the sheet of `R` says, and that of an undo.
extension ConsoleState {
    func rollbackLines(_ shown: RollbackSheet, _ width: Int) -> [Line] {
        guard let offer = shown.offer else {
            return Line.field("", "no environment is on the screen: a digit or Tab chooses one", width: width)
                + Line.field("path", numbered(shown), .key, width: width)
        }
        var lines = [occupantLine("from", offer.serving?.slot, offer.serving?.release, offer, width)]
        if let complaint = offer.complaint {
            lines += Line.field("", "\(Mark.fail.glyph(in: glyphs)) UNHEALTHY: \(complaint)", .alarm, width: width, limit: 1)
        }
        switch offer.effect {
        case .stop: lines += stopLines(offer, width)
        case .takeBack, .goBack: lines += goalLines(offer, width) + noteLines(offer, width)
        case nil: lines += Line.field("none", "\(offer.objection ?? "nothing can be done")", .warning, width: width, limit: 3)
        }
        if frozen != nil {
            lines += Line.field("note", "the screen is frozen; this sheet is about now", .warning, width: width)
        }
        if shown.isWriting || !shown.reason.isEmpty {
            let room = max(8, width - 16)
            lines.append(
                Line("reason", .heading, column: 2).at(
                    width < 60 ? 9 : 10, "[\(shown.reason.suffix(room))\(shown.isWriting ? "_" : "")]",
                    shown.isWriting ? .key : .plain, width: room + 3))
        }
        return lines
    }

    /// A slot and what runs there; a long tag gives way.
    private func occupantLine(
        _ label: String, _ slot: SlotName?, _ release: Release?, _ offer: RollbackOffer, _ width: Int
    ) -> Line {
        let isNarrow = width < 60
        let column = isNarrow ? 9 : 10
        guard let release else { return Line(label, .heading, column: 2).at(column, "nothing serves", .digest) }
        let place = slot.map { isNarrow ? "\($0) " : $0.text.padded(to: 6) + "  " } ?? (isNarrow ? "" : "        ")
        let digest = "\(letter(release.digest, of: offer.place.service)) \(isNarrow ? "" : "sha256:")\(release.digest.short())"
        let tag = release.tag.map { "  \($0.text)" } ?? ""
        return Line(label, .heading, column: 2).at(column, "\(place)\(digest)\(tag)", .digest, width: width - 3 - column)
    }

    private func goalLines(_ offer: RollbackOffer, _ width: Int) -> [Line] {
        guard let goal = offer.goal else { return [] }
        var lines = [occupantLine("to", offer.readiness.warmSlot, goal.release, offer, width)]
        let (proof, effect, short): (String, String, String)
        let limit = board?.service(offer.place.service)?.environment(offer.place.environment)?.timing.rollback
        let most = limit.map { ", \(TimeText.length($0))\(width < 60 ? "" : " at most")" } ?? ""
        switch offer.readiness {
        case .warm:
            proof = "\(Mark.pass.glyph(in: glyphs)) warm: the slot runs it and answers, \(goal.seenAt?.hourAndMinute ?? "?")"
            effect = "traffic only, \(goal.estimate.map { "about \($0)" } ?? "seconds")"
            short = "warm, \(effect)"
        case .unknown(_, let cause, let since):
            proof = "\(Mark.inconclusive.glyph(in: glyphs)) \(cause), since \(since.hourAndMinute)"
            effect = "deployed if no slot runs it\(most)"
            short = "not seen: deployed if needed\(most)"
        case .cold, .none:
            proof = "\(Mark.alarm.glyph(in: glyphs)) COLD: no slot runs it now"
            effect = "deployed again first\(most)"
            short = "COLD: deployed first\(most)"
        }
        let style: Style = offer.readiness.warmSlot == nil ? .warning : .good
        if width < 60 {
            lines += Line.field("does", short, style, width: width)
        } else {
            lines += Line.field("proof", proof, style, width: width) + Line.field("effect", effect, width: width)
        }
        if let failure = goal.failure {
            lines += Line.field("", "\(Mark.fail.glyph(in: glyphs)) \(failure)", .warning, width: width, limit: 2)
        }
        return lines
    }

    private func noteLines(_ offer: RollbackOffer, _ width: Int) -> [Line] {
        var lines: [Line] = []
        if let underWay = offer.underWay {
            let state = width < 60 ? "" : ", \(underWay.state.words)"
            let fate =
                underWay.isCommitted
                ? "takes promotion \(underWay.number)\(state) back" : "stops promotion \(underWay.number)\(state) first"
            lines += Line.field("note", fate, .warning, width: width)
        }
        if let last = offer.lastResort {
            let words =
                width < 60
                ? "\(last.terms.by.name) rolled it back: the last one left"
                : "\(last.terms.by.name) rolled it back (\(last.number)): nothing else is left; its veto stays"
            lines += Line.field("note", words, .warning, width: width)
        }
        return lines
    }

    private func stopLines(_ offer: RollbackOffer, _ width: Int) -> [Line] {
        guard let underWay = offer.underWay else { return [] }
        return [occupantLine("stops", nil, underWay.release, offer, width)]
            + Line.field(
                "is", "\(underWay.state.words)\(width < 60 ? "" : "; it has moved no traffic")", width: width)
            + Line.field(
                "effect", width < 60 ? "what serves stays; no veto" : "what serves stays, and nothing gets a veto", width: width)
    }

    /// The keys of a rollback sheet, or why none fires.
    func rollbackKeys(_ shown: RollbackSheet, _ width: Int, _ style: Style) -> [Line] {
        let isNarrow = width < 60
        let choice = isNarrow ? "1-\(shown.places.count)" : "path: \(numbered(shown))"
        let leave = Line(
            shown.isWriting ? "Enter or Esc ends the reason" : "e reason  Tab other  \(choice)  Esc leave", style, column: 2)
        if let reason = Disabled.fire(self) {
            return Line.wrapped("not possible: \(reason)", .warning, column: 2, columns: width - 1, limit: 2)
                + [Line("Tab other  \(choice)  Esc leave", .key, column: 2)]
        }
        guard let offer = shown.offer else { return [leave] }
        guard let rejected = offer.rejected else { return [Line("y  stop it", style, column: 2), leave] }
        let name = letter(rejected.digest, of: shown.service)
        let policy = board?.service(shown.service)?.environment(offer.place.environment)?.policy.promotion
        let halts = policy == .automatic ? (isNarrow ? ", auto halts" : ": automation halts until it is started") : ""
        guard halts.isEmpty else {
            return [
                Line("y  roll back, \(name) gets a veto", style, column: 2), Line("n  without veto\(halts)", style, column: 2),
                leave,
            ]
        }
        let words =
            isNarrow ? "y roll back, veto \(name)  n without" : "y  roll back, \(name) gets a veto     n  without a veto"
        return [Line(words, style, column: 2), leave]
    }

    private func numbered(_ shown: RollbackSheet) -> String {
        shown.places.enumerated().map { "\($0 + 1) \($1.environment)" }.joined(separator: "  ")
    }

    func undoLines(_ target: UndoTarget, _ width: Int) -> [Line] {
        let rollback = target.rollback
        let name = letter(rollback.left.release.digest, of: target.place.service)
        let tag = rollback.left.release.tag?.text ?? rollback.left.release.digest.short()
        let lifted = rollback.terms.vetoes ? "; only this veto is lifted" : ""
        return Line.field("back", "\(rollback.left.slot) \(name) \(tag)", .digest, width: width, limit: 1)
            + Line.field("effect", "its gates are asked, then traffic moves\(lifted)", width: width)
            + Line.field("until", "\(rollback.undoEnd.hourAndMinute), by \(rollback.terms.by.name) alone", width: width)
    }
}
