/// Values as bytes that are small and quick to read, for what Baton saves for itself and can always make again.
///
/// A document is a table of its texts, each kept once, a table of the containers that stand in more than one place, and one value
/// after them. A value is a mark and what the mark calls for; containers carry their length, so that what nobody asks for is
/// stepped over. What stands in the table is read once for all its places: a history tells the same things again and again.
package enum Packed {
    /// The bytes of a value.
    /// - Throws: `EncodingError` for a value that is written in pieces at different places.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let writer = PackedWriter()
        try writer.write(value)
        return writer.document
    }

    /// A value from bytes; whatever the bytes are, this ends in a value or an error.
    /// - Throws: `DecodingError`, for bytes that are cut or of something else.
    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        try bytes.withUnsafeBytes { bytes in
            let reader = PackedReader(bytes)
            let root = try reader.readTables()
            return try reader.value(type, at: root, depth: 0)
        }
    }

    /// What a value begins with.
    enum Mark: UInt8 {
        case null, no, yes
        /// A signed number, its sign in the lowest bit, seven bits a byte.
        case number
        case unsigned
        /// 8 bytes of an IEEE 754 number, low byte first.
        case real
        /// The number of a text in the table.
        case text
        /// 4 bytes of length, then the number of a key in the table and its value, again and again.
        case keyed
        /// 4 bytes of length, then values.
        case list
        /// The number of a container in the table, which stands before.
        case shared
        /// 4 bytes of length, then the bare fields of rows.
        case rows
    }

    /// Most containers inside each other.
    static let depthLimit = 64

    /// A number of either sign from one that has its sign in the lowest bit.
    static func signed(_ raw: UInt64) -> Int64 { Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1) }

    static func fault(_ words: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: [], debugDescription: words))
    }
}
