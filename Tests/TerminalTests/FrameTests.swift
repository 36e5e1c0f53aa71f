internal import Console
internal import Glibc
internal import PromotionCore
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

    @Test(arguments: ["e\u{301}", "\u{5D0}", "🦀", "\u{AD}", "\u{1B}", "\u{9B}", "\u{202E}", "\r\n", "\u{200B}"] as [Character])
    func `a cell never holds what is not one column wide`(character: Character) {
        #expect(Cell(character).character == "?")
        #expect(character.columns == nil)
    }

    @Test func `a character of two columns fills two cells`() {
        var frame = Frame(size: Size(columns: 8, rows: 1))
        #expect(frame.write("年末, é", column: 0, row: 0) == 7)
        #expect(frame.text == "年末, é")
        #expect(frame[column: 1, row: 0].isTail && frame[column: 4, row: 0].character == ",")
    }

    @Test(arguments: [(column: 0, shown: "x 末"), (column: 1, shown: " x末"), (column: 2, shown: "年x")])
    func `half of a character never stays`(column: Int, shown: String) {
        var frame = Frame(size: Size(columns: 4, rows: 1))
        frame.write("年末", column: 0, row: 0)
        frame.write("x", column: column, row: 0)
        #expect(frame.text == shown)
    }

    @Test(arguments: [(columns: 3, shown: "年?"), (columns: 4, shown: "年末")])
    func `a character of which one column fits is no half`(columns: Int, shown: String) {
        var frame = Frame(size: Size(columns: columns, rows: 1))
        frame.write("年末", column: 0, row: 0)
        #expect(frame.text == shown)
    }

    @Test func `the columns are those of the C library`() throws {
        // wcwidth(3) is in no header that Swift imports.
        let address = try #require(dlsym(nil, "wcwidth"))
        let width = unsafeBitCast(address, to: (@convention(c) (wchar_t) -> Int32).self)
        let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)
        defer { freelocale(locale) }
        let before = uselocale(locale)
        defer { uselocale(before) }
        var differing: [String] = []
        for value in UInt32(0x20)...0x3FFFD {
            guard let scalar = Unicode.Scalar(value), let columns = scalar.columns else { continue }
            // A character that is younger than the C library has no width there, and is drawn as "?".
            let told = width(wchar_t(value))
            if told >= 0, told != Int32(columns) { differing.append(String(value, radix: 16)) }
        }
        #expect(differing.prefix(20) == [])
    }

    @Test func `every glyph has an ASCII stand-in of one column`() {
        for value in UInt32(0x20)...0xFFFF {
            guard let scalar = Unicode.Scalar(value), scalar.columns == 1 else { continue }
            #expect((0x20...0x7E).contains(scalar.asciiStandIn.value))
        }
        #expect("✓✗▲◐●○│─".unicodeScalars.map { Character($0.asciiStandIn) } == Array("+x!~*o|-"))
    }
}
