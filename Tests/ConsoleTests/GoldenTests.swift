import Console
import Fixtures
import PromotionCore
import Testing

struct GoldenTests {
    /// Terminals of the three kinds: as ssh opens them, as a desk has them, and a corner of one.
    static let sizes = [Size(columns: 80, rows: 24), Size(columns: 120, rows: 40), Size(columns: 50, rows: 12)]

    @Test(arguments: Picture.allCases, sizes) func `a screen looks as it is kept`(_ picture: Picture, _ size: Size) throws {
        let drawn = try picture.draw(size.columns, size.rows).trimmed + "\n"
        let kept = KeptText.screen("\(picture.rawValue)-\(size.columns)x\(size.rows)")
        #expect(try kept.kept(writing: drawn) == drawn, "make golden writes it anew")
    }

    @Test func `every glyph of the UTF-8 set takes one column`() throws {
        let screen = try Screen(World.sample(), options: ConsoleOptions(glyphs: .unicode))
        #expect(screen.text().contains("✓ healthy") && screen.text().contains("● LIVE 100 %") && screen.text().contains("C → B"))
        #expect(screen.text().split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
}

extension String {
    /// Without blank rows at the end.
    var trimmed: String {
        var text = self
        while text.last == "\n" { text.removeLast() }
        return text
    }
}
