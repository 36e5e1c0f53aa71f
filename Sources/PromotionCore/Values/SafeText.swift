/// Text from outside that has been bounded and made harmless for a terminal, a log and the ledger.
///
/// Control characters, line breaks, bidirectional overrides and invisible formatting are written as `\u{…}`, so that what
/// is shown is what came. Decoding makes safe again: bytes from a disk or a socket are outside text too.
package struct SafeText: Hashable, Sendable, Codable, CustomStringConvertible, ExpressibleByStringInterpolation {
    /// The safe text.
    package let text: String

    /// Bounds, in characters of the result, that hold where a caller names none.
    package static let defaultLimit = 512

    /// Makes text safe.
    /// - Parameter limit: most characters kept; what is longer ends in "…".
    package init(_ raw: some StringProtocol, limit: Int = SafeText.defaultLimit) {
        let limit = min(limit, Self.hardLimit + 1)
        // Nearly all text is short and plain, and is what it is.
        if raw.utf8.count <= limit, raw.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
            text = String(raw)
            return
        }
        var safe = ""
        var count = 0
        for scalar in raw.unicodeScalars {
            guard count < limit else {
                safe += "…"
                break
            }
            if Self.isHarmless(scalar) {
                safe.unicodeScalars.append(scalar)
                count += 1
            } else {
                let escaped = "\\u{" + String(scalar.value, radix: 16) + "}"
                guard count + escaped.count <= limit else {
                    safe += "…"
                    break
                }
                safe += escaped
                count += escaped.count
            }
        }
        text = safe
    }

    /// The bound of any text, whatever a caller asks for; one more is kept in decoding, for the "…" of a cut one.
    private static let hardLimit = 4_096

    package init(stringLiteral value: String) { self.init(value, limit: Self.hardLimit) }

    package init(from decoder: any Decoder) throws {
        self.init(kept: try decoder.singleValueContainer().decode(String.self))
    }

    /// Text that was kept as it is, made safe again.
    init(kept text: String) { self.init(text, limit: Self.hardLimit + 1) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package var description: String { text }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value >= 0x20 && scalar.value < 0x7F { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        case .nonspacingMark, .enclosingMark, .spacingMark: return false
        default: return true
        }
    }
}
