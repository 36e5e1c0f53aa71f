package import PromotionCore

/// What a token server gave (Docker's token authentication, "Token Response Fields").
package struct TokenAnswer: Hashable, Sendable {
    package let token: Secret
    /// From its arrival. `issued_at` is not used: it is another clock's.
    package let life: Milliseconds

    /// Bytes of one answer that are read.
    package static let byteLimit = 256 << 10

    /// Parses an answer.
    /// - Throws: `RegistryError.token` that says what is missing, never what was there.
    package init(parsing bytes: [UInt8]) throws(RegistryError) {
        guard let root = try? JSONParser.parse(bytes) else { throw .token("its answer is no JSON") }
        guard let text = root["token"]?.text ?? root["access_token"]?.text, !text.isEmpty else {
            throw .token("its answer holds neither token nor access_token")
        }
        // A header field cannot carry anything else (RFC 6750, 2.1), least of all a line break.
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .token("its token has characters that no token has")
        }
        token = Secret(text)
        // Without a word it lives 60 s (Docker's token authentication).
        let seconds = root["expires_in"]?.integer ?? 60
        life = .seconds(min(max(seconds, 1), 86_400))
    }

    /// When it is asked for again: at four fifths of its life.
    package func renewal(after arrival: Timestamp) -> Timestamp { arrival + Milliseconds(life.count * 4 / 5) }
}
