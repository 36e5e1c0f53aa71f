package import Crypto

/// The SHA-256 name of exact bytes, in the form `sha256:` and 64 lower-case hexadecimal digits (OCI image-spec, descriptor).
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The 32 bytes, first ones first: a repository has 100,000 of them, and each is hashed and compared many times.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// - Parameter byte: the byte at a position from 0 to 31.
    private init(_ byte: (Int) -> UInt8) {
        func word(_ from: Int) -> UInt64 { (from..<from + 8).reduce(0) { $0 << 8 | UInt64(byte($1)) } }
        (first, second, third, fourth) = (word(0), word(8), word(16), word(24))
    }

    /// Parses a digest as a registry writes it.
    /// - Throws: `DigestError` that says which part is wrong.
    package init(parsing text: some StringProtocol) throws(DigestError) {
        guard text.utf8.starts(with: Self.prefix) else {
            guard let colon = text.firstIndex(of: ":") else { throw .notADigest(SafeText(text, limit: 80)) }
            throw .algorithm(SafeText(text[..<colon], limit: 20))
        }
        guard let words = Self.words(String(text).utf8.dropFirst(Self.prefix.count)) else {
            throw .notADigest(SafeText(text, limit: 80))
        }
        (first, second, third, fourth) = words
    }

    /// Exactly 64 hexadecimal digits as numbers, without room for them on the way: a list of tags brings 100,000 digests.
    private static func words(_ digits: Substring.UTF8View) -> (UInt64, UInt64, UInt64, UInt64)? {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var count = 0
        for byte in digits {
            guard count < 64, let nibble = nibble(byte) else { return nil }
            switch count / 16 {
            case 0: words.0 = words.0 << 4 | UInt64(nibble)
            case 1: words.1 = words.1 << 4 | UInt64(nibble)
            case 2: words.2 = words.2 << 4 | UInt64(nibble)
            default: words.3 = words.3 << 4 | UInt64(nibble)
            }
            count += 1
        }
        return count == 64 ? words : nil
    }

    /// The digest whose 32 bytes these are.
    /// - Precondition: there are 32.
    init(raw bytes: UnsafeRawBufferPointer) { self.init { bytes[$0] } }

    /// The digest of these bytes.
    package init(of bytes: some Sequence<UInt8>) {
        var hash = SHA256()
        let contiguous: Void? = bytes.withContiguousStorageIfAvailable { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        if contiguous == nil { hash.update(data: Array(bytes)) }
        self.init(finished: hash.finalize())
    }

    /// The digest that an incremental hash ended in, for bytes too many to hold at once.
    package init(finished hash: SHA256.Digest) {
        let bytes = Array(hash)
        self.init { bytes[$0] }
    }

    /// The 64 hexadecimal digits.
    package var hex: String { short(64) }

    package var description: String { "sha256:" + hex }

    /// The first digits, as screens show them.
    package func short(_ count: Int = 8) -> String {
        let count = max(0, min(count, 64))
        return String(unsafeUninitializedCapacity: count) { buffer in
            for position in 0..<count {
                let word = position < 32 ? (position < 16 ? first : second) : (position < 48 ? third : fourth)
                let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (position % 16))) & 15
                buffer[position] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
            }
            return count
        }
    }

    /// Adds the 32 bytes to others, as hashing wants them.
    func append(to bytes: inout [UInt8]) {
        for word in [first, second, third, fourth] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
    }

    /// In the order of the hexadecimal digits.
    package static func < (left: Digest, right: Digest) -> Bool {
        if left.first != right.first { return left.first < right.first }
        if left.second != right.second { return left.second < right.second }
        if left.third != right.third { return left.third < right.third }
        return left.fourth < right.fourth
    }

    private static let prefix = Array("sha256:".utf8)

    /// The value of a lower-case hexadecimal digit; nil for anything else.
    static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
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
