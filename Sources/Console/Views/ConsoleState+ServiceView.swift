internal import PromotionCore

/// View 2: one service, where it stands and what is next.
extension ConsoleState {
    func drawService(_ name: ServiceName, on frame: inout Frame, from top: Int, to bottom: Int) {
        guard let board = shown, let service = board.service(name) else { return }
        let columns = frame.size.columns
        let rows = board.shownRows(of: service)
        let selected = selectedRow(in: .service(name))
        if columns < 60 || bottom - top < 10 {
            return frame.draw(smallLines(service, rows, board, selected), from: top, to: bottom, glyphs: glyphs)
        }
        let shape = ServiceShape(columns)
        var row = top
        frame.draw(shape.head, row: row, glyphs: glyphs)
        row += 1
        for slot in rows where row < bottom {
            var line = self.line(slot, service, board, shape)
            line.isSelected = selected == .slot(slot.place, slot.slot)
            frame.draw(line, row: row, glyphs: glyphs)
            row += 1
        }
        guard row < bottom else { return }
        frame.rule(row: row, glyphs: glyphs)
        row += 1
        drawLower(service, rows, board, shape, on: &frame, from: row, to: bottom)
    }

    private func drawLower(
        _ service: Service, _ rows: [ShownRow], _ board: Board, _ shape: ServiceShape, on frame: inout Frame, from first: Int,
        to bottom: Int
    ) {
        let columns = frame.size.columns
        let leftColumns = shape.isWide ? Self.sideColumn : columns
        var left = outlookLines(service, rows, board, leftColumns)
        left.append(Line(String(repeating: glyphs.rule, count: max(0, leftColumns - 2)), .dim))
        let room = bottom - first - left.count
        if room > 0 { left += recentLines(service, leftColumns, limit: room) }
        guard shape.isWide else { return frame.draw(left, from: first, to: bottom, glyphs: glyphs) }
        let side = promotionPane(service, columns - Self.sideColumn - 2)
        for offset in 0..<max(0, bottom - first) {
            let line = offset < left.count ? left[offset] : .blank
            let right = offset < side.count ? side[offset] : .blank
            frame.draw(line.beside(right, at: Self.sideColumn, bar: glyphs.bar), row: first + offset, glyphs: glyphs)
        }
    }

    static let sideColumn = 69

    private func line(_ row: ShownRow, _ service: Service, _ board: Board, _ shape: ServiceShape) -> Line {
        let release = row.holding?.release
        let health = row.health.words
        let state = board.stateWords(of: row, service, at: shownNow)
        let age = row.holding.map { TimeText.age(of: $0.since, at: shownNow) } ?? "-"
        let isFirstSlot = !row.isOneOfSeveral || service.environment(row.place.environment)?.slots.first == row.slot
        var line = Line().at(1, isFirstSlot ? row.place.environment.text : "", .plain, width: 8)
            .at(10, row.isOneOfSeveral ? row.slot.text : "-", .plain, width: 6)
        let digest = release.map { shape.digest(letter($0.digest, of: service.name), $0.digest) } ?? "-"
        line = line.at(17, digest, .digest, width: shape.digestWidth)
        if let column = shape.release {
            line = line.at(column, release.map { $0.tag?.text ?? "no tag" } ?? "-", .plain, width: 13)
        }
        if let column = shape.commit {
            line = line.at(column, release?.revision.map { String($0.text.prefix(7)) } ?? "-", .dim, width: 8)
                .at(column + 9, board.evidenceSummary(of: release, in: row.place), .plain, width: 8)
                .at(column + 18, row.holding?.by?.name.text ?? "-", .plain, width: 9)
        }
        return line.at(shape.health, health.text(glyphs), health.style, width: 11)
            .endingAt(shape.age, age, .dim).at(shape.age + 2, state.text(glyphs), state.style)
    }

