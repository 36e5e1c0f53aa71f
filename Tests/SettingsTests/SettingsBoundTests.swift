internal import Fixtures
internal import PromotionCore
internal import Settings
internal import Testing

@Suite struct SettingsBoundTests {
    private let service = "{registry: {layout: r%}, repository: shop, environments: [{name: prod, target: {stage: s}}]}"

    private func services(_ count: Int) -> String {
        let lines = (0..<count).map { "  s\($0): " + service.replacing("%", with: "\($0)") }
        return "version: 1\nservices:\n" + lines.joined(separator: "\n")
    }

    @Test func `a thousand services are read, one more is refused`() {
        #expect(mistakes(services(1_000)).isEmpty)
        #expect(mistakes(services(1_001)) == ["f.yaml:3:3: services names 1001 services; from 1 to 1000 are allowed"])
    }

    @Test func `ten environments and fifty checks are read, one more is refused`() {
        func file(_ environments: Int, _ checks: Int) -> String {
            let check = (0..<checks).map { "{name: c\($0), tcp: true}" }.joined(separator: ", ")
            let items = (0..<environments).map { "{name: e\($0), target: {stage: s}, checks: [\(check)]}" }
            let path = items.joined(separator: ", ")
            return "version: 1\nservices:\n  a: {registry: {layout: r}, repository: a, environments: [\(path)]}"
        }
        #expect(mistakes(file(10, 50)).isEmpty)
        #expect(mistakes(file(11, 1)).first?.contains("environments has 11 environments; at most 10 are allowed") == true)
        #expect(mistakes(file(1, 51)).first?.contains("checks has 51 checks; at most 50 are allowed") == true)
    }

    @Test func `a file over a mebibyte is refused unread`() {
        let large = "version: 1\n" + String(repeating: "#", count: 1_048_576)
        #expect(mistakes(large) == ["f.yaml:1:1: the file is larger than 1 MiB; split what it describes over several Batons"])
    }

    @Test func `at most a hundred mistakes are named, all are counted`() {
        let yaml = "version: 1\nservices:\n" + (0..<150).map { "  S\($0): 1\n" }.joined()
        let found = mistakes(yaml)
        #expect(found.count == 101)
        #expect(found.last == "and 200 more")
    }

    @Test func `bytes that are no text are refused`() {
        let result = Settings.read(bytes: [0xFF, 0xFE, 0x41], file: "f.yaml", architecture: "amd64")
        #expect(throws: SettingsMistakes.self) { try result.get() }
        #expect((try? Settings.read(bytes: Array(Settings.example.utf8), file: "f", architecture: "amd64").get()) != nil)
    }

    @Test(arguments: [
        // Each line stands for nine of the line before.
        "a: &a [x]\n" + ("b"..."h").map { "\($0): &\($0) [" + String(repeating: "*\(before($0)),", count: 9) + "]\n" }.joined(),
        // As keys, which a parser compares.
        "a: &a {x: 1}\n"
            + ("b"..."h").map { "\($0): &\($0) {? *\(before($0)) : 1, ? [*\(before($0)), *\(before($0))] : 2}\n" }.joined(),
        "? &a [x]\n: 1\n? &b [*a , *a ]\n: 2\n? [*b , *b ]\n: 3\n",
        "<<: &x {a: 1}\nb: *x\n", "a: *nowhere\n", "- &a [*a ]\n",
    ])
    func `texts that grow when they are read are refused`(_ yaml: String) {
        #expect(mistakes(yaml).count == 1)
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "[{", "\"", "|\n ", "!!x ", "a:\n", "- - ", "&a ", "%", "---\n", "{? "])
    func `deep nesting ends in a mistake`(_ piece: String) {
        let yaml = String(repeating: piece, count: 200_000 / piece.utf8.count)
        #expect(!mistakes(yaml).isEmpty)
    }

    @Test func `a key written a thousand times is reported wherever it is written`() {
        #expect(mistakes("version: 1\n" + String(repeating: "state: a\n", count: 31) + "services: {}\n").count == 31)
        let endless = mistakes(String(repeating: "a:\n", count: 50_000))
        #expect(endless == ["f.yaml:1:1: the key \"a\" is written twice; keep one of them"])
        let many = (0..<40).map { "k\($0): 1\nk\($0): 2\n" }.joined()
        #expect(mistakes(many).count == 21)
    }

    @Test func `a lone ampersand or star in a text is no anchor`() {
        let command = "[sh, -c, 'a && b *.txt & c', \"x &y\", a*b, '**']"
        let yaml = """
            version: 1
            services:
              a:
                registry: {layout: r}
                repository: a
                environments: [{name: prod, target: {stage: s}, checks: [{name: c, smoke: \(command)}]}]
            """
        #expect(mistakes(yaml).isEmpty)
    }

    @Test(arguments: 0..<8)
    func `random bytes end in a value or in mistakes`(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let example = Array(Settings.example.utf8)
        for _ in 0..<150 {
            var bytes: [UInt8] =
                Bool.random(using: &random)
                ? example : (0..<Int.random(in: 0...400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(Array("&*[]{}:-?|>%@!'\"#,\n\t \u{0}".utf8).randomElement(using: &random) ?? 0, at: place)
                default:
                    bytes.insert(
                        contentsOf: example.suffix(from: Int.random(in: 0..<example.count, using: &random)).prefix(40), at: place)
                }
            }
            if case .failure(let mistakes) = Settings.read(bytes: bytes, file: "f.yaml", architecture: "amd64") {
                #expect(!mistakes.list.isEmpty)
                #expect(mistakes.list.allSatisfy { $0.line >= 1 && $0.column >= 1 })
            }
        }
    }
}

/// The letter before a letter.
private func before(_ letter: String) -> String {
    String(Character(Unicode.Scalar(letter.utf8.reduce(0) { $0 &+ $1 } - 1)))
}

/// The letters of a range.
private func ... (first: String, last: String) -> [String] {
    let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
    return letters.filter { $0 >= first && $0 <= last }
}
