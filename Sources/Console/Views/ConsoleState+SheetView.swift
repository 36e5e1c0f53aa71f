internal import PromotionCore

/// The box over a view.
extension ConsoleState {
    func drawSheet(_ sheet: Sheet, on frame: inout Frame, from top: Int, to bottom: Int) {
        let columns = frame.size.columns
        let width = min(columns, 79)
        let left = max(0, (columns - width) / 2)
        var lines = sheetLines(sheet, width)
        // The line that says what fires is the last to go.
        let room = max(1, bottom - top - 2)
        if lines.count > room, let last = lines.last { lines = lines.prefix(room - 1) + [last] }
        let first = max(top, top + (bottom - top - lines.count - 2) / 3)
        drawBox(on: &frame, left: left, top: first, width: width, height: lines.count + 2, title: sheetTitle(sheet, width))
        for (offset, line) in lines.enumerated() {
            for span in line.spans {
                let room = width - 2 - span.column
                guard room > 0 else { continue }
                frame.write(
                    span.text.fitted(to: min(span.width, room), glyphs), column: left + 1 + span.column, row: first + 1 + offset,
                    style: span.style)
            }
        }
    }

    private func drawBox(on frame: inout Frame, left: Int, top: Int, width: Int, height: Int, title: String) {
        let corners = glyphs.corners
        for row in top..<(top + height) {
            let isEdge = row == top || row == top + height - 1
            for column in left..<(left + width) {
                frame[column: column, row: row] = Cell(isEdge ? glyphs.rule : " ", isEdge ? .heading : .plain)
            }
            frame[column: left, row: row] = Cell(row == top ? corners.0 : isEdge ? corners.2 : glyphs.bar, .heading)
            frame[column: left + width - 1, row: row] = Cell(row == top ? corners.1 : isEdge ? corners.3 : glyphs.bar, .heading)
        }
        let text = " \(title) ".fitted(to: width - 4, glyphs)
        frame.write(text, column: left + max(1, (width - text.columns) / 2), row: top, style: .heading)
    }

    private func sheetTitle(_ sheet: Sheet, _ width: Int) -> String {
        switch sheet.kind {
        case .rollback(let target): "ROLL BACK  \(target.place)"
        case .abort(let number, let place): "ABORT  promotion \(number)  \(place)"
        case .goOn(let number, let place): "GO ON  promotion \(number)  \(place)"
        case .approve(let target, _): "APPROVE  promotion \(target.number)  \(target.place)"
        case .reject(let target): "REJECT  promotion \(target.number)  \(target.place)"
        case .goOnPast(let number, let place, _): "GO ON PAST AN INCONCLUSIVE GATE  promotion \(number)  \(place)"
        case .lease(let place, let lease): "\(lease == nil ? "HOLD" : "GIVE BACK")  \(place)"
        case .retention(let step): "\(step.deed.title)  \(step.line.digest.short())  of \(step.service)"
        case .retain(let target, _): "RUN RETENTION  plan \(target.plan.short())  \(target.service)"
        }
    }

    private func sheetLines(_ sheet: Sheet, _ width: Int) -> [Line] {
        var lines: [Line]
        switch sheet.kind {
        case .rollback(let target): lines = rollbackLines(target, width)
        case .abort(let number, _): lines = decisionLines(number, isAbort: true, width)
        case .goOn(let number, _): lines = decisionLines(number, isAbort: false, width)
        case .approve(let target, let typed): lines = approvalSheetLines(target, typed: typed, width)
        case .reject(let target): lines = approvalSheetLines(target, typed: nil, width)
        case .goOnPast(let number, _, let words): lines = goOnPastLines(number, words, width)
        case .lease(let place, let lease): lines = leaseLines(place, lease, width)
        case .retention(let step): lines = stepLines(step, width)
        case .retain(let target, let words): lines = retainLines(target, words, width)
        }
        return lines + [fireLine(sheet, width)]
    }

    private func fireLine(_ sheet: Sheet, _ width: Int) -> Line {
        if let changed = sheet.changed { return Line("CHANGED: \(changed)   Esc leave", .alarm, column: 2) }
        if sheet.phase == .sent { return Line("asked; waiting for the agent         Esc leave", .active, column: 2) }
        if let reason = Disabled.fire(self) { return Line("not possible: \(reason)     Esc leave", .warning, column: 2) }
        if sheet.kind.words != nil {
            return Line(
                "Tab field   Enter does it, from the reason   Esc leave", now < sheet.deafUntil ? .disabled : .key, column: 2)
        }
        if case .approve = sheet.kind {
            return Line("Enter approve, once it is typed   Esc leave", now < sheet.deafUntil ? .disabled : .key, column: 2)
        }
        let word: String =
            switch sheet.kind {
            case .rollback: "roll back now"
            case .abort: "abort it"
            case .reject: "reject it"
            case .lease(_, let lease): lease == nil ? "hold it" : "give it back"
            case .retention(let step): step.deed.verb
            case .goOn, .goOnPast, .approve, .retain: "go on"
            }
        let style = now < sheet.deafUntil ? Style.disabled : .key
        return width < 60
            ? Line("y  \(word)   Esc  leave", style, column: 2)
            : Line("y  \(word)                    Esc  leave", style, column: max(2, width / 5))
    }

