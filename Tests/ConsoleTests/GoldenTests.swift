import Console
import PromotionCore
import Testing

struct GoldenTests {
    @Test(arguments: Picture.allCases) func `80x24 looks as it is kept`(_ picture: Picture) throws {
        #expect(try picture.draw(80, 24).trimmed == Golden80x24.pictures[picture]?.trimmed)
    }

    @Test(arguments: Picture.allCases) func `120x40 looks as it is kept`(_ picture: Picture) throws {
        #expect(try picture.draw(120, 40).trimmed == Golden120x40.pictures[picture]?.trimmed)
    }

    @Test(arguments: Picture.allCases) func `50x12 looks as it is kept`(_ picture: Picture) throws {
        #expect(try picture.draw(50, 12).trimmed == Golden50x12.pictures[picture]?.trimmed)
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
