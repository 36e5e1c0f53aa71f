internal import PromotionCore
internal import Yams

extension Field {
    /// A whole number within bounds.
    func number(in range: ClosedRange<Int>) -> Int? {
        guard let text = text() else { return nil }
        guard let number = Int(text), range.contains(number) else {
            refuse(
                "\(key) is \"\(SafeText(text, limit: 60))\"",
                "write a whole number from \(String(range.lowerBound)) to \(String(range.upperBound))")
            return nil
        }
        return number
    }

    /// A length of time within bounds.
    func duration(in range: ClosedRange<Milliseconds>) -> Milliseconds? {
        guard let text = text() else { return nil }
        guard let span = Milliseconds(parsing: text), range.contains(span) else {
            refuse(
                "\(key) is \"\(SafeText(text, limit: 60))\"",
                "write a time from \(range.lowerBound.written) to \(range.upperBound.written), such as 250ms, 30s, 10m, 4h or 7d")
            return nil
        }
        return span
    }

    /// One of the words of an enumeration.
    func word<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> Word? where Word.RawValue == String {
        guard let text = text() else { return nil }
        if let word = Word(rawValue: text) { return word }
        refuse("\(key) is \"\(SafeText(text, limit: 60))\"", "write one of \(Self.list(type))")
        return nil
    }

    static func list<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) -> String where Word.RawValue == String {
        Word.allCases.map(\.rawValue).joined(separator: ", ")
    }

    /// `true` or `false`.
    func flag() -> Bool? {
        guard let text = text() else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        default:
            refuse("\(key) is \"\(SafeText(text, limit: 60))\"", "write true or false")
            return nil
        }
    }

    /// A name of the core.
    func name<Kind>(_ type: Name<Kind>.Type) -> Name<Kind>? {
        guard let text = text() else { return nil }
        return Self.name(type, text, at: position, findings)
    }

    /// The key itself as a name of the core.
    func keyName<Kind>(_ type: Name<Kind>.Type) -> Name<Kind>? { Self.name(type, key, at: keyPosition, findings) }

    private static func name<Kind>(
        _ type: Name<Kind>.Type, _ text: String, at position: Position, _ findings: Findings
    ) -> Name<Kind>? {
        do {
            return try Name<Kind>(text)
        } catch {
            findings.add(
                position, "\"\(error.text)\" is not a name", "use 1 to 63 of a-z, 0-9 and \"-\", not beginning with \"-\"")
            return nil
        }
    }

    /// The path of a file or directory.
    func path() -> String? {
        guard let text = text() else { return nil }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            refuse("\(key) holds control characters", "write a path of visible characters")
            return nil
        }
        return text
    }

    /// Whether the value is a reference to a secret, well formed or not.
    var holdsReference: Bool {
        guard case .scalar(let scalar) = node else { return false }
        return SecretReference.hasScheme(scalar.string)
    }

    /// Reports a secret that stands in the file, without its text.
    func refuseLiteralSecret() {
        refuse(
            "\(SafeText(key, limit: 60)) holds a value, and secrets never stand in the configuration",
            "take it out, change the secret, and refer to it as \(SecretReference.forms)")
    }

    /// A reference to a secret.
    func secret() -> SecretReference? {
        guard case .scalar(let scalar) = node, SecretReference.hasScheme(scalar.string) else {
            refuseLiteralSecret()
            return nil
        }
        do {
            return try SecretReference(parsing: scalar.string)
        } catch {
            refuse(error.wrong, error.right)
            return nil
        }
    }
}

extension Milliseconds {
    /// As the configuration writes it: `500ms`, `30s`, `10m`, `4h`, `7d`.
    var written: String {
        let units: [(Int64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")]
        for (length, unit) in units where count > 0 && count % length == 0 { return "\(count / length)\(unit)" }
        return count == 0 ? "0s" : "\(count)ms"
    }
}
