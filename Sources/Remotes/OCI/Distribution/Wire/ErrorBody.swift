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
        let errors = bytes.first == UInt8(ascii: "{") ? (try? JSONParser.parse(bytes))?["errors"]?.elements ?? [] : []
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

    /// Whether the registry itself says, in the format's words, that the thing does not exist.
    var saysAbsent: Bool { codes.contains { ["MANIFEST_UNKNOWN", "BLOB_UNKNOWN", "NAME_UNKNOWN"].contains($0) } }

    /// Whether it says so of the whole repository.
    var saysNoRepository: Bool { codes.contains("NAME_UNKNOWN") }
}