    /// The last things that happened to the service, newest first.
    private func recentLines(_ service: Service, _ columns: Int, limit: Int) -> [Line] {
        let letters = letters.of(service.name)
        let history = shown?.projection.services[service.name]?.history ?? []
        let ended = Set(history.lazy.filter { $0.tone != .active }.compactMap(\.promotion))
        // A promotion that has ended is one line: how it ended.
        let told = history.lazy.reversed().filter { entry in
            entry.tone != .active || entry.promotion.map { !ended.contains($0) } ?? true
        }
        return told.prefix(limit).map { entry in
            let result = Words(entry.tone.mark, entry.result.text)
            let letter = entry.digest.flatMap { letters[$0] } ?? "-"
            return Line(TimeText.moment(entry.at, at: shownNow, style: timeStyle), .dim)
                .at(8, entry.who.text, .plain, width: 6).at(15, entry.what.text, .plain, width: 14)
                .at(30, "\(letter) \(entry.tag?.text ?? entry.digest?.short() ?? "")", .digest, width: 15)
                .at(46, whereWords(entry, service), .plain, width: columns < 80 ? 10 : 19)
                .at(columns < 80 ? 57 : 66, result.text(glyphs), result.style)
        }
    }

    private func whereWords(_ entry: HistoryLine, _ service: Service) -> String {
        guard let environment = entry.environment else { return "" }
        guard entry.promotion != nil, let from = service.upstream(of: environment) else { return environment.text }
        return "\(from.name) \(glyphs.arrow) \(environment)"
    }

    private func smallLines(_ service: Service, _ rows: [ShownRow], _ board: Board, _ selected: RowID?) -> [Line] {
        var lines: [Line] = []
        for environment in service.path {
            let own = rows.filter { $0.place.environment == environment.name }
            let live = board.projection.services[service.name]?.environments[environment.name]?.live
            guard let row = own.first(where: { $0.slot == live }) ?? own.first else { continue }
            let state = board.stateWords(of: row, service, at: shownNow)
            let words =
                row.health == .healthy || row.health == .empty || !row.drift.isEmpty
                ? (row.isOneOfSeveral || !row.drift.isEmpty || state.mark == .active ? state : row.health.words)
                : row.health.words
            let name = row.holding.map { held in
                "\(letter(held.release.digest, of: service.name)) \(held.release.tag?.text ?? held.release.digest.short())"
            }
            let slot = row.isOneOfSeveral ? " \(row.slot)" : ""
            var line = Line(environment.name.text).at(10, name ?? "-", .digest, width: 15).at(
                26, words.text(glyphs) + slot, words.style)
            line.isSelected = own.contains { .slot($0.place, $0.slot) == selected }
            lines.append(line)
        }
        guard let place = board.rollbackPlace(of: service) else { return lines }
        let readiness = board.rollback(of: place)
        let name = readiness.release.map {
            "\(letter($0.digest, of: service.name)) \($0.tag?.text ?? $0.digest.short())"
        }
        return lines + [Line("R", .key).at(10, name ?? "-", .digest, width: 15).at(26, readiness.shortWords)]
    }
}

/// The columns of the service view at a width.
struct ServiceShape {
    let isWide: Bool
    let digestWidth: Int
    let release: Int?
    let commit: Int?
    let health: Int
    /// Where the age ends.
    let age: Int
    let head: Line

    init(_ columns: Int) {
        isWide = columns >= 110
        let isNarrow = columns < 78
        digestWidth = isWide ? 21 : isNarrow ? 10 : 18
        release = isNarrow ? nil : isWide ? 41 : 36
        commit = isWide ? 55 : nil
        health = isWide ? 84 : isNarrow ? 28 : 50
        age = isWide ? 99 : isNarrow ? 43 : 65
        var head = Line("ENV", .heading).at(10, "SLOT", .heading).at(17, "DIGEST", .heading)
        if let release { head = head.at(release, "RELEASE", .heading) }
        if let commit {
            head = head.at(commit, "COMMIT", .heading).at(commit + 9, "EVIDENCE", .heading).at(commit + 18, "BY", .heading)
        }
        self.head = head.at(health, "HEALTH", .heading).endingAt(age, "AGE", .heading).at(age + 2, "STATE", .heading)
    }

    /// As many digits as there is room for after the letter, which may be two.
    func digest(_ letter: String, _ digest: Digest) -> String {
        if digestWidth < 18 { return "\(letter) \(digest.short(digestWidth - 1 - letter.count))" }
        return "\(letter) sha256:\(digest.short(isWide ? 13 - letter.count : 8))"
    }
}

extension HistoryLine.Tone {
    var mark: Mark {
        switch self {
        case .good: .pass
        case .bad: .fail
        case .alarm: .alarm
        case .active: .active
        case .neutral: .notYet
        }
    }
}
