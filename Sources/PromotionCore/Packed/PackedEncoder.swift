/// Writes one value into a document.
struct PackedEncoder: Encoder {
    let writer: PackedWriter
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        writer.begin(.keyed)
        return KeyedEncodingContainer(PackedKeyedWriting(place: PackedPlace(writer)))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        writer.begin(.list)
        return PackedListWriting(place: PackedPlace(writer))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { PackedValueWriting(writer: writer) }
}

/// A container of a document that is not finished.
private struct PackedPlace {
    let writer: PackedWriter
    let level: Int

    init(_ writer: PackedWriter) {
        self.writer = writer
        level = writer.level
    }

    /// Finishes what was begun inside it.
    func enter() { writer.close(to: level) }

    /// Proves that it is still open; a container inside another cannot be gone on with once the outer one was.
    func prove(_ value: some Encodable) throws {
        guard writer.level < level else { return }
        throw EncodingError.invalidValue(value, .init(codingPath: [], debugDescription: "its container is finished already"))
    }
}

private struct PackedKeyedWriting<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let place: PackedPlace
    var codingPath: [any CodingKey] { [] }

    private func begin(_ key: some CodingKey) {
        place.enter()
        place.writer.write(key: key.stringValue)
    }

    func encodeNil(forKey key: Key) throws {
        begin(key)
        place.writer.write(.null)
    }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try place.prove(value)
        begin(key)
        try place.writer.write(value)
    }

    /// What is not there is said, so that a reader need not look for it.
    func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws {
        if let value { try encode(value, forKey: key) } else { try encodeNil(forKey: key) }
    }

    func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type, forKey key: Key) -> KeyedEncodingContainer<Inner> {
        begin(key)
        return PackedEncoder(writer: place.writer).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        begin(key)
        return PackedEncoder(writer: place.writer).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        begin(TextKey("super"))
        return PackedEncoder(writer: place.writer)
    }

    func superEncoder(forKey key: Key) -> any Encoder {
        begin(key)
        return PackedEncoder(writer: place.writer)
    }
}

private struct PackedListWriting: UnkeyedEncodingContainer {
    let place: PackedPlace
    private(set) var count = 0
    var codingPath: [any CodingKey] { [] }

    init(place: PackedPlace) { self.place = place }

    private mutating func begin() {
        place.enter()
        count += 1
    }

    mutating func encodeNil() throws {
        begin()
        place.writer.write(.null)
    }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        try place.prove(value)
        begin()
        try place.writer.write(value)
    }

    mutating func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) -> KeyedEncodingContainer<Inner> {
        begin()
        return PackedEncoder(writer: place.writer).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        begin()
        return PackedEncoder(writer: place.writer).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder {
        begin()
        return PackedEncoder(writer: place.writer)
    }
}

private struct PackedValueWriting: SingleValueEncodingContainer {
    let writer: PackedWriter
    var codingPath: [any CodingKey] { [] }

    func encodeNil() throws { writer.write(.null) }
    func encode(_ value: Bool) throws { writer.write(value ? .yes : .no) }
    func encode(_ value: String) throws { writer.write(value) }
    func encode(_ value: Double) throws { writer.write(value) }
    func encode(_ value: Float) throws { writer.write(Double(value)) }
    func encode(_ value: Int) throws { writer.write(value) }
    func encode(_ value: Int8) throws { writer.write(value) }
    func encode(_ value: Int16) throws { writer.write(value) }
    func encode(_ value: Int32) throws { writer.write(value) }
    func encode(_ value: Int64) throws { writer.write(value) }
    func encode(_ value: UInt) throws { writer.write(value) }
    func encode(_ value: UInt8) throws { writer.write(value) }
    func encode(_ value: UInt16) throws { writer.write(value) }
    func encode(_ value: UInt32) throws { writer.write(value) }
    func encode(_ value: UInt64) throws { writer.write(value) }
    func encode<Value: Encodable>(_ value: Value) throws { try writer.write(value) }
}
