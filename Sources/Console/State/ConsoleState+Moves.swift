internal import PromotionCore

/// Moving in lists, texts and the stream.
extension ConsoleState {
    mutating func move(_ motion: Motion) {
        switch view {
        case .live(let service, let number): scrollStream(motion, of: promotion(number, of: service))
        case .release: return
        case .plan, .why, .help: scrollText(motion)
        case .fleet, .service, .candidates, .history, .approvals, .retention:
            let rows = rows(of: view)
            guard !rows.isEmpty else { return }
            let at = selectedRow.flatMap { rows.firstIndex(of: $0) } ?? 0
            select(motion.target(from: at, of: rows.count, page: pageRows), of: rows)
        }
    }

    mutating func select(_ index: Int, of rows: [RowID]) {
        guard rows.indices.contains(index) else { return }
        var cursor = cursors[view] ?? Cursor()
        cursor.index = index
        cursor.row = rows[index]
        cursors[view] = cursor
    }

    /// The view of a service opens on the slot that serves at the end of its path.
    mutating func placeCursor() {
        guard case .service(let name) = view, cursors[view] == nil, let board, let service = board.service(name),
            let place = board.rollbackPlace(of: service)
        else { return }
        let rows = rows(of: view)
        let serving = board.servingSlot(of: place).map { RowID.slot(place, $0) }
        select(serving.flatMap(rows.firstIndex) ?? rows.lastIndex { $0.isSlot(of: place) } ?? 0, of: rows)
    }

    /// Rows of a page of the view on screen.
    var pageRows: Int { max(1, size.rows - 6) }

    private mutating func scrollText(_ motion: Motion) {
        let count = textLines(of: view, columns: size.columns).count
        let last = max(0, count - max(1, size.rows - 3))
        var cursor = cursors[view] ?? Cursor()
        cursor.index = min(last, motion.target(from: min(cursor.index, last), of: last + 1, page: pageRows))
        cursors[view] = cursor
    }

    private mutating func scrollStream(_ motion: Motion, of promotion: Promotion?) {
        let lines = streamLines(of: promotion)
        guard let last = lines.last else { return }
        let at = stream.isFollowing ? lines.count - 1 : lines.lastIndex { $0.sequence <= stream.anchor } ?? 0
        let next = motion.target(from: at, of: lines.count, page: pageRows)
        stream.isFollowing = lines[next].sequence == last.sequence && motion != .up
        stream.anchor = lines[next].sequence
    }

    /// The lines of the stream that belong to a promotion and pass the filter.
    func streamLines(of promotion: Promotion?) -> [StreamLine] {
        guard let promotion, let board = shown else { return [] }
        let wanted = filter.lowercased()
        return board.stream.filter { line in
            line.promotion == promotion.number && (!stream.onlyFailures || line.isBad)
                && (wanted.isEmpty || line.words.lowercased().contains(wanted))
        }
    }

    mutating func watch(_ intent: Intent) {
        let lines = streamLines(of: livePromotion)
        switch intent {
        case .follow:
            stream.isFollowing.toggle()
            stream.anchor = lines.last?.sequence ?? 0
        case .onlyFailures: stream.onlyFailures.toggle()
        default:
            guard let last = lines.last?.sequence, !stream.marks.contains(last) else { return }
            stream.marks.append(last, keepingLast: StreamWindow.markLimit)
        }
    }
}

extension Motion {
    func target(from index: Int, of count: Int, page: Int) -> Int {
        let wanted: Int
        switch self {
        case .up: wanted = index - 1
        case .down: wanted = index + 1
        case .pageUp: wanted = index - page
        case .pageDown: wanted = index + page
        case .top: wanted = 0
        case .bottom: wanted = count - 1
        }
        return min(max(0, wanted), max(0, count - 1))
    }
}

extension StreamLine {
    var isBad: Bool {
        switch content {
        case .measured(_, _, let measurement): measurement.result != .pass
        case .event(_, _, let tone): tone == .bad || tone == .alarm
        }
    }

    var words: String {
        switch content {
        case .measured(_, let check, let measurement): "\(check) \(measurement.result.words)"
        case .event(let kind, let detail, _): "\(kind) \(detail)"
        }
    }
}
