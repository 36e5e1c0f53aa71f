internal import PromotionCore

/// A colour's meaning; one palette maps each to what the terminal can do.
package enum Style: UInt8, Hashable, Sendable, CaseIterable {
    case plain
    /// Less important: rules, hints, times.
    case dim
    /// Titles and column heads.
    case heading
    /// The row under the cursor.
    case selected
    case good
    case bad
    case warning
    /// Under way.
    case active
    /// A digest's letter and first digits.
    case digest
    /// The keys of the footer.
    case key
    /// A key that is not possible now.
    case disabled
    /// An alarm that wants a person.
    case alarm
}

/// One column and row of a screen. A character of two columns stands in its first cell, and the cell after it is its tail.
package struct Cell: Hashable, Sendable {
    /// What is drawn: a single scalar, so that comparing frames is comparing numbers.
    package private(set) var scalar: Unicode.Scalar
    package var style: Style

    /// Makes a cell; a character that a terminal would not give exactly one column becomes "?".
    package init(_ character: Character, _ style: Style = .plain) {
        self.init(scalar: character.columns == 1 ? character.onlyScalar ?? "?" : "?", style)
    }

    fileprivate init(scalar: Unicode.Scalar, _ style: Style) {
        self.scalar = scalar
        self.style = style
    }

    /// The cell's scalar as a character.
    package var character: Character { Character(scalar) }

    /// Whether it is the second column of the character before it.
    package var isTail: Bool { scalar == Self.tail }

    /// What stands in a tail: no character that is ever drawn.
    private static let tail: Unicode.Scalar = "\0"

    package static let blank = Cell(" ")

    /// The two cells of a character of two columns; `nil` if it has not two.
    fileprivate static func pair(_ character: Character, _ style: Style) -> (Cell, Cell)? {
        guard let scalar = character.onlyScalar, scalar.columns == 2 else { return nil }
        return (Cell(scalar: scalar, style), Cell(scalar: tail, style))
    }
}

/// Columns and rows of a terminal.
package struct Size: Hashable, Sendable {
    package let columns: Int
    package let rows: Int

    package init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }
}

/// A place on a screen, counted from 0 at the top left.
package struct Position: Hashable, Sendable {
    package let column: Int
    package let row: Int

    package init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }
}

/// A whole screen as a value. Writing outside of it is cut off, never an error.
package struct Frame: Hashable, Sendable {
    package let size: Size
    /// `size.rows` times `size.columns` cells, row by row.
    package private(set) var cells: [Cell]
    /// Where the cursor stands; nil hides it.
    package var cursor: Position?

    package init(size: Size) {
        self.size = Size(columns: max(0, size.columns), rows: max(0, size.rows))
        cells = Array(repeating: .blank, count: self.size.columns * self.size.rows)
    }

    package subscript(column column: Int, row row: Int) -> Cell {
        get { isInside(column, row) ? cells[row * size.columns + column] : .blank }
        set {
            guard isInside(column, row) else { return }
            let at = row * size.columns + column
            // No half of a character of two columns stays.
            if cells[at].isTail { cells[at - 1] = Cell(" ", cells[at - 1].style) }
            if column + 1 < size.columns, cells[at + 1].isTail { cells[at + 1] = Cell(" ", cells[at + 1].style) }
            cells[at] = newValue
        }
    }

    /// Writes text on one row from a column on.
    /// - Parameter width: most columns used; text that is longer is cut and its last column says so with "~".
    /// - Returns: the column after the last one written.
    @discardableResult
    package mutating func write(
        _ text: some StringProtocol, column: Int, row: Int, style: Style = .plain, width: Int = .max
    ) -> Int {
        var at = column
        let isBounded = width < size.columns - column
        let end = isBounded ? column + max(0, width) : size.columns
        for character in text {
            guard at < end else {
                if isBounded && end > column { self[column: end - 1, row: row] = Cell("~", style) }
                break
            }
            if let pair = Cell.pair(character, style), at + 1 < end, at >= 0 {
                self[column: at, row: row] = pair.0
                place(tail: pair.1, column: at + 1, row: row)
                at += 2
            } else {
                self[column: at, row: row] = Cell(character, style)
                at += 1
            }
        }
        return at
    }

    /// Puts the second half of a character next to the first.
    private mutating func place(tail: Cell, column: Int, row: Int) {
        guard isInside(column, row) else { return }
        self[column: column, row: row] = .blank
        cells[row * size.columns + column] = tail
    }

    /// Changes the style of a run of cells and leaves their characters.
    package mutating func restyle(row: Int, columns: Range<Int>, _ style: Style) {
        for column in columns.clamped(to: 0..<size.columns) { self[column: column, row: row].style = style }
    }

    /// The rows as text, blanks at their ends cut: what golden files hold.
    package var text: String {
        (0..<size.rows).map { row in
            var line = String((0..<size.columns).map { self[column: $0, row: row] }.filter { !$0.isTail }.map(\.character))
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    private func isInside(_ column: Int, _ row: Int) -> Bool {
        column >= 0 && row >= 0 && column < size.columns && row < size.rows
    }
}
