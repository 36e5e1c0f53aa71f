import FoundationEssentials
import Testing

/// The lists of mistakes that the simulation, and the worlds of retention, must catch: held against the source and against the
/// pages that they lead to.
@Suite struct MutationTests {
    /// Each list with its page.
    static let lists = [("mutations.txt", "mutants.md"), ("retention.txt", "retention-mutants.md")]

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

    static func mistakes(_ list: String) throws -> [Mistake] {
        let blocks = try read("Tests/Mutants/" + list).replacing("\nmistake ", with: "\u{1}mistake ").split(
            separator: "\u{1}")
        return blocks.filter { $0.hasPrefix("mistake ") }.compactMap { Mistake(String($0)) }
    }

    @Test(arguments: lists)
    func `every text of a list stands once in its file, and every mistake has a sentence of its own`(
        _ list: String, _ page: String
    ) throws {
        let mistakes = try Self.mistakes(list)
        #expect(mistakes.count >= 30 && Set(mistakes.map(\.sentence)).count == mistakes.count)
        for mistake in mistakes {
            let found = try Self.read("Sources/" + mistake.file).ranges(of: mistake.text).count
            #expect(found == 1, "\(mistake.sentence): \(found) times in \(mistake.file)")
        }
    }

    @Test(arguments: lists)
    func `the page of caught mistakes names those of its list, in its order`(_ list: String, _ page: String) throws {
        let rows = try Self.read("Resources/docs/" + page).split(separator: "\n").filter { $0.hasPrefix("| ") }
        let sentences = rows.compactMap { row in
            let cells = row.split(separator: "|").map { $0.drop { $0 == " " } }
            return cells.count == 4 && Int(cells[0].prefix { $0 != " " }) != nil ? String(cells[1].dropLast()) : nil
        }
        #expect(try sentences == Self.mistakes(list).map(\.sentence), "make mutants writes it anew")
    }
}
