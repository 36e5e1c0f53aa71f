package import Crypto

/// The SHA-256 name of exact bytes, in the form `sha256:` and 64 lower-case hexadecimal digits (OCI image-spec, descriptor).
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The 64 hexadecimal digits.
    package let hex: String

    private init(hex: String) { self.hex = hex }

    /// Parses a digest as a registry writes it.
    /// - Throws: `DigestError` that says which part is wrong.
    package init(parsing text: some StringProtocol) throws(DigestError) {
        guard let colon = text.firstIndex(of: ":") else { throw .notADigest(SafeText(text, limit: 80)) }
        let algorithm = text[..<colon]
        guard algorithm == "sha256" else { throw .algorithm(SafeText(algorithm, limit: 20)) }
        let hex = text[text.index(after: colon)...]
        guard hex.utf8.count == 64, hex.utf8.allSatisfy(Self.isLowerHex) else {
            throw .notADigest(SafeText(text, limit: 80))
        }
        self.init(hex: String(hex))
    }

    /// The digest of these bytes.
    package init(of bytes: some Sequence<UInt8>) {
        var hash = SHA256()
        let contiguous: Void? = bytes.withContiguousStorageIfAvailable { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        if contiguous == nil { hash.update(data: Array(bytes)) }
        self.init(finished: hash.finalize())
    }

    /// The digest that an incremental hash ended in, for bytes too many to hold at once.
    package init(finished hash: SHA256.Digest) {
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in hash {
            text.append(Self.hexDigits[Int(byte >> 4)])
            text.append(Self.hexDigits[Int(byte & 15)])
        }
        self.init(hex: String(decoding: text, as: UTF8.self))
    }

    package var description: String { "sha256:" + hex }

    /// The first digits, as screens show them.
    package func short(_ count: Int = 8) -> String { String(hex.prefix(count)) }

    package static func < (left: Digest, right: Digest) -> Bool { left.hex < right.hex }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func isLowerHex(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}

/// Why a text is not a digest Baton can hold.
package enum DigestError: Error, Equatable, CustomStringConvertible {
    case notADigest(SafeText)
    case algorithm(SafeText)

    package var description: String {
        switch self {
        case .notADigest(let text): "\"\(text)\" is not a digest: write sha256: and 64 lower-case hexadecimal digits"
        case .algorithm(let name): "digest algorithm \"\(name)\" is not supported: only sha256 is"
        }
    }
}

extension Digest: Codable, CodingKeyRepresentable {
    package init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package var codingKey: any CodingKey { TextKey(description) }

    package init?(codingKey: some CodingKey) {
        guard let digest = try? Digest(parsing: codingKey.stringValue) else { return nil }
        self = digest
    }
}
