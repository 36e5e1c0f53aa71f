import FoundationEssentials
import Testing

/// The list of mistakes that the simulation must catch, held against the source and against the page that it leads to.
@Suite struct MutationTests {
    /// One block of the list.
    struct Mistake {
        let sentence: String
        let file: String
        /// The text as it stands in the source, without the marks around the part that is changed.
        let text: String

        init?(_ block: String) {
            func field(_ name: String) -> String? {
                block.split(separator: "\n").first { $0.hasPrefix(name + " ") }.map { String($0.dropFirst(name.count + 1)) }
            }
            guard let sentence = field("mistake"), let file = field("file"),
                let text = field("statement") ?? field("expression")
            else { return nil }
            self.sentence = sentence
            self.file = file
            self.text = String(text.drop { $0 == " " }).replacing("¶", with: "\n").replacing("«", with: "").replacing(
                "»", with: "")
        }
    }

    static func read(_ path: String) throws -> String {
        try String(contentsOf: URL(filePath: SourceTree.root + "/" + path), encoding: .utf8)
    }

    static func mistakes() throws -> [Mistake] {
        let blocks = try read("Tests/Mutants/mutations.txt").replacing("\nmistake ", with: "\u{1}mistake ").split(
            separator: "\u{1}")
        return blocks.filter { $0.hasPrefix("mistake ") }.compactMap { Mistake(String($0)) }
    }

    @Test func `every text of the list stands once in its file, and every mistake has a sentence of its own`() throws {
        let mistakes = try Self.mistakes()
        #expect(mistakes.count >= 30 && Set(mistakes.map(\.sentence)).count == mistakes.count)
        for mistake in mistakes {
            let found = try Self.read("Sources/" + mistake.file).ranges(of: mistake.text).count
            #expect(found == 1, "\(mistake.sentence): \(found) times in \(mistake.file)")
        }
    }

    @Test func `the page of caught mistakes names those of the list, in its order`() throws {
        let rows = try Self.read("Resources/docs/mutants.md").split(separator: "\n").filter { $0.hasPrefix("| ") }
        let sentences = rows.compactMap { row in
            let cells = row.split(separator: "|").map { $0.drop { $0 == " " } }
            return cells.count == 4 && Int(cells[0].prefix { $0 != " " }) != nil ? String(cells[1].dropLast()) : nil
        }
        #expect(try sentences == Self.mistakes().map(\.sentence), "make mutants writes it anew")
    }
}
