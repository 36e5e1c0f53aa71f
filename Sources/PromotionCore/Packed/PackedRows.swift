/// A value of which a projection holds hundreds: packed as its bare fields, in an order of its own, without names and marks.
package protocol PackedRow: Codable {
    /// Writes the fields.
    /// - Throws: `EncodingError` of a value among them.
    func pack(into row: PackedRowWriter) throws

    /// Reads the fields in the order of their writing.
    /// - Throws: `DecodingError` where they are not what was written.
    init(unpacking row: inout PackedRowReader) throws
}

/// A list that is packed row by row; any other coder sees a list like others.
@propertyWrapper package struct PackedRows<Row: PackedRow> {
    /// The list itself.
    package var wrappedValue: [Row]

    package init(wrappedValue: [Row]) { self.wrappedValue = wrappedValue }
}

extension PackedRows: Equatable where Row: Equatable {}
extension PackedRows: Hashable where Row: Hashable {}
extension PackedRows: Sendable where Row: Sendable {}

extension PackedRows: Codable {
    package init(from decoder: any Decoder) throws {
        wrappedValue = try (decoder as? PackedDecoder)?.rows() ?? [Row](from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        guard let packed = encoder as? PackedEncoder else { return try wrappedValue.encode(to: encoder) }
        packed.writer.begin(.rows)
        for row in wrappedValue { try row.pack(into: PackedRowWriter(writer: packed.writer)) }
    }
}

extension PackedDecoder {
    fileprivate func rows<Row: PackedRow>() throws -> [Row] {
        var reading = PackedRowReader(reader: reader, contents: try contents(.rows), depth: depth + 1)
        var rows: [Row] = []
        while let next = try reading.next(Row.self) { rows.append(next) }
        return rows
    }
}

/// Writes the fields of one row.
package struct PackedRowWriter {
    fileprivate let writer: PackedWriter

    /// Writes a whole number.
    package func write(_ number: Int64) { writer.write(bare: number) }

    /// Writes a text; the table keeps it once.
    package func write(_ text: String) { writer.write(key: text) }

    /// Writes the 32 bytes of a digest.
    package func write(_ digest: Digest) { writer.write(bare: digest) }

    /// Writes a value that has no bare form.
    package func write(value: some Encodable) throws { try writer.write(value) }

    /// Writes whether there is one, and what it is.
    package func write<Value>(_ value: Value?, _ body: (Value) throws -> Void) rethrows {
        write(value == nil ? 0 : 1)
        if let value { try body(value) }
    }
}

/// Reads the fields of rows.
package struct PackedRowReader {
    fileprivate let reader: PackedReader
    fileprivate let contents: Range<Int>
    fileprivate let depth: Int
    private var offset: Int

    fileprivate init(reader: PackedReader, contents: Range<Int>, depth: Int) {
        self.reader = reader
        self.contents = contents
        self.depth = depth
        offset = contents.lowerBound
    }

    /// The next row; nil after the last.
    fileprivate mutating func next<Row: PackedRow>(_ type: Row.Type) throws -> Row? {
        guard offset < contents.upperBound else { return nil }
        let start = offset
        let row = try Row(unpacking: &self)
        guard start < offset, offset <= contents.upperBound else { throw Packed.fault("a row is longer than its list") }
        return row
    }

    /// Reads a whole number.
    package mutating func number() throws -> Int64 { Packed.signed(try reader.varint(&offset)) }

    /// Reads a whole number of this process's width.
    package mutating func count() throws -> Int {
        guard let number = Int(exactly: try number()) else { throw Packed.fault("no number that fits") }
        return number
    }

    /// Reads a text.
    package mutating func text() throws -> String { try reader.text(&offset) }

    /// Reads a digest.
    package mutating func digest() throws -> Digest { try reader.digest(&offset) }

    /// Reads a value that has no bare form.
    package mutating func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let end = try reader.end(of: offset, in: contents)
        defer { offset = end }
        return try reader.value(type, at: offset, depth: depth)
    }

    /// Reads what may be there.
    package mutating func optional<Value>(_ body: (inout Self) throws -> Value) throws -> Value? {
        switch try number() {
        case 0: nil
        case 1: try body(&self)
        default: throw Packed.fault("neither something nor nothing")
        }
    }
}
