internal import PromotionCore

/// View 7: every digest of a repository, what becomes of it, and why.
extension ConsoleState {
    func retentionTitle(_ name: ServiceName) -> String {
        guard let plan = retention?.plan, retention?.service == name else { return "RETENTION  \(name)" }
        return "RETENTION  \(name)   \(plan.total) digests   \(ByteCount.words(plan.size))"
    }

    func retentionLines(_ name: ServiceName, _ columns: Int, _ room: Int) -> [Line] {
        guard let screen = retention, screen.service == name else { return [] }
        let foot = footLines(screen, columns)
        guard screen.plan != nil else { return foot }
        let shape = RetentionShape(columns)
        let rows = retentionRows(of: name)
        let height = max(1, room - 1 - foot.count)
        let selected = selectedRow(in: .retention(name)).flatMap { row in rows.firstIndex { .digest($0.digest) == row } } ?? 0
        let top = pageTop(selected, height)
        let letters = letters.of(name)
        var lines = [shape.head]
        for position in top..<min(rows.count, top + height) {
            var line = row(rows[position], name, letters, shape)
            line.isSelected = position == selected
            lines.append(line)
        }
        if rows.isEmpty { lines += emptyLines(screen, columns) }
        // The sum stands at the bottom, whatever the number of lines.
        lines += Array(repeating: .blank, count: max(0, room - lines.count - foot.count))
        return lines + foot
    }

    /// Why there is no line; of a repository that could not be read nobody knows whether it is empty.
    private func emptyLines(_ screen: RetentionScreen, _ columns: Int) -> [Line] {
        guard filter.isEmpty else { return [Line("no line matches; Esc clears", .dim)] }
        guard let obstacle = screen.plan?.refused.first(where: { $0.kind == .incomplete }) else {
            return [Line("the repository is empty", .dim)]
        }
        return Line.wrapped(
            "the repository could not be read: \(obstacle.reason)", .warning, column: 1, columns: columns, limit: 3)
    }

    private func row(
        _ line: RetentionLine, _ name: ServiceName, _ letters: [Digest: String], _ shape: RetentionShape
    ) -> Line {
        let held = hold(on: line.digest, of: name)
        let waiting = line.state == .quarantined ? quarantine(of: line.digest, in: name) : nil
        let state: Words = held == nil ? line.state.shown : Words(.live, "held")
        let because =
            held.map { "\($0.by.name): \($0.reason)" } ?? waiting.map { "deleted \($0.until.monthAndDay); u undoes" }
            ?? line.words.map(\.text).joined(separator: "; ")
        let tags = waiting?.tags ?? line.tags
        let scheme = shown?.service(name)?.tags ?? .standard
        let letter = letters[line.digest] ?? "-"
        var drawn = Line("\(letter) \(line.digest.short(shape.digits))", .digest)
        if shape.isWide {
            drawn = drawn.at(
                shape.tags, tags.isEmpty ? "-" : tags.telling(by: scheme).map(\.text).joined(separator: " "), width: shape.tagRoom
            )
            .at(shape.age, line.age.map { TimeText.age(minutes: max(0, $0.count) / 60_000) } ?? "?", .dim)
            .at(shape.size, ByteCount.words(line.size), width: 8)
        }
        return drawn.at(shape.state, state.text(glyphs), state.style, width: 13).at(shape.because, because)
    }

    /// What the plan comes to, what stands against it, and how a run goes.
    private func footLines(_ screen: RetentionScreen, _ columns: Int) -> [Line] {
        var lines: [Line] = []
        switch screen.phase {
        case .asked:
            lines.append(
                Line("\(Mark.active.glyph(in: glyphs)) the agent reads the repository and plans; nothing is changed", .active))
        case .failed(let reason):
            lines += Line.wrapped(
                "\(Mark.fail.glyph(in: glyphs)) no plan: \(reason)", .bad, column: 1, columns: columns, limit: 3)
        case .shown: break
        }
        if let report = screen.status?.report { lines += reportLines(report, columns) }
        guard let plan = screen.plan else { return lines }
        if let refusal = screen.refusal {
            lines += Line.wrapped(
                "\(Mark.fail.glyph(in: glyphs)) not run: \(refusal)", .warning, column: 1, columns: columns, limit: 2)
        }
        if screen.lines.count < plan.total, screen.lines.count >= RetentionScreen.lineLimit {
            lines.append(
                Line("the first \(screen.lines.count) of \(plan.total) lines; baton retention plan shows the rest", .dim))
        }
        let rules = plan.rules
        if columns >= 110 {
            lines.append(
                Line(
                    "candidates: newest \(rules.candidateCount), and \(rules.candidateAge)   builds: newest \(rules.buildCount), "
                        + "and \(rules.buildAge)   at most \(rules.allowRatio) % of the tags", .dim))
        }
        lines += Line.wrapped(
            "Plan \(plan.plan.short()) of \(plan.made.hourAndMinute): quarantine \(plan.quarantine) for \(rules.grace), delete "
                + "\(plan.delete), \(ByteCount.words(plan.frees)). Only these.", .heading, column: 1, columns: columns, limit: 2)
        return lines
    }

    private func reportLines(_ report: RetentionReport, _ columns: Int) -> [Line] {
        let sum =
            "\(report.quarantined) quarantined, \(report.deleted) deleted of \(report.planned), "
            + "\(ByteCount.words(report.freed)) for the registry's collection"
        guard let endedAt = report.endedAt else {
            return [Line("\(Mark.active.glyph(in: glyphs)) run since \(report.startedAt.hourAndMinute): \(sum)", .active)]
        }
        let mark = report.stopped != nil ? Mark.alarm : report.dropped.isEmpty ? .pass : .inconclusive
        let stop = report.stopped.map { "; stopped: \($0)" } ?? ""
        let count = report.dropped.count
        let atLeast = count < RetentionReport.droppedLimit ? "" : "at least "
        let left = report.dropped.first.map { "; \(atLeast)\(count) left alone: \($0.reason)" } ?? ""
        return Line.wrapped(
            "\(mark.glyph(in: glyphs)) run ended \(endedAt.hourAndMinute): \(sum)\(stop)\(left)", mark.style, column: 1,
            columns: columns, limit: 3)
    }

