/// Which key signed: the SHA-256 of the key itself, and the name that the configuration gives it.
///
/// The number alone tells keys apart; a name can be given to another key tomorrow, the ledger keeps both.
package struct KeyIdentity: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Of the DER `SubjectPublicKeyInfo` (RFC 5280, section 4.1), as `openssl pkey -pubin -outform DER | sha256sum` prints it.
    package let fingerprint: Digest
    package let name: SafeText

    package init(fingerprint: Digest, name: SafeText) {
        self.fingerprint = fingerprint
        self.name = name
    }

    package var description: String { "\(name) (\(fingerprint.short()))" }
}
