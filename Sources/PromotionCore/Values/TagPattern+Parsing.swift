/// The reason that a text is no pattern of tags, and what would be right.
package enum TagPatternError: Error, Hashable, CustomStringConvertible {
    /// Nothing, or more than `TagPattern.byteLimit`.
    case length
    /// A character that no tag has.
    case character(SafeText)
    /// A number twice.
    case twice(TagPattern.Variable)
    /// A number, and nothing that ends it before the next digit.
    case touching(TagPattern.Variable)
    /// None of the numbers that order versions.
    case numberless
    /// A number without the one that weighs more.
    case gap(TagPattern.Variable, without: TagPattern.Variable)
    /// `[` that is not the one of a suffix at the end.
    case bracket
    /// A quotation mark without the one that ends it.
    case quote
    /// A name that begins as Baton's own tags do.
    case reserved(SafeText)
    /// A first character that no tag begins with.
    case beginning

    package var description: String {
        switch self {
        case .length: "it has no text, or more than \(TagPattern.byteLimit) characters"
        case .character(let text): "no tag has the character \"\(text)\""
        case .twice(let variable): "\(variable.letter) stands there twice"
        case .touching(let variable): "nothing tells where \(variable.letter) ends"
        case .numberless: "it has none of the numbers X, Y and Z, so that no version is newer than another"
        case .gap(let variable, let missing):
            "it has \(variable.letter) without \(missing.letter): numbers are X, then Y, then Z, by what weighs most"
        case .bracket: "only [-suffix], [.suffix] or [_suffix] stands in brackets, at the end"
        case .quote: "a quotation mark is not closed"
        case .reserved(let prefix): "tags that begin with \(prefix) are taken"
        case .beginning: "a tag begins with a letter, a digit or \"_\""
        }
    }

    /// What to write instead.
    package var remedy: String {
        switch self {
        case .touching: "put text other than a digit after it"
        case .reserved: "sha-…, sha256-… and quarantine-… mean builds, attachments and quarantine: choose another beginning"
        default: "write it as vX.Y.Z-rc.N or release-X.0Y.0Z[-suffix]; text in single quotes stands for itself"
        }
    }
}

extension TagPattern {
    /// Most bytes of a pattern.
    package static let byteLimit = 64

    /// Parses a pattern.
    package init(_ text: some StringProtocol) throws(TagPatternError) {
        guard (1...Self.byteLimit).contains(text.utf8.count) else { throw .length }
        var reader = Reader(rest: Substring(text).utf8)
        try reader.read()
        self.init(text: String(text), parts: reader.parts, separator: reader.separator)
        try check()
    }

    private func check() throws(TagPatternError) {
        switch parts.first {
        case .literal(let bytes)?:
            let text = String(decoding: bytes, as: UTF8.self)
            if text.first == "-" || text.first == "." { throw .beginning }
            for prefix in TagScheme.reserved where text.hasPrefix(prefix) { throw .reserved(SafeText(prefix)) }
        case .number?, nil: break
        }
        let variables = self.variables
        guard !variables.isDisjoint(with: [.x, .y, .z]) else { throw .numberless }
        if !variables.contains(.x) { throw .gap(variables.contains(.y) ? .y : .z, without: .x) }
        if variables.contains(.z), !variables.contains(.y) { throw .gap(.z, without: .y) }
        for (part, next) in zip(parts, parts.dropFirst()) {
            guard case .number(let variable, _) = part else { continue }
            switch next {
            case .number: throw .touching(variable)
            case .literal(let bytes): if bytes.first.map(Numeral.isDigit) ?? false { throw .touching(variable) }
            }
        }
    }

    /// Takes a text apart from its beginning.
    private struct Reader {
        var rest: Substring.UTF8View
        var parts: [Part] = []
        var separator: UInt8?
        private var seen: Set<Variable> = []
        private var literal: [UInt8] = []

        init(rest: Substring.UTF8View) { self.rest = rest }

        mutating func read() throws(TagPatternError) {
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "'"): try readQuoted()
                case UInt8(ascii: "["): try readSuffix()
                case UInt8(ascii: "0") where rest.first.flatMap(Variable.init) != nil:
                    guard let variable = rest.popFirst().flatMap(Variable.init) else { continue }
                    try add(variable, isPadded: true)
                default:
                    if let variable = Variable(rawValue: byte) { try add(variable, isPadded: false) } else { try add(byte) }
                }
            }
            endLiteral()
        }

        private mutating func add(_ byte: UInt8) throws(TagPatternError) {
            guard Tag.isAllowed(byte) else {
                throw .character(SafeText(byte < 0x80 ? "\(UnicodeScalar(byte))" : "…"))
            }
            literal.append(byte)
        }

        private mutating func add(_ variable: Variable, isPadded: Bool) throws(TagPatternError) {
            guard seen.insert(variable).inserted else { throw .twice(variable) }
            endLiteral()
            parts.append(.number(variable, isPadded: isPadded))
        }

        private mutating func endLiteral() {
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = []
        }

        private mutating func readQuoted() throws(TagPatternError) {
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "'") { return }
                try add(byte)
            }
            throw .quote
        }

        private mutating func readSuffix() throws(TagPatternError) {
            guard let first = rest.popFirst(), [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")].contains(first),
                rest.elementsEqual("suffix]".utf8)
            else { throw .bracket }
            separator = first
            rest = rest[rest.endIndex...]
        }
    }
}
