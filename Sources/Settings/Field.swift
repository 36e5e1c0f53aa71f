internal import PromotionCore
internal import Yams

/// One value of the file, with the key it stands under and the place it stands at.
struct Field {
    let key: String
    let keyPosition: Position
    let node: Node
    let duplicates: [String: Document.Duplicate]
    let findings: Findings

    init(root document: Document, _ findings: Findings) {
        key = "the file"
        keyPosition = .start
        node = document.root
        duplicates = document.duplicates
        self.findings = findings
    }

    private init(key: String, keyPosition: Position, node: Node, within outer: Field) {
        self.key = key
        self.keyPosition = keyPosition
        self.node = node
        duplicates = outer.duplicates
        findings = outer.findings
    }

    var position: Position { Position(node.mark) }

    func refuse(_ wrong: SafeText, _ right: SafeText) { findings.add(position, wrong, right) }

    /// Whether it is a mapping with this key.
    func names(_ key: String) -> Bool { node[key] != nil }

    /// The keys and values of a mapping, keys written twice reported and left out.
    func pairs(_ title: String) -> [Field]? {
        guard case .mapping(let mapping) = node else {
            refuse("\(title) is not a mapping but \(kind)", "write its keys and values, one a line, indented alike")
            return nil
        }
        var fields: [Field] = []
        var seen: [String: Position] = [:]
        for (keyNode, value) in mapping {
            let place = Position(keyNode.mark)
            guard case .scalar(let scalar) = keyNode else {
                findings.add(place, "a key of \(title) is a list or a mapping", "a key is one word")
                continue
            }
            let duplicate = duplicates[scalar.string]
            let key = duplicate?.key ?? scalar.string
            if let first = duplicate?.first ?? seen[key] {
                let word = SafeText(key, limit: 60)
                findings.add(
                    place, "the key \"\(word)\" is written twice", "keep one; the first is in line \(String(first.line))")
                continue
            }
            seen[key] = place
            fields.append(Field(key: key, keyPosition: place, node: value, within: self))
        }
        return fields
    }

    /// The items of a list, at most `limit`.
    func items(limit: Int, _ noun: String) -> [Field]? {
        guard case .sequence(let sequence) = node else {
            refuse("\(key) is not a list but \(kind)", "write a list: one \"- …\" a line, or [a, b]")
            return nil
        }
        guard sequence.count <= limit else {
            refuse("\(key) has \(String(sequence.count)) \(noun)", "at most \(String(limit)) are allowed")
            return nil
        }
        return sequence.map { Field(key: key, keyPosition: Position($0.mark), node: $0, within: self) }
    }

    var isMapping: Bool { if case .mapping = node { true } else { false } }

    /// What the node is, as a person says it.
    var kind: SafeText {
        switch node {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let scalar): scalar.string.isEmpty ? "empty" : "a single value"
        case .alias: "an alias"
        }
    }

    /// The text of a single value that is not empty.
    /// - Parameter limit: most bytes.
    func text(limit: Int = 4_096) -> String? {
        guard case .scalar(let scalar) = node else {
            refuse("\(key) is \(kind)", "write a single value")
            return nil
        }
        guard !scalar.string.isEmpty else {
            refuse("\(key) is empty", "write a value, or leave the key out")
            return nil
        }
        guard scalar.string.utf8.count <= limit, !scalar.string.utf8.contains(0) else {
            refuse("\(key) is longer than \(String(limit)) bytes or holds a NUL", "shorten it")
            return nil
        }
        return scalar.string
    }
}
