internal import PromotionCore

/// The picture: title, alarm, body, sheet, status, footer.
extension ConsoleState {
    package func frame(for size: Size) -> Frame {
        var frame = Frame(size: size)
        let columns = frame.size.columns
        let rows = frame.size.rows
        guard columns > 0, rows > 0 else { return frame }
        guard columns >= Self.leastSize.columns, rows >= Self.leastSize.rows else {
            frame.write("window too small", column: 0, row: 0, style: .warning)
            frame.write("\(Self.leastSize.columns)x\(Self.leastSize.rows) is needed", column: 0, row: 1)
            frame.write("Esc leaves, Q quits", column: 0, row: 2)
            return frame
        }
        var top = 0
        frame.draw(title(columns), row: top, glyphs: glyphs)
        top += 1
        if let alarm = linkAlarm {
            frame.draw(Line(alarm, .alarm), row: top, glyphs: glyphs)
            frame.restyle(row: top, columns: 0..<columns, .alarm)
            top += 1
        }
        let isSmall = columns < 60 || rows < 12
        let bottom = rows - (isSmall ? 1 : 2)
        drawBody(on: &frame, from: top, to: bottom)
        if linkAlarm != nil { for row in top..<max(top, bottom) { frame.restyle(row: row, columns: 0..<columns, .disabled) } }
        if let sheet { drawSheet(sheet, on: &frame, from: top, to: bottom) }
        drawStatus(on: &frame, at: bottom, isSmall: isSmall)
        if !isSmall { drawFooter(on: &frame, row: rows - 1) }
        return frame
    }

    var glyphs: Glyphs { options.glyphs }

    /// Said loudly on every view while the agent does not answer.
    var linkAlarm: String? {
        switch link {
        case .lost(let reason, let since):
            return "\(Mark.alarm.glyph(in: glyphs)) agent not answering since \(since.hourAndMinute): "
                + (board == nil ? "\(reason)" : "what you see is old") + (board == nil ? "" : " (\(reason))")
        case .connecting: return board == nil ? nil : "\(Mark.alarm.glyph(in: glyphs)) connecting: what you see is old"
        case .connected:
            if let alarm = board?.alarm { return "\(Mark.alarm.glyph(in: glyphs)) the agent cannot work: \(alarm)" }
            guard let staleness, board != nil else { return nil }
            return "\(Mark.alarm.glyph(in: glyphs)) what you see is old: \(staleness)"
        }
    }

    private func title(_ columns: Int) -> Line {
        let clock = "\(now.hourAndMinute) UTC"
        let name = " " + titleText
        guard columns >= 60 else {
            return Line(name.fitted(to: columns - clock.count - 2, glyphs), .heading, column: 0).endingAt(
                columns - 1, clock, .dim)
        }
        let isWide = columns >= 110
        var right = ""
        if let welcome {
            right = account(welcome, isWide: isWide)
            if isWide, let board {
                if let needy { right += "   \(needy)" }
                right += "   agent up \(TimeText.age(of: board.agent.since, at: now))"
            }
            right += isWide ? "      " : "   "
        }
        let left = frozen.map { name + "   FROZEN at \($0.at.hourAndMinute)" } ?? name
        // A title that needs the room takes it from who and where.
        if left.columns + right.columns + clock.count + 3 > columns { right = "" }
        let room = columns - 1 - clock.count - right.columns
        return Line(left.fitted(to: max(12, room - 2), glyphs), .heading, column: 0)
            .at(max(14, room), right, .plain, width: max(0, columns - 1 - clock.count - max(14, room)))
            .endingAt(columns - 1, clock, .dim)
    }

    private func account(_ welcome: Welcome, isWide: Bool) -> String {
        let proof: String =
            switch welcome.account.proof {
            case .socket(let userID): isWide ? "account \(userID)" : "account"
            case .gateway(let gateway, _): "through \(gateway)"
            case .agent: "agent"
            }
        let role = options.isReadOnly ? "viewer, read-only" : welcome.role.rawValue
        return "\(welcome.account.name) (\(proof), \(welcome.account.host))   \(role)"
    }

    private var titleText: String {
        switch view {
        case .fleet: fleetTitle
        case .service(let name): name.text
        case .candidates(let name): "CANDIDATES  \(name)"
        case .plan: planTitle
        case .live(let service, let number): liveTitle(promotion(number, of: service), of: service)
        case .history(let name): "HISTORY  \(name)"
        case .release(_, let digest): "RELEASE  \(selectedRelease?.tag?.text ?? digest.short())"
        case .approvals: approvalsTitle
        case .retention(let name): retentionTitle(name)
        case .why: "WHY"
        case .help(let scope): "HELP  \(scope.rawValue)"
        }
    }

