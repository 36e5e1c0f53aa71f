internal import PromotionCore

/// What a registry says in the body of a refusal (OCI distribution-spec, "Error Codes").
struct ErrorBody: Hashable, Sendable {
    /// The codes, such as `MANIFEST_UNKNOWN`; empty where the body is not in the format.
    let codes: [String]
    /// Codes and messages, or the beginning of whatever came, safe to show.
    let words: SafeText

    /// Bytes that are read of one.
    static let byteLimit = 64 << 10

    init(_ bytes: [UInt8]) {
        let start = bytes.first { !UInt8.whitespace.contains($0) }
        let errors = start == UInt8(ascii: "{") ? (try? JSONParser.parse(bytes))?["errors"]?.elements ?? [] : []
        codes = errors.prefix(10).compactMap { $0["code"]?.text }
        let parts = errors.prefix(3).map { error in
            let detail: String
            switch error["detail"] {
            case .string(let text)?: detail = text
            case let value?: detail = value == .null ? "" : String(decoding: value.bytes.prefix(200), as: UTF8.self)
            case nil: detail = ""
            }
            return [error["code"]?.text, error["message"]?.text, detail.isEmpty ? nil : detail].compactMap(\.self)
                .joined(separator: " · ")
        }
        let text = parts.isEmpty ? String(decoding: bytes.prefix(400), as: UTF8.self).trimmed : parts.joined(separator: "; ")
        words = text.isEmpty ? "without a word" : SafeText(text, limit: 300)
    }

    /// Whether the registry itself says, in the format, that the thing does not exist.
    ///
    /// A 404 in the format says so whatever its code, since registries have codes of their own (Harbor: `NOT_FOUND`); but for the
    /// codes of a registry that does not let the asker know.
    var saysAbsent: Bool { !codes.isEmpty && !hidesAnswer }

    /// Whether it says that the asker may not know, or not now.
    var hidesAnswer: Bool { hidesForRight || isLimited }

    /// Whether it says that the account lacks a right.
    var hidesForRight: Bool { codes.contains { ["DENIED", "UNAUTHORIZED"].contains($0.uppercased()) } }

    /// Whether it asks to be left alone.
    var isLimited: Bool { codes.contains { $0.uppercased() == "TOOMANYREQUESTS" } }

    /// Whether it says so of the whole repository.
    var saysNoRepository: Bool { codes.contains("NAME_UNKNOWN") }
}

extension UInt8 {
    /// What may stand before a JSON value (RFC 8259, section 2).
    fileprivate static let whitespace: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
}
