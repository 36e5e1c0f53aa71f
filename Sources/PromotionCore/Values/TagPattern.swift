/// How a kind of tag is written: text that stands for itself, the numbers X, Y, Z and N, and perhaps `[-suffix]` at the end.
///
/// A number has no leading zeros; one that is written `0Y` has at least two digits. Text in single quotes stands for itself,
/// even if it holds one of the four letters.
package struct TagPattern: Hashable, Sendable, CustomStringConvertible {
    /// The place of a number: from X, which weighs most, to Z; N counts the candidates of one version.
    package enum Variable: UInt8, Hashable, Sendable, CaseIterable {
        case x = 0x58, y = 0x59, z = 0x5A, n = 0x4E

        var letter: String { String(UnicodeScalar(rawValue)) }
    }

    /// A piece of a pattern.
    enum Part: Hashable, Sendable {
        case literal([UInt8])
        case number(Variable, isPadded: Bool)
    }

    /// What a tag has in the places of the numbers.
    struct Numbers: Hashable, Sendable {
        var x: Numeral?
        var y: Numeral?
        var z: Numeral?
        var n: Numeral?

        subscript(variable: Variable) -> Numeral? {
            get {
                switch variable {
                case .x: x
                case .y: y
                case .z: z
                case .n: n
                }
            }
            set {
                switch variable {
                case .x: x = newValue
                case .y: y = newValue
                case .z: z = newValue
                case .n: n = newValue
                }
            }
        }
    }

    /// What a pattern finds in a tag.
    struct Match: Hashable, Sendable {
        var numbers: Numbers
        /// Empty if the tag has none.
        var suffix: String
    }

    /// The pattern as a person wrote it.
    package let text: String
    let parts: [Part]
    /// The character before the suffix; `nil` if the pattern allows none.
    let separator: UInt8?

    init(text: String, parts: [Part], separator: UInt8?) {
        self.text = text
        self.parts = parts
        self.separator = separator
    }

    package var description: String { text }

    /// The numbers that it has.
    package var variables: Set<Variable> {
        Set(parts.compactMap { if case .number(let variable, _) = $0 { variable } else { nil } })
    }

    /// What the pattern finds in a tag; `nil` if the tag is written otherwise.
    func match(_ tag: Tag) -> Match? {
        var rest = Substring(tag.text).utf8
        var numbers = Numbers()
        for part in parts {
            switch part {
            case .literal(let bytes):
                guard rest.starts(with: bytes) else { return nil }
                rest = rest.dropFirst(bytes.count)
            case .number(let variable, let isPadded):
                let digits = rest.prefix(while: Numeral.isDigit)
                guard let number = Self.number(digits, isPadded: isPadded) else { return nil }
                numbers[variable] = number
                rest = rest.dropFirst(digits.count)
            }
        }
        guard let first = rest.first else { return Match(numbers: numbers, suffix: "") }
        guard first == separator, rest.count > 1 else { return nil }
        return Match(numbers: numbers, suffix: String(Substring(rest.dropFirst())))
    }

    private static func number(_ digits: Substring.UTF8View, isPadded: Bool) -> Numeral? {
        guard isPadded else { return Numeral(Substring(digits)) }
        guard digits.count >= 2 else { return nil }
        let isShort = digits.count == 2 && digits.first == UInt8(ascii: "0")
        return Numeral(Substring(isShort ? digits.dropFirst() : digits))
    }

    /// The tag of this pattern with these numbers; `nil` if one of them is missing, or the tag would be too long.
    func tag(_ match: Match) -> Tag? {
        var text = ""
        for part in parts {
            switch part {
            case .literal(let bytes): text += String(decoding: bytes, as: UTF8.self)
            case .number(let variable, let isPadded):
                guard let number = match.numbers[variable] else { return nil }
                let digits = number.description
                text += isPadded && digits.utf8.count == 1 ? "0\(digits)" : digits
            }
        }
        if !match.suffix.isEmpty {
            guard let separator else { return nil }
            text += "\(UnicodeScalar(separator))\(match.suffix)"
        }
        return try? Tag(text)
    }

    /// A tag that is written so: `v1.42.0-rc.3`.
    package var example: Tag? {
        tag(Match(numbers: Numbers(x: Numeral(1), y: Numeral(42), z: Numeral(0), n: Numeral(3)), suffix: ""))
    }
}
