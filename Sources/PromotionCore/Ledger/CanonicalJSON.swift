internal import FoundationEssentials

/// JSON with sorted keys, for bytes that are hashed, stored or sent.
package enum CanonicalJSON {
    /// The bytes of a value; the same value always gives the same bytes.
    /// - Throws: `EncodingError` for what JSON cannot say, such as a number that is not finite.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// The digest of a value's bytes, which names everything in it.
    /// - Precondition: JSON can say the value. Nothing in this module holds a number that is not finite, which is all that JSON
    ///   cannot say; a constant instead of a digest would give different plans one name.
    package static func digest(of value: some Encodable) -> Digest {
        do { return Digest(of: try encode(value)) } catch { preconditionFailure("a value has no digest: \(error)") }
    }

    /// A value from bytes.
    /// - Throws: `DecodingError` that names the place in the document.
    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: some Sequence<UInt8>) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}
