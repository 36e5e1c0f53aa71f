internal import PromotionCore
internal import Yams

/// One mapping of the file whose keys are known beforehand.
struct Section {
    let position: Position
    let findings: Findings
    /// What the mapping describes, such as `check "health"`.
    let title: String
    private let fields: [String: Field]

    /// Takes a mapping apart and reports keys that are unknown or written twice.
    /// - Returns: nil where the node is no mapping, which is reported too.
    init?(_ field: Field, title: String, keys: [String]) {
        guard let pairs = field.pairs(title) else { return nil }
        var fields: [String: Field] = [:]
        for pair in pairs {
            if keys.contains(pair.key) { fields[pair.key] = pair } else { Self.refuse(pair, in: title, known: keys) }
        }
        self.fields = fields
        self.title = title
        position = field.position
        findings = field.findings
    }

    /// The value of a key; nil where it is absent.
    func optional(_ key: String) -> Field? { fields[key] }

    /// The value of a key that must be there.
    func required(_ key: String, _ example: String) -> Field? {
        if let field = fields[key] { return field }
        findings.add(position, "\(title) has no \(key)", "add \(example)")
        return nil
    }

    private static func refuse(_ field: Field, in title: String, known: [String]) {
        if SecretReference.isNameOfSecret(field.key), !field.holdsReference {
            field.refuseLiteralSecret()
            return
        }
        let word = SafeText(field.key, limit: 60)
        let right: SafeText =
            if let nearest = Spelling.nearest(to: field.key, in: known) {
                "did you mean \"\(nearest)\"?"
            } else {
                "allowed here: \(known.joined(separator: ", "))"
            }
        field.findings.add(field.keyPosition, "\(title) knows no key \"\(word)\"", right)
    }
}
