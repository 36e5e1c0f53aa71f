internal import CNcurses
internal import Console

/// Draws frames through ncurses, handing it only what differs from the frame before.
struct Painter {
    private let palette: Palette
    private let glyphs: Glyphs
    private var shown: Frame?
    private var size: Size
    private var scalars: [UInt32] = []

    init(palette: Palette, glyphs: Glyphs, size: Size) {
        self.palette = palette
        self.glyphs = glyphs
        self.size = size
    }

    /// The window has changed: the next frame is painted whole.
    mutating func resize(to size: Size) {
        self.size = size
        cn_resize(CInt(size.rows), CInt(size.columns))
        shown = nil
    }

    /// What the terminal shows is not to be trusted: the next frame is painted whole.
    mutating func forget() { shown = nil }

    /// Leaves in ncurses' file the bytes that turn the last frame into this one. A frame of another size than the window is cut.
    mutating func paint(_ frame: Frame) {
        if frame == shown { return }
        let isWhole = shown == nil
        if isWhole { cn_erase() }
        let rows = min(size.rows, frame.size.rows)
        let columns = min(size.columns, frame.size.columns)
        let before = shown.flatMap { $0.size == frame.size ? $0 : nil } ?? Frame(size: frame.size)
        frame.cells.withUnsafeBufferPointer { cells in
            before.cells.withUnsafeBufferPointer { old in
                for row in 0..<rows { put(cells, old, start: row * frame.size.columns, row: row, columns: columns) }
            }
        }
        let cursor = frame.cursor.flatMap { position -> Position? in
            (0..<columns).contains(position.column) && (0..<rows).contains(position.row) ? position : nil
        }
        cn_paint(CInt(cursor?.row ?? -1), CInt(cursor?.column ?? 0), isWhole ? 1 : 0)
        shown = frame
    }

    /// Hands over the changed cells of one row in runs of one style.
    private mutating func put(
        _ cells: UnsafeBufferPointer<Cell>, _ old: UnsafeBufferPointer<Cell>, start: Int, row: Int, columns: Int
    ) {
        var column = 0
        while column < columns {
            guard cells[start + column] != old[start + column] else {
                column += 1
                continue
            }
            let first = column
            let style = cells[start + first].style
            scalars.removeAll(keepingCapacity: true)
            while column < columns, case let cell = cells[start + column], cell.style == style, cell != old[start + column] {
                scalars.append((glyphs == .unicode ? cell.scalar : cell.scalar.asciiStandIn).value)
                column += 1
            }
            let look = palette[style]
            cn_put(CInt(row), CInt(first), scalars, CInt(scalars.count), look.attributes, look.pair)
        }
    }
}