    private func drawBody(on frame: inout Frame, from top: Int, to bottom: Int) {
        let room = bottom - top
        let columns = frame.size.columns
        guard room > 0 else { return }
        guard shown != nil else {
            let words: String =
                switch link {
                case .connecting: "connecting to the agent"
                case .connected: staleness.map { "\($0)" } ?? "connected"
                case .lost: "there is no picture yet; the console tries again by itself"
                }
            if case .help = view {
            } else {
                return frame.draw([.blank, Line(words, .dim)], from: top, to: bottom, glyphs: glyphs)
            }
            return frame.draw(
                textLines(of: view, columns: columns).dropFirst(textTop(columns, room)), from: top, to: bottom, glyphs: glyphs)
        }
        switch view {
        case .fleet: frame.draw(fleetLines(columns, room), from: top, to: bottom, glyphs: glyphs)
        case .service(let name): drawService(name, on: &frame, from: top, to: bottom)
        case .candidates(let name): frame.draw(candidateLines(name, columns, room), from: top, to: bottom, glyphs: glyphs)
        case .history(let name): frame.draw(historyView(name, columns, room), from: top, to: bottom, glyphs: glyphs)
        case .approvals: frame.draw(approvalLines(columns, room), from: top, to: bottom, glyphs: glyphs)
        case .retention(let name): frame.draw(retentionLines(name, columns, room), from: top, to: bottom, glyphs: glyphs)
        case .live(let service, let number):
            drawLive(promotion(number, of: service), on: &frame, from: top, to: bottom)
        case .release(let name, let digest):
            frame.draw(releaseLines(name, digest, columns), from: top, to: bottom, glyphs: glyphs)
        case .plan, .why, .help:
            let lines = textLines(of: view, columns: columns)
            frame.draw(lines.dropFirst(textTop(columns, room, count: lines.count)), from: top, to: bottom, glyphs: glyphs)
        }
    }

    private func textTop(_ columns: Int, _ room: Int, count: Int? = nil) -> Int {
        guard let index = cursors[view]?.index, index > 0 else { return 0 }
        return min(index, max(0, (count ?? textLines(of: view, columns: columns).count) - room))
    }

    /// The whole text of a view that is a text.
    func textLines(of view: View, columns: Int) -> [Line] {
        switch view {
        case .plan: planLines(columns)
        case .why(let subject): whyLines(subject, columns)
        case .help(let scope): helpLines(scope, columns)
        case .fleet, .service, .candidates, .live, .history, .release, .approvals, .retention: []
        }
    }

    /// The first row of the page that holds the cursor: moving within a page repaints two rows only.
    func pageTop(_ index: Int, _ room: Int) -> Int { room > 0 ? index / room * room : 0 }

    private func drawStatus(on frame: inout Frame, at row: Int, isSmall: Bool) {
        let columns = frame.size.columns
        if let field {
            let prompt: String =
                switch field {
                case .filter: "/"
                case .command: ":"
                }
            let shown = String((prompt + field.text).suffix(columns - 2))
            frame.write(String(repeating: " ", count: columns), column: 0, row: row)
            let end = frame.write(shown, column: 0, row: row, style: .key)
            frame.cursor = Position(column: min(end, columns - 1), row: row)
            return
        }
        if let status {
            let lines = Line.wrapped(status.text.text, status.style, column: 1, columns: columns, limit: 3)
            let first = max(1, row - lines.count + 1)
            for (offset, line) in lines.enumerated() where first + offset <= row {
                frame.write(String(repeating: " ", count: columns), column: 0, row: first + offset)
                frame.draw(line, row: first + offset, glyphs: glyphs)
            }
            return
        }
        if view == .plan, sheet == nil { return drawConsent(on: &frame, row: row) }
        if !filter.isEmpty { frame.write(" filter: \(filter)".fitted(to: columns, glyphs), column: 0, row: row, style: .dim) }
    }

    private func drawFooter(on frame: inout Frame, row: Int) {
        let columns = frame.size.columns
        let all = KeyTable.footer(of: sheet == nil ? view.scope : .sheet)
        let pieces = all.map { binding -> (String, Bool) in
            let isDisabled = binding.disabledReason(self) != nil
            let words = "\(binding.keys.first?.label ?? "") \(binding.label)"
            return (isDisabled ? "(\(words))" : words, isDisabled)
        }
        // Help and the way back always stand there; what lies before them gives way.
        let last = pieces.suffix(min(2, pieces.count)).reduce(0) { $0 + $1.0.count + 2 }
        var column = 1
        for (position, piece) in pieces.enumerated() {
            let isLast = position >= pieces.count - 2
            guard isLast || column + piece.0.count + 2 + last <= columns else { continue }
            guard column + piece.0.count <= columns else { break }
            frame.write(piece.0, column: column, row: row, style: piece.1 ? .disabled : .key)
            column += piece.0.count + 2
        }
    }
}
