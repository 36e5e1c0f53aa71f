internal import PromotionCore

/// View 3: a promotion while it happens, or as it ended.
extension ConsoleState {
    func liveTitle(_ promotion: Promotion?, of service: ServiceName) -> String {
        guard let promotion else { return "LIVE  \(service)" }
        let plan = promotion.plan
        let letter = letter(plan.release.digest, of: plan.place.service)
        let place = plan.strategy == .replace ? plan.place.environment.text : "\(plan.place.environment)/\(plan.slot)"
        return
            "LIVE  \(plan.kind.rawValue) \(promotion.number)  \(service)  \(letter) \(plan.release.tag?.text ?? "") \(glyphs.arrow) \(place)"
    }

    func letter(_ digest: Digest, of name: ServiceName) -> String {
        letters.of(name)[digest] ?? "-"
    }

    func drawLive(_ promotion: Promotion?, on frame: inout Frame, from top: Int, to bottom: Int) {
        guard let promotion else {
            return frame.draw([.blank, Line("nothing was promoted here yet", .dim)], from: top, to: bottom, glyphs: glyphs)
        }
        let columns = frame.size.columns
        if columns >= 110 { return drawWideLive(promotion, on: &frame, from: top, to: bottom) }
        var lines = headLines(promotion, columns)
        lines += stepLines(promotion, columns)
        lines.append(ruleLine("", columns))
        let checks = checkLines(promotion, columns)
        let room = bottom - top - lines.count
        lines += checks.prefix(max(1, room - 3))
        let left = bottom - top - lines.count
        if left > 1 {
            lines.append(ruleLine(followWords, columns))
            lines += streamWindow(promotion, columns, left - 1)
        }
        frame.draw(lines, from: top, to: bottom, glyphs: glyphs)
    }

    private func drawWideLive(_ promotion: Promotion, on frame: inout Frame, from top: Int, to bottom: Int) {
        let columns = frame.size.columns
        let split = 78
        var left = headLines(promotion, split)
        left.append(Line("STEPS", .heading).at(27, "CHECKS", .heading).at(47, "NOW", .heading).at(60, "LIMIT", .heading))
        let steps = steps(of: promotion)
        let checks = promotion.checkRows
        for index in 0..<max(steps.count, checks.count) {
            var line = Line()
            if index < steps.count { line = stepLine(steps[index], index, at: 1, width: 25, line) }
            if index < checks.count {
                let check = checks[index]
                line = line.at(27, "\(check.words.mark?.glyph(in: glyphs) ?? " ") \(check.title)", check.words.style, width: 19)
                    .at(47, check.words.text, .plain, width: 12).at(60, check.limit, .dim, width: 17)
            }
            left.append(line)
        }
        let right =
            [Line("MEASURED", .heading).at(24, followWords, .dim)]
            + streamWindow(promotion, columns - split - 1, max(0, bottom - top - 1))
        for offset in 0..<max(0, bottom - top) {
            let line = offset < left.count ? left[offset] : .blank
            frame.draw(
                line.beside(offset < right.count ? right[offset] : .blank, at: split, bar: glyphs.bar), row: top + offset,
                glyphs: glyphs)
        }
    }

    private func planHash(of promotion: Promotion) -> String {
        shownPlan.flatMap { $0.number == promotion.number ? $0.hash.short() : nil } ?? "-"
    }

    private var followWords: String {
        var words = stream.isFollowing ? "following" : "standing still (s follows)"
        if stream.onlyFailures { words += ", only failures" }
        return words
    }

    /// Who, what state, under which plan and lease.
    private func headLines(_ promotion: Promotion, _ columns: Int) -> [Line] {
        let state = promotion.stateWords
        let who = columns < 60 ? "by \(promotion.startedBy.name)" : ""
        var lines = [
            Line(
                who.isEmpty ? "by \(promotion.startedBy.name)   plan \(planHash(of: promotion))   \(leaseWords(promotion))" : who,
                .dim
            )
            .endingAt(columns - 1, state.text(glyphs), state.style)
        ]
        lines += copyLines(promotion, columns)
        for pointer in promotion.owed.values.sorted(by: { $0.tag < $1.tag }).prefix(2) {
            lines += Line.wrapped("owed: \(pointer.words)", .warning, column: 1, columns: columns, limit: 2)
        }
        if let failure = promotion.failure {
            let words = "\(failure.during.words): \(failure.reason)"
            lines += Line.wrapped(
                words, promotion.state.outcome == .succeeded ? .warning : .bad, column: 1, columns: columns, limit: 2)
        }
        return lines
    }

    private func steps(of promotion: Promotion) -> [Step] { promotion.steps(copying: shown?.copies[promotion.number]) }

    /// Where its image is being brought from, and how far it is.
    private func copyLines(_ promotion: Promotion, _ columns: Int) -> [Line] {
        guard let progress = shown?.copies[promotion.number], let source = promotion.plan.source else { return [] }
        let words = "copying from \(source) to \(promotion.plan.home): \(progress.words)"
        return Line.wrapped(words, .active, column: 1, columns: columns, limit: 2)
    }

    private func leaseWords(_ promotion: Promotion) -> String {
        if let lease = promotion.lease { return "lease \(lease.holder.owner.host), fence \(lease.fence)" }
        return promotion.hasEnded ? "started \(promotion.startedAt.hourAndMinute)" : "no lease yet"
    }

