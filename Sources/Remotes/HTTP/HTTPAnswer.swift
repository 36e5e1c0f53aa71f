package import PromotionCore

/// What a server answered, bounded.
package struct HTTPAnswer: Hashable, Sendable {
    /// One header field.
    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: String
    }

    package let status: Int
    /// The words behind the status; a server may send others than the standard's.
    package let phrase: SafeText
    package let fields: [Field]
    package let body: [UInt8]
    /// Whether the body was longer than what was read of it.
    package let isCut: Bool

    /// All values of a header field, names compared without regard to case (RFC 9110, 5.1).
    package func values(of name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// Whether the body holds a text, byte for byte.
    package func holds(_ text: String) -> Bool { text.isEmpty || body.firstRange(of: Array(text.utf8)) != nil }

    /// Status line, where to a redirect leads, and the beginning of the body.
    package func evidence(characters: Int = 200) -> SafeText {
        var text = "\(status) \(phrase)"
        if (300..<400).contains(status), let location = values(of: "location").first { text += " to \(location.prefix(200))" }
        let beginning = String(decoding: body.prefix(4 * characters), as: UTF8.self).prefix(characters)
        if !beginning.isEmpty { text += " · \(beginning)" }
        if isCut { text += " · longer than \(body.count) bytes" }
        return SafeText(text, limit: 4_000)
    }
}
