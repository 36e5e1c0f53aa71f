internal import PromotionCore

/// View 1: every service by name. Only the rows on screen are made.
extension ConsoleState {
    var fleetTitle: String {
        var text = "FLEET  \(fleet.names.count) service\(fleet.names.count == 1 ? "" : "s")"
        if fleet.running > 0 { text += "  \(fleet.running) running" }
        if let needy { text += "  \(needy)" }
        if fleet.alarms > 0 { text += "  \(Mark.alarm.glyph(in: glyphs)) \(fleet.alarms) alarm" }
        return text
    }

    /// How many services need someone; nil while none does.
    var needy: String? {
        fleet.waiting == 0 ? nil : "\(fleet.waiting) need\(fleet.waiting == 1 ? "s" : "") someone"
    }

    func fleetLines(_ columns: Int, _ room: Int) -> [Line] {
        guard let board = shown else { return [] }
        var lines: [Line] = []
        if fleet.onlyNeedy || !filter.isEmpty {
            let words = fleet.onlyNeedy ? "filter: needs someone \(filter)" : "filter: \(filter)"
            lines.append(Line(words, .dim).endingAt(columns - 1, "\(fleet.matching.count) of \(fleet.names.count) shown", .dim))
        }
        let shape = FleetShape(columns, environments: commonPath(board))
        lines.append(shape.head)
        let height = max(0, room - lines.count)
        let selected = selectedRow(in: .fleet).flatMap { row in fleet.matching.firstIndex { .service($0) == row } } ?? 0
        let top = pageTop(selected, height)
        for position in top..<min(fleet.matching.count, top + height) {
            let name = fleet.matching[position]
            guard let index = fleet.index[name], index < board.services.count else { continue }
            var line = row(board.services[index], board, shape)
            line.isSelected = position == selected
            lines.append(line)
        }
        if fleet.matching.isEmpty { lines.append(Line("no service matches; Esc clears the filter", .dim)) }
        return lines
    }

    private func commonPath(_ board: Board) -> [String] {
        board.services.max { $0.path.count < $1.path.count }?.path.map { $0.name.text.uppercased() } ?? []
    }

    private func row(_ service: Service, _ board: Board, _ shape: FleetShape) -> Line {
        let ledger = board.projection.services[service.name]
        let letters = letters.of(service.name)
        var line = Line().at(1, service.name.text, .plain, width: shape.nameWidth - 1)
        for (position, environment) in service.path.prefix(shape.count).enumerated() {
            let serving = ledger?.environments[environment.name]?.serving?.release
            let text = serving.map { "\(letters[$0.digest] ?? "-") \($0.tag?.text ?? $0.digest.short())" } ?? "-"
            line = line.at(shape.column(position), text, serving == nil ? .dim : .digest, width: shape.cellWidth - 1)
        }
        guard let standing = fleet.standings[service.name] else { return line }
        return line.at(shape.stateColumn, "\(standing.mark.glyph(in: glyphs)) \(standing.words)", standing.mark.style)
    }
}

/// The columns of the fleet at a width.
private struct FleetShape {
    let nameWidth: Int
    let cellWidth: Int
    let count: Int
    let head: Line

    init(_ columns: Int, environments: [String]) {
        let isNarrow = columns < 60
        nameWidth = columns >= 110 ? 24 : isNarrow ? 14 : 12
        cellWidth = columns >= 110 ? 20 : 16
        count = isNarrow ? 0 : min(environments.count, max(0, (columns - nameWidth - 16) / cellWidth))
        var head = Line("SERVICE", .heading)
        for position in 0..<count {
            head = head.at(1 + nameWidth + position * cellWidth, environments[position], .heading, width: cellWidth - 2)
        }
        self.head = head.at(1 + nameWidth + count * cellWidth, "STATE", .heading)
    }

    func column(_ position: Int) -> Int { 1 + nameWidth + position * cellWidth }
    var stateColumn: Int { column(count) }
}
