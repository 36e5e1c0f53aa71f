internal import PromotionCore

/// One row of a picture, as texts with their columns.
struct Line: Hashable, Sendable {
    struct Span: Hashable, Sendable {
        let column: Int
        let width: Int
        let text: String
        let style: Style
    }

    private(set) var spans: [Span] = []
    /// Whether the cursor stands on it.
    var isSelected = false

    static let blank = Line()

    init() {}

    init(_ text: String, _ style: Style = .plain, column: Int = 1) {
        spans = [Span(column: column, width: .max, text: text, style: style)]
    }

    /// The same line with a text from a column on.
    /// - Parameter width: most columns used; a longer text is cut and marked.
    func at(_ column: Int, _ text: String, _ style: Style = .plain, width: Int = .max) -> Line {
        var line = self
        line.spans.append(Span(column: column, width: width, text: text, style: style))
        return line
    }

    /// The same line with a text that ends before a column.
    func endingAt(_ column: Int, _ text: String, _ style: Style = .plain) -> Line {
        at(column - text.columns, text, style)
    }

    /// The same line with another one to the right of it, behind a bar.
    func beside(_ right: Line, at column: Int, bar: Character) -> Line {
        var line = self
        line.spans = spans.compactMap { span in
            let room = column - span.column
            guard room > 0 else { return nil }
            return Span(column: span.column, width: min(span.width, room), text: span.text, style: span.style)
        }
        line.spans.append(Span(column: column, width: 1, text: String(bar), style: .dim))
        line.spans += right.spans.map {
            Span(column: column + 1 + $0.column, width: $0.width, text: $0.text, style: $0.style)
        }
        return line
    }

    /// A label of a sheet and the text next to it, over as many lines as the text needs.
    /// - Parameter width: columns of the sheet.
    static func field(_ label: String, _ text: String, _ style: Style = .plain, width: Int, limit: Int = 12) -> [Line] {
        let column = width < 60 ? 9 : 10
        let lines = wrapped(text, style, column: column, columns: width - 1, limit: limit)
        guard let first = lines.first, !label.isEmpty else { return lines }
        return [Line(label, .heading, column: 2).with(first)] + lines.dropFirst()
    }

    /// The same line with the texts of another.
    private func with(_ other: Line) -> Line {
        var line = self
        line.spans += other.spans
        return line
    }

    /// A sentence over as many lines as it needs, cut between words.
    static func wrapped(_ text: String, _ style: Style = .plain, column: Int, columns: Int, limit: Int = 6) -> [Line] {
        let room = max(8, columns - column - 1)
        var lines: [Line] = []
        var current = ""
        for word in text.split(separator: " ") {
            if !current.isEmpty, current.columns + 1 + word.columns > room {
                lines.append(Line(current, style, column: column))
                current = ""
                if lines.count == limit { return lines }
            }
            current += current.isEmpty ? String(word) : " \(word)"
            while current.columns > room, lines.count < limit {
                let first = current.prefix(columns: room)
                lines.append(Line(String(first), style, column: column))
                current = String(current.dropFirst(first.count))
            }
        }
        if !current.isEmpty, lines.count < limit { lines.append(Line(current, style, column: column)) }
        return lines
    }
}

extension Frame {
    /// Draws lines from a row on, up to a row that is no longer theirs.
    mutating func draw(_ lines: some Sequence<Line>, from first: Int, to end: Int, glyphs: Glyphs) {
        var row = first
        for line in lines {
            guard row < end else { return }
            draw(line, row: row, glyphs: glyphs)
            row += 1
        }
    }

    /// Draws one line.
    mutating func draw(_ line: Line, row: Int, glyphs: Glyphs) {
        for span in line.spans {
            let room = min(span.width, size.columns - span.column)
            guard room > 0 else { continue }
            write(span.text.fitted(to: room, glyphs), column: span.column, row: row, style: span.style)
        }
        guard line.isSelected else { return }
        self[column: 0, row: row] = Cell(">", .selected)
        restyle(row: row, columns: 0..<size.columns, .selected)
    }

    /// Draws a rule over the whole width.
    mutating func rule(row: Int, glyphs: Glyphs) {
        for column in 1..<max(1, size.columns - 1) { self[column: column, row: row] = Cell(glyphs.rule, .dim) }
    }
}

extension String {
    /// The text in at most so many columns; what is cut is marked.
    func fitted(to columns: Int, _ glyphs: Glyphs) -> String {
        // Bytes are never fewer than columns: most texts are known to fit without counting these.
        if utf8.count <= columns || self.columns <= columns { return self }
        return columns < 1 ? "" : String(prefix(columns: columns - 1)) + String(glyphs.cut)
    }
}