    /// `x`: the digest whole, everything that names it, and each reason.
    func retentionReasons(_ name: ServiceName, _ digest: Digest, _ columns: Int) -> [Line] {
        guard let line = retention?.line(digest) else { return [Line("the plan on screen has no line for it", .dim)] }
        let state = line.state.shown
        var lines = [
            Line("\(digest)", .digest), Line(state.text(glyphs), state.style),
        ]
        lines += line.words.flatMap { Line.wrapped("- \($0)", column: 3, columns: columns) }
        let tags = line.tags.isEmpty ? "none" : line.tags.map(\.text).joined(separator: " ")
        lines += Line.wrapped("tags   \(tags)", column: 1, columns: columns)
        if let hold = hold(on: digest, of: name) {
            let until = hold.until.map { "until \($0.clock) UTC" } ?? "until somebody lets go"
            lines += Line.wrapped("held by \(hold.by), \(until): \(hold.reason)", .good, column: 1, columns: columns)
        }
        switch line.state {
        case .quarantined: lines.append(Line("what helps   u brings it back, with its tags", column: 3))
        case .delete: lines.append(Line("what helps   u brings it back while it is there; Space holds it", column: 3))
        case .quarantine:
            lines.append(Line("what helps   Space holds it by hand; it can be had back all through the grace", column: 3))
        case .keep: break
        }
        return lines
    }

    // MARK: Sheets

    func stepLines(_ step: RetentionStep, _ width: Int) -> [Line] {
        let tags = step.line.tags.isEmpty ? "no tag" : step.line.tags.map(\.text).joined(separator: " ")
        let effect: String
        switch step.deed {
        case .hold: effect = "no plan takes it, nor what it needs, until somebody lets go"
        case .letGo: effect = "the rules decide again what becomes of it"
        case .undo: effect = "it and its tags are as they were before the quarantine"
        }
        return Line.field("digest", "sha256:\(step.line.digest.short(width < 60 ? 16 : 48))", .digest, width: width)
            + Line.field("tags", tags, width: width, limit: 1)
            + Line.field("is", step.line.because.first?.text ?? step.line.state.rawValue, width: width, limit: 1)
            + Line.field("effect", effect, width: width)
            + Line.field("undo", step.deed == .undo ? "the next plan may take it again" : "Space again", width: width)
    }

    func retainLines(_ target: RetentionTarget, _ words: GuardWords, _ width: Int) -> [Line] {
        let isNarrow = width < 60
        let first = "\(target.quarantine) go into quarantine" + (isNarrow ? "" : "; u brings each back for \(target.grace)")
        let deleted = "\(target.delete) are DELETED" + (isNarrow ? "" : ": their grace is over")
        return (isNarrow ? [] : Line.field("in", target.repository.text, width: width))
            + Line.field("first", first, width: width)
            + Line.field(
                "then", target.delete == 0 ? "nothing is deleted yet" : deleted, target.delete == 0 ? .plain : .alarm,
                width: width)
            + (isNarrow
                ? []
                : Line.field("frees", "\(ByteCount.words(target.frees)), once the registry has collected", width: width)
                    + [Line("type how many digests that is, and why you let it run:", .key, column: 2)])
            + wordLines(words, "count", width)
    }
}

extension RetentionStep.Deed {
    /// The head of its sheet.
    var title: String {
        switch self {
        case .hold: "HOLD"
        case .letGo: "LET GO"
        case .undo: "BRING BACK"
        }
    }

    /// What `y` does.
    var verb: String {
        switch self {
        case .hold: "hold it"
        case .letGo: "let it go"
        case .undo: "bring it back"
        }
    }
}

extension RetentionLine.State {
    /// The state with its glyph.
    var shown: Words {
        switch self {
        case .keep: Words(.pass, "keep")
        case .quarantine: Words(.notYet, "quarantine")
        case .quarantined: Words(.idle, "quarantined")
        case .delete: Words(.alarm, "delete")
        }
    }
}

extension [Tag] {
    /// The tags that tell most to a reader first: versions before pointers before builds.
    fileprivate func telling(by scheme: TagScheme) -> [Tag] {
        func rank(_ tag: Tag) -> Int {
            switch scheme.tagClass(of: tag) {
            case .final: 0
            case .candidate: 1
            case .other, .forbidden: 2
            case .build: 3
            }
        }
        return enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
    }
}

/// The columns of the view at a width.
private struct RetentionShape {
    let isWide: Bool
    let digits: Int
    let tags: Int
    let tagRoom: Int
    let age: Int
    let size: Int
    let state: Int
    let because: Int

    init(_ columns: Int) {
        isWide = columns >= 72
        digits = columns >= 110 ? 12 : 8
        tags = columns >= 110 ? 17 : 13
        tagRoom = columns >= 110 ? 28 : 15
        age = tags + tagRoom + 1
        size = age + 5
        state = isWide ? size + 9 : 12
        because = state + 14
    }

    var head: Line {
        let line = Line("DIGEST", .heading)
        let middle = line.at(tags, "TAGS", .heading).at(age, "AGE", .heading).at(size, "SIZE", .heading)
        return (isWide ? middle : line).at(state, "STATE", .heading).at(because, "BECAUSE", .heading)
    }
}
