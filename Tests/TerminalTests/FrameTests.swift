internal import Console
internal import Testing

@Suite struct FrameTests {
    @Test(arguments: [
        (width: 10, shown: "payments"), (width: 8, shown: "payments"), (width: 5, shown: "paym~"), (width: 1, shown: "~"),
        (width: 0, shown: ""), (width: Int.max, shown: "payments"),
    ])
    func `text that is cut says so`(width: Int, shown: String) {
        var frame = Frame(size: Size(columns: 20, rows: 1))
        frame.write("payments", column: 0, row: 0, width: width)
        #expect(frame.text == shown)
    }

    @Test func `writing outside of the screen is cut off`() {
        var frame = Frame(size: Size(columns: 4, rows: 1))
        frame.write("payments", column: -2, row: 0)
        frame.write("below", column: 0, row: 1)
        frame.restyle(row: 0, columns: -5..<50, .bad)
        #expect(frame.text == "ymen")
        #expect(Frame(size: Size(columns: -1, rows: 3)).cells.isEmpty)
    }

    @Test(arguments: ["e\u{301}", "日", "🦀", "\u{AD}", "\u{1B}", "\u{9B}", "\u{202E}", "\r\n", "\u{200B}"] as [Character])
    func `a cell never holds what is not one column wide`(character: Character) {
        #expect(Cell(character).character == "?")
        #expect(!character.isOneColumn)
    }

    @Test func `every glyph has an ASCII stand-in of one column`() {
        for value in UInt32(0x20)...0x2FFF {
            guard let scalar = Unicode.Scalar(value), Character(scalar).isOneColumn else { continue }
            #expect((0x20...0x7E).contains(scalar.asciiStandIn.value))
        }
        #expect("✓✗▲◐●○│─".unicodeScalars.map { Character($0.asciiStandIn) } == Array("+x!~*o|-"))
    }
}
