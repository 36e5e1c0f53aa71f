internal import PromotionCore

/// View 4 and the list of candidates.
extension ConsoleState {
    func historyView(_ name: ServiceName, _ columns: Int, _ room: Int) -> [Line] {
        let entries = historyLines(of: name)
        let isWide = columns >= 110
        let isNarrow = columns < 78
        let head = Line("ENTRY", .heading).at(8, "WHEN", .heading)
            .at(15, "WHO", .heading).at(22, "WHAT", .heading).at(38, "DIGEST", .heading)
            .at(isWide ? 66 : 50, isNarrow ? "" : "WHERE", .heading).at(isWide ? 84 : 62, isNarrow ? "" : "RESULT", .heading)
        guard !entries.isEmpty else {
            return [head, Line(filter.isEmpty ? "nothing happened here yet" : "no entry matches; Esc clears the filter", .dim)]
        }
        let selected = selectedRow.flatMap { row in entries.firstIndex { .entry($0.sequence) == row } } ?? 0
        let height = max(0, room - 1)
        let top = pageTop(selected, height)
        let letters = letters.of(name)
        var lines = [head]
        for position in top..<min(entries.count, top + height) {
            var line = historyLine(entries[position], letters, isWide: isWide, isNarrow: isNarrow)
            line.isSelected = position == selected
            lines.append(line)
        }
        return lines
    }

    private func historyLine(_ entry: HistoryLine, _ letters: [Digest: String], isWide: Bool, isNarrow: Bool) -> Line {
        let letter = entry.digest.flatMap { letters[$0] } ?? "-"
        let digest = entry.digest.map { "\(letter) \($0.short())" } ?? "-"
        let result = Words(entry.tone.mark, entry.result.text)
        let line = Line("\(entry.sequence)", .plain).at(8, TimeText.moment(entry.at, at: shownNow, style: timeStyle), .dim)
            .at(15, entry.who.text, .plain, width: 6).at(22, entry.what.text, .plain, width: 15)
        if isNarrow { return line.at(38, result.text(glyphs), result.style) }
        if isWide {
            return line.at(38, "\(digest)  \(entry.tag?.text ?? "")", .digest, width: 27)
                .at(66, entry.environment?.text ?? "", .plain, width: 17).at(84, result.text(glyphs), result.style)
        }
        return line.at(38, digest, .digest, width: 11).at(50, entry.environment?.text ?? "", .plain, width: 11)
            .at(62, result.text(glyphs), result.style)
    }

    /// What serves in the first environment and what the registry offers it: each line is one promotion.
    func candidateLines(_ name: ServiceName, _ columns: Int, _ room: Int) -> [Line] {
        let choices = choices(of: name)
        let head = Line("RELEASE", .heading).at(20, "DIGEST", .heading).at(41, "FROM -> TO", .heading).at(62, "KNOWN", .heading)
        guard let board = shown, let service = board.service(name) else { return [head] }
        let gap = candidateGapLines(name, board, columns)
        guard !choices.isEmpty else {
            guard filter.isEmpty else { return [head] + [Line("no line matches; Esc clears the filter", .dim)] + gap }
            let words: SafeText = "nothing serves here; \(board.absence(of: name))"
            return [head] + (gap.isEmpty ? Line.wrapped(words.text, .dim, column: 1, columns: columns, limit: 3) : gap)
        }
        let letters = letters.of(name)
        let selected = selectedRow.flatMap { row in choices.firstIndex { .choice($0.release.digest, $0.to) == row } } ?? 0
        let height = max(1, room - 1 - gap.count)
        let top = pageTop(selected, height)
        var lines = [head] + gap
        for position in top..<min(choices.count, top + height) {
            let step = choices[position]
            let known = known(step, service, board)
            var line = Line(
                "\(letters[step.release.digest] ?? "-") \(step.release.tag?.text ?? "no tag")", .plain
            )
            .at(20, "sha256:\(step.release.digest.short(12))", .digest, width: 20)
            .at(41, "\(step.from?.text ?? "registry") \(glyphs.arrow) \(step.to)", .plain, width: 20)
            .at(62, known.text(glyphs) + seenWords(step, name, board), known.style)
            line.isSelected = position == selected
            lines.append(line)
        }
        return lines
    }

    /// When the tag of a candidate was last asked what it names.
    private func seenWords(_ step: Choice, _ name: ServiceName, _ board: Board) -> String {
        guard step.from == nil, let tag = step.release.tag, let seen = board.candidateLooks[name]?.seen[tag] else { return "" }
        return ", seen \(seen.hourAndMinute)"
    }

    /// Why the list may lack candidates, and since when.
    private func candidateGapLines(_ name: ServiceName, _ board: Board, _ columns: Int) -> [Line] {
        let mark = Mark.inconclusive.glyph(in: glyphs)
        if let gap = board.candidateGap(of: name) {
            let since = gap.since.map { "not read since \($0.moment(seenFrom: shownNow)): " } ?? ""
            return Line.wrapped("\(mark) \(since)\(gap.cause)", .warning, column: 1, columns: columns, limit: 3)
        }
        return (board.candidateLooks[name]?.unread ?? []).prefix(3).map {
            Line("\(mark) \($0.tag) not read since \($0.since.moment(seenFrom: shownNow)): \($0.cause)", .warning)
        }
    }

    private func known(_ step: Choice, _ service: Service, _ board: Board) -> Words {
        let ledger = board.projection.services[service.name]
        let there = ledger?.environments[step.to]
        if let veto = there?.veto(on: step.release.digests) { return Words(.fail, "vetoed \(veto.since.monthAndDay)") }
        if there?.serving.map({ step.release.digests.contains($0.release.digest) }) ?? false { return Words(.live, "runs there") }
        if let from = step.from {
            let evidence = ledger?.evidence(for: step.release.digests, in: from).last
            return evidence.map { Words(.pass, "evidence \($0.passed)/\($0.total)") } ?? Words(.notYet, "no evidence")
        }
        if ledger?.evidence(for: step.release.digests, in: step.to).last != nil { return Words(.pass, "was there") }
        return Words(.notYet, "new")
    }
}
