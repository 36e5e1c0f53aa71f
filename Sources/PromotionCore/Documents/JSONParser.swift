/// Reads JSON by RFC 8259, with bounds, and strictly: two members of one name are refused, because two readers of such a
/// document may see two different images.
package struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private var values = 0

    /// Levels of arrays and objects that are read.
    package static let depthLimit = 32
    /// Values of one document that are read.
    package static let valueLimit = 2_000_000

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The document that these bytes hold, and nothing else but white space.
    /// - Throws: `JSONError` with the place.
    package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.error(.expected("the end of the document")) }
        return value
    }

    private func error(_ problem: JSONError.Problem) -> JSONError { JSONError(offset: position, problem: problem) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= Self.depthLimit else { throw error(.tooDeep(limit: Self.depthLimit)) }
        values += 1
        guard values <= Self.valueLimit else { throw error(.tooMany(limit: Self.valueLimit)) }
        skipSpace()
        guard let byte = next else { throw error(.ended) }
        switch byte {
        case UInt8(ascii: "{"): return .object(try members(depth: depth))
        case UInt8(ascii: "["): return .array(try elements(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in word.description.utf8 where !skip(byte) {
            throw error(next == nil ? .ended : .expected("\(word.description)"))
        }
        return value
    }

    private mutating func elements(depth: Int) throws(JSONError) -> [JSONValue] {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if skip(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if skip(UInt8(ascii: "]")) { return elements }
            guard skip(UInt8(ascii: ",")) else { throw error(next == nil ? .ended : .expected("\",\" or \"]\"")) }
        }
    }

    private mutating func members(depth: Int) throws(JSONError) -> [JSONValue.Member] {
        position += 1
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        skipSpace()
        if skip(UInt8(ascii: "}")) { return members }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error(next == nil ? .ended : .expected("a member's name")) }
            let name = try string()
            guard names.insert(name).inserted else { throw error(.nameTwice(SafeText(name, limit: 80))) }
            skipSpace()
            guard skip(UInt8(ascii: ":")) else { throw error(next == nil ? .ended : .expected("\":\"")) }
            members.append(JSONValue.Member(name, try value(depth: depth + 1)))
            skipSpace()
            if skip(UInt8(ascii: "}")) { return members }
            guard skip(UInt8(ascii: ",")) else { throw error(next == nil ? .ended : .expected("\",\" or \"}\"")) }
        }
    }

    private mutating func number() throws(JSONError) -> String {
        let start = position
        _ = skip(UInt8(ascii: "-"))
        if !skip(UInt8(ascii: "0")) { try digits() }
        if skip(UInt8(ascii: ".")) { try digits() }
        if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
            _ = skip(UInt8(ascii: "+")) || skip(UInt8(ascii: "-"))
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw error(next == nil ? .ended : .expected("a value or a digit")) }
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw error(.notUTF8) }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw error(.expected("an escaped control character"))
            default: text.append(byte)
            }
        }
        throw error(.ended)
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        guard let byte = next else { throw error(.ended) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += String(Character(try scalar())).utf8
        default: throw error(.expected("an escape that JSON knows"))
        }
    }

    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let first = try fourHexDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
            throw error(.loneSurrogate)
        }
        let second = try fourHexDigits()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw error(.loneSurrogate) }
        return scalar
    }

    private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw error(.ended) }
        var number: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error(.expected("four hexadecimal digits"))
            }
            number = number << 4 | UInt32(digit)
        }
        position += 4
        return number
    }
}
