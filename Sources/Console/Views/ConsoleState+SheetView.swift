internal import PromotionCore

/// The box over a view.
extension ConsoleState {
    /// The least window in which anything can be done: below it nothing can be shown whole.
    static let leastSize = Size(columns: 40, rows: 10)

    /// Whether the window is too small for anything but leaving.
    var isTooSmall: Bool { size.columns < Self.leastSize.columns || size.rows < Self.leastSize.rows }

    /// Columns of a sheet in a window, and rows that it may take: over title and alarm where it needs them.
    private func sheetRoom(in size: Size) -> (width: Int, rows: Int) {
        (min(size.columns, 79), size.rows - (size.columns < 60 || size.rows < 12 ? 1 : 2))
    }

    /// Whether the open sheet can be read whole: what cannot be shown cannot be fired.
    var sheetFits: Bool { sheet.map { fits($0, in: size) } ?? true }

    private func fits(_ sheet: Sheet, in size: Size) -> Bool {
        let room = sheetRoom(in: size)
        let lines = sheetLines(sheet, room.width)
        return lines.count + 2 <= room.rows
            && lines.allSatisfy { line in
                line.spans.allSatisfy { $0.column + min($0.text.columns, $0.width) <= room.width - 2 }
            }
    }

    func drawSheet(_ sheet: Sheet, on frame: inout Frame, from top: Int, to bottom: Int) {
        let width = sheetRoom(in: frame.size).width
        let left = max(0, (frame.size.columns - width) / 2)
        let whole = sheetLines(sheet, width)
        let lines =
            fits(sheet, in: frame.size)
            ? whole
            : Line.wrapped(
                "this sheet needs a larger window: nothing can be fired until it is shown whole; Esc leaves it", .warning,
                column: 2, columns: width - 2)
        let top = lines.count + 2 > bottom - top ? 0 : top
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
        // In few columns the environment stands before the service: it is what must never be cut off.
        func name(_ place: Place) -> String { width < 60 ? "\(place.environment)  \(place.service)" : "\(place)" }
        let word = width < 60 ? "" : "promotion "
        return switch sheet.kind {
        case .rollback(let shown): width < 60 ? shown.shortTitle : shown.title
        case .undo(let target): "UNDO ROLLBACK \(target.rollback.number)  \(name(target.place))"
        case .abort(let number, let place): "ABORT  \(word)\(number)  \(name(place))"
        case .goOn(let number, let place): "GO ON  \(word)\(number)  \(name(place))"
        case .approve(let target, _): "APPROVE  \(word)\(target.number)  \(name(target.place))"
        case .reject(let target): "REJECT  \(word)\(target.number)  \(name(target.place))"
        case .goOnPast(let number, let place, _):
            "GO ON PAST \(width < 60 ? "A GATE" : "AN INCONCLUSIVE GATE")  \(word)\(number)  \(name(place))"
        case .lease(let place, let lease): "\(lease == nil ? "HOLD" : "GIVE BACK")  \(name(place))"
        case .retention(let step): "\(step.deed.title)  \(step.line.digest.short())  of \(step.service)"
        case .retain(let target, _): "RUN RETENTION  plan \(target.plan.short())  \(target.service)"
        }
    }

    private func sheetLines(_ sheet: Sheet, _ width: Int) -> [Line] {
        let lines: [Line]
        switch sheet.kind {
        case .rollback(let shown): lines = rollbackLines(shown, width)
        case .undo(let target): lines = undoLines(target, width)
        case .abort(let number, _): lines = decisionLines(number, isAbort: true, width)
        case .goOn(let number, _): lines = decisionLines(number, isAbort: false, width)
        case .approve(let target, let typed): lines = approvalSheetLines(target, typed: typed, width)
        case .reject(let target): lines = approvalSheetLines(target, typed: nil, width)
        case .goOnPast(let number, _, let words): lines = goOnPastLines(number, words, width)
        case .lease(let place, let lease): lines = leaseLines(place, lease, width)
        case .retention(let step): lines = stepLines(step, width)
        case .retain(let target, let words): lines = retainLines(target, words, width)
        }
        return lines + fireLines(sheet, width)
    }

    /// The line that says what fires, or why nothing does.
    private func fireLines(_ sheet: Sheet, _ width: Int) -> [Line] {
        func wrapped(_ text: String, _ style: Style) -> [Line] {
            Line.wrapped(text, style, column: 2, columns: width - 2)
        }
        if let changed = sheet.changed { return wrapped("CHANGED: \(changed)   Esc leave", .alarm) }
        if sheet.phase == .sent { return wrapped("asked; waiting for the agent   Esc leave", .active) }
        let style = sheet.isDeaf(at: now) ? Style.disabled : .key
        if case .rollback(let shown) = sheet.kind { return rollbackKeys(shown, width, style) }
        if let reason = Disabled.fire(self) { return wrapped("not possible: \(reason)   Esc leave", .warning) }
        if sheet.kind.words != nil {
            return [
                Line(
                    width < 60 ? "Tab field   Enter does it   Esc" : "Tab field   Enter does it, from the reason   Esc leave",
                    style, column: 2)
            ]
        }
        if case .approve = sheet.kind { return [Line("Enter approve, typed   Esc leave", style, column: 2)] }
        let word: String =
            switch sheet.kind {
            case .rollback: "roll back"
            case .undo: "undo it"
            case .abort: "abort it"
            case .reject: "reject it"
            case .lease(_, let lease): lease == nil ? "hold it" : "give it back"
            case .retention(let step): step.deed.verb
            case .goOn, .goOnPast, .approve, .retain: "go on"
            }
        return width < 60
            ? [Line("y  \(word)   Esc  leave", style, column: 2)]
            : [Line("y  \(word)                    Esc  leave", style, column: max(2, width / 5))]
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
        return Line.field("is", promotion.state.words, width: width) + Line.field("effect", effect, width: width)
            + Line.field("undo", undo, width: width)
    }

    private func goOnPastLines(_ number: PromotionNumber, _ words: GuardWords, _ width: Int) -> [Line] {
        let why = board?.projection.promotion(number)?.failure?.reason.text ?? "nobody could tell"
        return Line.wrapped(why, .warning, column: 2, columns: width - 2, limit: 2) + [
            Line(
                width < 60 ? "it goes on without that answer" : "this goes on without that answer; the ledger keeps your reason",
                column: 2)
        ] + wordLines(words, "environment", width)
    }

    /// The two fields of a sheet that weakens a guard or destroys.
    func wordLines(_ words: GuardWords, _ name: String, _ width: Int) -> [Line] {
        func field(_ text: String, _ isActive: Bool, _ room: Int) -> String {
            "[\(text.suffix(room))\(isActive ? "_" : "")]"
        }
        return [
            Line(name, .heading, column: 2).at(
                16, field(words.named, !words.isOnReason, min(30, max(4, width - 24))), words.isOnReason ? .plain : .key),
            Line("reason", .heading, column: 2).at(
                16, field(words.reason, words.isOnReason, max(4, width - 24)), words.isOnReason ? .key : .plain),
        ]
    }
}

extension String {
    /// The text with blanks behind it, up to so many columns.
    func padded(to columns: Int) -> String { self + String(repeating: " ", count: max(0, columns - count)) }
}