    /// The steps, in columns where there is little room.
    private func stepLines(_ promotion: Promotion, _ columns: Int) -> [Line] {
        let steps = steps(of: promotion)
        let count = columns < 60 ? 1 : 3
        let perColumn = (steps.count + count - 1) / count
        let width = max(10, (columns - 1) / count)
        return (0..<perColumn).map { row in
            var line = Line()
            for column in 0..<count {
                let index = column * perColumn + row
                guard index < steps.count else { continue }
                line = stepLine(steps[index], index, at: 1 + column * width, width: width - 1, line)
            }
            return line
        }
    }

    private func stepLine(_ step: Step, _ index: Int, at column: Int, width: Int, _ line: Line) -> Line {
        let text = "\(step.mark.glyph(in: glyphs)) \(index + 1) \(step.name)" + (step.detail.isEmpty ? "" : "  \(step.detail)")
        return line.at(column, text, step.mark.style, width: width)
    }

    private func checkLines(_ promotion: Promotion, _ columns: Int) -> [Line] {
        let rows = promotion.checkRows
        if rows.isEmpty { return [Line("no check is being measured", .dim)] }
        return rows.map { row in
            Line(row.at?.clock ?? "--:--:--", .dim)
                .at(11, "\(row.words.mark?.glyph(in: glyphs) ?? " ") \(row.title)", row.words.style, width: 19)
                .at(31, row.words.text, .plain, width: 15).at(47, row.value, .plain, width: 14)
                .at(62, row.limit, .dim)
        }
    }

    private func ruleLine(_ words: String, _ columns: Int) -> Line {
        let tail = words.isEmpty ? "" : " \(words) \(glyphs.rule)\(glyphs.rule)"
        return Line(String(repeating: glyphs.rule, count: max(0, columns - 2 - tail.count)) + tail, .dim)
    }

    private func streamWindow(_ promotion: Promotion, _ columns: Int, _ room: Int) -> [Line] {
        let lines = streamLines(of: promotion)
        let end = stream.isFollowing ? lines.count : (lines.lastIndex { $0.sequence <= stream.anchor } ?? 0) + 1
        let window = lines[max(0, min(end, lines.count) - max(0, room))..<min(end, lines.count)]
        if window.isEmpty { return [Line(filter.isEmpty ? "nothing streamed yet" : "no line matches the filter", .dim)] }
        return window.map { streamLine($0, promotion, columns) }
    }

    private func streamLine(_ line: StreamLine, _ promotion: Promotion, _ columns: Int) -> Line {
        let isMarked = stream.marks.contains(line.sequence)
        let moment = timeStyle == .absolute ? line.at.clock : TimeText.age(of: line.at, at: shownNow)
        let isWide = columns >= 60
        let start = Line(isMarked ? "\(moment) =" : moment, isMarked ? .heading : .dim)
        switch line.content {
        case .measured(_, let name, let measurement):
            let title = promotion.plan.checks.first { $0.name == name }?.title.text ?? name.text
            let words = measurement.words
            return start.at(11, "\(words.mark?.glyph(in: glyphs) ?? " ") \(title)", words.style, width: isWide ? 21 : 17)
                .at(isWide ? 33 : 29, words.mark == .pass ? "pass  \(measurement.valueWords)" : words.text)
        case .event(let kind, let detail, let tone):
            let mark = tone.mark
            return start.at(11, "\(mark.glyph(in: glyphs)) \(kind.replacingDots)", mark.style, width: isWide ? 21 : 17)
                .at(isWide ? 33 : 29, detail.text)
        }
    }

    /// The pane beside the service: its running or last promotion.
    func promotionPane(_ service: Service, _ columns: Int) -> [Line] {
        guard let promotion = promotion(nil, of: service.name) else { return [Line("no promotion yet", .dim)] }
        let plan = promotion.plan
        let state = promotion.stateWords
        let letter = letter(plan.release.digest, of: service.name)
        var lines = [
            Line(
                "\(plan.kind.rawValue.uppercased()) \(promotion.number)  \(letter) \(glyphs.arrow) \(plan.place.environment)",
                .heading),
            Line(state.text(glyphs), state.style),
        ]
        if let failure = promotion.failure {
            lines += Line.wrapped(failure.reason.text, .bad, column: 1, columns: columns, limit: 3)
        }
        for (index, step) in steps(of: promotion).enumerated() {
            lines.append(stepLine(step, index, at: 1, width: columns - 2, Line()))
        }
        lines.append(.blank)
        lines += promotion.checkRows.map { row in
            Line("\(row.words.mark?.glyph(in: glyphs) ?? " ") \(row.title)", row.words.style, column: 1)
                .at(24, row.words.text, .plain, width: 13).at(38, row.value, .dim)
        }
        return lines
    }
}

extension Promotion {
    /// The state with its glyph.
    var stateWords: Words {
        switch state {
        case .ended(.succeeded): Words(.pass, "\(endWords ?? "succeeded")")
        case .ended(.rolledBack) where plan.kind == .rollback: Words(.pass, "\(endWords ?? "rolled back")")
        case .ended(let outcome): Words(.fail, "\(endWords ?? SafeText(outcome.words))")
        case .rollbackFailed, .indeterminate: Words(.alarm, state.words)
        case .inconclusive, .paused, .stalled: Words(.inconclusive, state.words)
        case .stepping(let step), .analysing(let step): Words(.active, "\(state.words) \(plan.steps[step].weight) %")
        case .readyToSwitch: Words(.idle, state.words)
        default: Words(.active, state.words)
        }
    }
}

extension String {
    /// `traffic.switched` as people read it.
    var replacingDots: String { String(map { $0 == "." ? " " : $0 }) }
}