    private func rollbackLines(_ target: RollbackTarget, _ width: Int) -> [Line] {
        let name = target.place.service
        func words(_ slot: SlotName?, _ release: Release) -> String {
            let place = (slot?.text ?? "").padded(to: 6)
            let shown = width < 60 ? release.digest.short() : "sha256:\(release.digest.short())"
            return "\(place)  \(letter(release.digest, of: name)) \(shown)  \(release.tag?.text ?? "")"
        }
        var lines = [
            Line("from", .heading, column: 2).at(
                10, target.serving.map { words($0.slot, $0.release) } ?? "nothing serves", .digest)
        ]
        switch target.readiness {
        case .warm(let slot, let goal):
            let release = goal.release
            lines.append(Line("to", .heading, column: 2).at(10, words(slot, release), .digest))
            lines.append(
                Line("proof", .heading, column: 2).at(
                    10, "\(Mark.pass.glyph(in: glyphs)) warm: the slot runs it and answers, \(goal.seenAt?.hourAndMinute ?? "?")",
                    .good))
            lines += proofLines(goal)
            lines.append(Line("effect", .heading, column: 2).at(10, "traffic only, seconds; the release that goes gets a veto"))
        case .cold(let goal):
            let release = goal.release
            let limit = board?.service(name)?.environment(target.place.environment)?.timing.rollback
            let most = limit.map { ", \(TimeText.length($0)) at most" } ?? ""
            lines.append(Line("to", .heading, column: 2).at(10, words(nil, release), .digest))
            lines.append(
                Line("proof", .heading, column: 2).at(10, "\(Mark.alarm.glyph(in: glyphs)) COLD: no slot runs it now", .warning))
            lines += proofLines(goal)
            lines.append(
                Line("effect", .heading, column: 2).at(10, "deployed again first\(most); the release that goes gets a veto"))
        case .unknown(let goal, let cause, let since):
            if let goal { lines.append(Line("to", .heading, column: 2).at(10, words(nil, goal.release), .digest)) }
            lines.append(
                Line("proof", .heading, column: 2).at(
                    10, "\(Mark.inconclusive.glyph(in: glyphs)) ? \(cause), since \(since.hourAndMinute)", .warning,
                    width: width - 12))
            if let goal { lines += proofLines(goal) }
            lines.append(
                Line("effect", .heading, column: 2).at(
                    10, "deployed if no slot runs it; the release that goes gets a veto"))
        case .none(let reason):
            lines += Line.wrapped("none: \(reason)", .warning, column: 10, columns: width - 2, limit: 2)
        }
        return lines + noteLines(target)
    }

    private func noteLines(_ target: RollbackTarget) -> [Line] {
        var lines: [Line] = []
        if let running = target.running, target.readiness.release != nil {
            let state = board?.projection.promotion(running)?.state.words ?? "running"
            lines.append(
                Line("note", .heading, column: 2).at(10, "promotion \(running) is \(state); it is stopped first", .warning))
        }
        if frozen != nil {
            lines.append(Line("note", .heading, column: 2).at(10, "the screen is frozen; this sheet is about now", .warning))
        }
        return lines
    }

    /// What the goal lacks, so that nobody finds out only after `y`.
    private func proofLines(_ goal: RollbackGoal) -> [Line] {
        goal.failure.map { [Line("\(Mark.fail.glyph(in: glyphs)) \($0)", .warning, column: 10)] } ?? []
    }

    private func decisionLines(_ number: PromotionNumber, isAbort: Bool, _ width: Int) -> [Line] {
        guard let promotion = board?.projection.promotion(number) else {
            return [Line("it is no longer kept here", .dim, column: 2)]
        }
        let plan = promotion.plan
        let back =
            plan.goal.map {
                "\(letter($0.release.digest, of: plan.place.service)) \($0.release.tag?.text ?? $0.release.digest.short())"
            } ?? "nothing"
        let effect: String =
            switch (isAbort, promotion.state) {
            case (true, .queued), (true, .preparing): "it ends; nothing was changed"
            case (true, .rollbackFailed): "it is closed as failed; nothing more is tried"
            case (true, _): promotion.isCommitted ? "traffic goes back to \(back)" : "\(plan.slot) is emptied; what serves stays"
            case (false, .rollbackFailed): "the rollback to \(back) is tried again"
            case (false, _): "traffic moves to \(plan.slot), one change: the commit point"
            }
        let undo = isAbort ? "promote it again" : plan.wayBack == nil ? "none: nothing was here before" : "R, at any time"
        return [
            Line("is", .heading, column: 2).at(10, promotion.state.words),
            Line("effect", .heading, column: 2).at(10, effect),
            Line("undo", .heading, column: 2).at(10, undo),
        ]
    }

    private func goOnPastLines(_ number: PromotionNumber, _ words: GuardWords, _ width: Int) -> [Line] {
        let why = board?.projection.promotion(number)?.failure?.reason.text ?? "nobody could tell"
        return Line.wrapped(why, .warning, column: 2, columns: width - 2, limit: 2) + [
            Line("this goes on without that answer; the ledger keeps your reason", column: 2)
        ] + wordLines(words, "environment", width)
    }

    /// The two fields of a sheet that weakens a guard or destroys.
    func wordLines(_ words: GuardWords, _ name: String, _ width: Int) -> [Line] {
        func field(_ text: String, _ isActive: Bool, _ room: Int) -> String {
            "[\(text.suffix(room))\(isActive ? "_" : "")]"
        }
        return [
            Line(name, .heading, column: 2).at(
                16, field(words.named, !words.isOnReason, 30), words.isOnReason ? .plain : .key),
            Line("reason", .heading, column: 2).at(
                16, field(words.reason, words.isOnReason, max(4, width - 24)), words.isOnReason ? .key : .plain),
        ]
    }
}

extension String {
    /// The text with blanks behind it, up to so many columns.
    func padded(to columns: Int) -> String { self + String(repeating: " ", count: max(0, columns - count)) }
}
