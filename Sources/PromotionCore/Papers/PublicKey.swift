internal import Crypto
internal import FoundationEssentials

/// A public key that signatures are verified with: ECDSA over P-256 with SHA-256, or Ed25519.
package struct PublicKey: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The two algorithms; the point of the key as its algorithm writes it.
    private enum Algorithm: Hashable, Sendable {
        /// An uncompressed point of 65 bytes (SEC 1, section 2.3.3).
        case p256([UInt8])
        /// 32 bytes (RFC 8032, section 5.1.5).
        case ed25519([UInt8])
    }

    private let algorithm: Algorithm

    /// Bytes of a PEM text that are read.
    package static let byteLimit = 16 * 1_024

    /// Parses one `PUBLIC KEY` in PEM (RFC 7468, section 13).
    /// - Throws: `PublicKeyError`; a private key in its place is refused without repeating any of it.
    package init(pem text: String) throws(PublicKeyError) {
        guard text.utf8.count <= Self.byteLimit else { throw .tooLarge(limit: Self.byteLimit) }
        guard !text.contains("PRIVATE KEY-----") else { throw .isPrivate }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.map(String.init).filter { !$0.isEmpty }
        let begin = lines.indices.filter { lines[$0].hasPrefix("-----BEGIN PUBLIC KEY-----") }
        guard let first = begin.first, let end = lines[first...].firstIndex(where: { $0.hasPrefix("-----END PUBLIC KEY-----") })
        else { throw .notPEM }
        guard begin.count == 1 else { throw .several(begin.count) }
        guard let bytes = Base64.decode(lines[(first + 1)..<end].joined()) else { throw .notPEM }
        try self.init(der: bytes)
    }

    /// Parses a DER `SubjectPublicKeyInfo` (RFC 5480, section 2; RFC 8410, section 4). Both algorithms have exactly one form.
    /// - Throws: `PublicKeyError.algorithm` for every other.
    package init(der bytes: [UInt8]) throws(PublicKeyError) {
        if bytes.count == Self.p256Prefix.count + 65, bytes.starts(with: Self.p256Prefix) {
            let point = Array(bytes.dropFirst(Self.p256Prefix.count))
            guard (try? P256.Signing.PublicKey(x963Representation: point)) != nil else { throw .notOnCurve }
            algorithm = .p256(point)
        } else if bytes.count == Self.ed25519Prefix.count + 32, bytes.starts(with: Self.ed25519Prefix) {
            let point = Array(bytes.dropFirst(Self.ed25519Prefix.count))
            guard (try? Curve25519.Signing.PublicKey(rawRepresentation: point)) != nil else { throw .notOnCurve }
            algorithm = .ed25519(point)
        } else {
            throw .algorithm
        }
    }

    /// The DER `SubjectPublicKeyInfo`.
    package var der: [UInt8] {
        switch algorithm {
        case .p256(let point): Self.p256Prefix + point
        case .ed25519(let point): Self.ed25519Prefix + point
        }
    }

    /// The key as PEM.
    package var pem: String {
        var text = "-----BEGIN PUBLIC KEY-----\n"
        var rest = Base64.encode(der)[...]
        while !rest.isEmpty {
            text += rest.prefix(64) + "\n"
            rest = rest.dropFirst(64)
        }
        return text + "-----END PUBLIC KEY-----\n"
    }

    /// What tells this key from every other.
    package var fingerprint: Digest { Digest(of: der) }

    package var description: String {
        switch algorithm {
        case .p256: "P-256 key \(fingerprint.short())"
        case .ed25519: "Ed25519 key \(fingerprint.short())"
        }
    }

    /// Whether the holder of this key signed exactly this message.
    ///
    /// ECDSA signatures come as DER (sigstore's form) or as the two numbers side by side (that of the DSSE specification).
    package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        switch algorithm {
        case .p256(let point):
            guard let key = try? P256.Signing.PublicKey(x963Representation: point) else { return false }
            let read =
                (try? P256.Signing.ECDSASignature(derRepresentation: signature))
                ?? (try? P256.Signing.ECDSASignature(rawRepresentation: signature))
            return read.map { key.isValidSignature($0, for: message) } ?? false
        case .ed25519(let point):
            guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: point) else { return false }
            return key.isValidSignature(signature, for: message)
        }
    }

    package init(from decoder: any Decoder) throws { try self.init(pem: decoder.singleValueContainer().decode(String.self)) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(pem)
    }

    /// id-ecPublicKey with the named curve prime256v1, and the beginning of a bit string of 65 bytes.
    private static let p256Prefix: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D,
        0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ]
    /// id-Ed25519, and the beginning of a bit string of 32 bytes.
    private static let ed25519Prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
}

/// Why a text is no public key that Baton verifies with.
package enum PublicKeyError: Error, Equatable, CustomStringConvertible {
    case notPEM
    case several(Int)
    case isPrivate
    case algorithm
    case notOnCurve
    case tooLarge(limit: Int)

    package var description: String {
        switch self {
        case .notPEM: "this is no public key in PEM: it begins with -----BEGIN PUBLIC KEY-----"
        case .several(let count): "this holds \(count) public keys: give each a name of its own"
        case .isPrivate: "this is a private key: take it out, and name the public one (openssl pkey -pubout makes it)"
        case .algorithm: "the key is neither P-256 nor Ed25519: make one with cosign generate-key-pair or baton passport keygen"
        case .notOnCurve: "the key is damaged: its point is not on the curve"
        case .tooLarge(let limit): "the text is longer than the \(limit) bytes that a key has at most"
        }
    }
}

/// A public key under the name that the configuration gives it.
package struct TrustedKey: Hashable, Sendable, Codable {
    package let name: SafeText
    package let key: PublicKey

    package init(name: SafeText, key: PublicKey) {
        self.name = name
        self.key = key
    }

    package var identity: KeyIdentity { KeyIdentity(fingerprint: key.fingerprint, name: name) }
}

/// Base64 by RFC 4648, strictly: no white space, padding where it belongs.
package enum Base64 {
    /// The bytes of a text in the standard or, where DSSE allows it, the URL-safe alphabet; nil where it is neither.
    package static func decode(_ text: String, urlSafe: Bool = false) -> [UInt8]? {
        var bytes = Array(text.utf8)
        if urlSafe {
            var (isStandard, isSafe) = (false, false)
            for position in bytes.indices {
                switch bytes[position] {
                case UInt8(ascii: "+"), UInt8(ascii: "/"): isStandard = true
                case UInt8(ascii: "-"): (bytes[position], isSafe) = (UInt8(ascii: "+"), true)
                case UInt8(ascii: "_"): (bytes[position], isSafe) = (UInt8(ascii: "/"), true)
                default: break
                }
            }
            guard !(isStandard && isSafe) else { return nil }
        }
        return Data(base64Encoded: Data(bytes)).map(Array.init)
    }

    /// The text of bytes, in the standard alphabet with padding.
    package static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
