/// Reads one value of a document.
struct PackedDecoder: Decoder {
    let reader: PackedReader
    /// Where the value begins.
    let offset: Int
    let depth: Int
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func contents(_ mark: Packed.Mark) throws -> Range<Int> {
        guard depth < Packed.depthLimit else { throw Packed.fault("too many containers inside each other") }
        guard try reader.mark(at: offset) == mark else { throw Packed.fault("a value of another kind than expected") }
        return try reader.contents(at: offset)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(PackedKeyedReading(reader: reader, contents: try contents(.keyed), depth: depth + 1))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        PackedListReading(reader: reader, contents: try contents(.list), depth: depth + 1)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }
}

extension PackedDecoder: SingleValueDecodingContainer {
    private func expect(_ mark: Packed.Mark) throws -> Int {
        guard try reader.mark(at: offset) == mark else { throw Packed.fault("a value of another kind than expected") }
        return offset + 1
    }

    private func number<Number: FixedWidthInteger>() throws -> Number {
        var place = offset + 1
        let raw: UInt64
        switch try reader.mark(at: offset) {
        case .number:
            raw = try reader.varint(&place)
            if let number = Number(exactly: Packed.signed(raw)) { return number }
        case .unsigned:
            raw = try reader.varint(&place)
            if let number = Number(exactly: raw) { return number }
        default: break
        }
        throw Packed.fault("no number that fits")
    }

    func decodeNil() -> Bool { (try? reader.mark(at: offset)) == .null }

    func decode(_ type: Bool.Type) throws -> Bool {
        switch try reader.mark(at: offset) {
        case .yes: true
        case .no: false
        default: throw Packed.fault("neither yes nor no")
        }
    }

    func decode(_ type: String.Type) throws -> String {
        var place = try expect(.text)
        return try reader.text(&place)
    }

    func decode(_ type: Double.Type) throws -> Double {
        let place = try expect(.real)
        _ = try reader.end(of: offset)
        return reader.real(at: place)
    }

    func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
    func decode(_ type: Int.Type) throws -> Int { try number() }
    func decode(_ type: Int8.Type) throws -> Int8 { try number() }
    func decode(_ type: Int16.Type) throws -> Int16 { try number() }
    func decode(_ type: Int32.Type) throws -> Int32 { try number() }
    func decode(_ type: Int64.Type) throws -> Int64 { try number() }
    func decode(_ type: UInt.Type) throws -> UInt { try number() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try number() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try number() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try number() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try number() }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try Value(from: self) }
}

private struct PackedKeyedReading<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let reader: PackedReader
    let contents: Range<Int>
    let depth: Int
    var codingPath: [any CodingKey] { [] }

    var allKeys: [Key] {
        var keys: [Key] = []
        var offset = contents.lowerBound
        while offset < contents.upperBound, let text = try? reader.text(&offset),
            let end = try? reader.end(of: offset, in: contents)
        {
            if let key = Key(stringValue: text) { keys.append(key) }
            offset = end
        }
        return keys
    }

    /// Where a key's value stands; nil where there is none.
    private func find(_ key: some CodingKey) throws -> Range<Int>? {
        guard let offset = try reader.value(of: key.stringValue, in: contents) else { return nil }
        return offset..<(try reader.end(of: offset, in: contents))
    }

    private func require(_ key: some CodingKey) throws -> Range<Int> {
        guard let found = try find(key) else {
            throw DecodingError.keyNotFound(key, .init(codingPath: [], debugDescription: "it is missing"))
        }
        return found
    }

    private func inner(_ key: some CodingKey) throws -> PackedDecoder {
        try PackedDecoder(reader: reader, offset: reader.place(of: require(key).lowerBound), depth: depth)
    }

    func contains(_ key: Key) -> Bool { ((try? find(key)) ?? nil) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try reader.mark(at: require(key).lowerBound) == .null }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let found = try require(key)
        defer { reader.passed(found, in: contents) }
        return try reader.value(type, at: found.lowerBound, depth: depth)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        guard let found = try find(key) else { return nil }
        defer { reader.passed(found, in: contents) }
        if try reader.mark(at: found.lowerBound) == .null { return nil }
        return try reader.value(type, at: found.lowerBound, depth: depth)
    }

    func nestedContainer<Inner: CodingKey>(
        keyedBy type: Inner.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Inner> {
        try inner(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try inner(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try inner(TextKey("super")) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try inner(key) }
}

private struct PackedListReading: UnkeyedDecodingContainer {
    let reader: PackedReader
    let contents: Range<Int>
    let depth: Int
    private var offset: Int
    private(set) var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { nil }
    var isAtEnd: Bool { offset >= contents.upperBound }

    init(reader: PackedReader, contents: Range<Int>, depth: Int) {
        self.reader = reader
        self.contents = contents
        self.depth = depth
        offset = contents.lowerBound
    }

    /// Where the next value begins.
    private mutating func next() throws -> Int {
        guard !isAtEnd else { throw Packed.fault("a list is at its end") }
        let place = offset
        offset = try reader.end(of: place, in: contents)
        currentIndex += 1
        return place
    }

    private mutating func inner() throws -> PackedDecoder {
        PackedDecoder(reader: reader, offset: try reader.place(of: next()), depth: depth)
    }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, try reader.mark(at: offset) == .null else { return false }
        _ = try next()
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try reader.value(type, at: next(), depth: depth)
    }

    mutating func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) throws -> KeyedDecodingContainer<Inner> {
        try inner().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try inner().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try inner() }
}
