internal import PromotionCore
internal import Yams

/// A YAML text as nodes with marks, within bounds and without aliases.
struct Document {
    /// Most bytes of a file.
    static let byteLimit = 1_048_576
    /// Most different keys written twice that are found in one reading; each costs another parse.
    static let duplicateLimit = 20
    /// Most places where they are found.
    static let duplicatePlaceLimit = 1_000

    let root: Node
    /// The real keys behind the substitutes of keys that are written twice.
    let duplicates: [String: Duplicate]

    /// A key that its mapping holds already.
    struct Duplicate: Hashable {
        let key: String
        let first: Position
    }

    /// Reads a text; a key written twice is set aside so that the rest is read all the same.
    /// - Returns: nil where the findings say why nothing more can be read.
    static func read(_ yaml: String, _ findings: Findings) -> Document? {
        guard yaml.utf8.count <= byteLimit else {
            findings.add(.start, "the file is larger than 1 MiB", "split what it describes over several Batons")
            return nil
        }
        if let alias = AliasScan.first(in: yaml) {
            refuseAlias(alias, findings)
            return nil
        }
        // By scalars: as characters, "\r\n" is one and holds no "\n".
        var lines = yaml.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var duplicates: [String: Duplicate] = [:]
        var rounds = 0
        while true {
            do {
                return try parse(lines.joined(separator: "\n"), duplicates, findings)
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let duplicate = Duplicate(key: keys.first ?? "", first: Position(context.mark))
                rounds += 1
                guard rounds <= duplicateLimit, DuplicateKey.setAside(duplicate, in: &lines, &duplicates) else {
                    for one in Set(duplicates.values).union([duplicate]) {
                        findings.add(
                            one.first, "the key \"\(SafeText(one.key, limit: 60))\" is written twice", "keep one of them")
                    }
                    return nil
                }
            } catch {
                let (position, problem) = Self.problem(error, in: yaml)
                findings.add(position, "this is not YAML: \(problem)", "look at this line and the one before it")
                return nil
            }
        }
    }

    private static func parse(
        _ text: String, _ duplicates: [String: Duplicate], _ findings: Findings
    ) throws -> Document? {
        // Not the default encoding, which asks the process's environment.
        let parser = try Parser(yaml: text, encoding: .utf8)
        guard let root = try parser.singleRoot() else {
            findings.add(.start, "the file is empty", "begin with version: 1, or copy the example")
            return nil
        }
        // Nodes know their anchors only as long as the parser lives.
        let anchor = withExtendedLifetime(parser) { firstAnchor(root) }
        if let anchor {
            refuseAlias(anchor, findings)
            return nil
        }
        return Document(root: root, duplicates: duplicates)
    }

    private static func refuseAlias(_ position: Position, _ findings: Findings) {
        findings.add(
            position, "anchors and aliases (&name, *name) are refused: a few lines of them can stand for billions",
            "write the values out")
    }

    private static func firstAnchor(_ node: Node) -> Position? {
        if node.anchor != nil { return Position(node.mark) }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                if let found = firstAnchor(key) ?? firstAnchor(value) { return found }
            }
        case .sequence(let sequence):
            for item in sequence {
                if let found = firstAnchor(item) { return found }
            }
        case .scalar, .alias: break
        }
        return nil
    }

    /// The place and the parser's words; the text itself, which may hold a secret, is left out.
    private static func problem(_ error: any Error, in yaml: String) -> (Position, SafeText) {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            return (Position(mark), SafeText(problem, limit: 200))
        case YamlError.reader(let problem, let offset, _, _):
            let before = yaml.prefix(offset ?? 0).unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            let position = Position(line: max(1, before.count), column: (before.last?.count ?? 0) + 1)
            return (position, SafeText(problem, limit: 200))
        default: return (.start, "the parser gave up")
        }
    }
}

extension Position {
    init(_ mark: Mark?) { self = mark.map { Position(line: $0.line, column: $0.column) } ?? .start }
}
