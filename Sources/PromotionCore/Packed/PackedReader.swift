/// A document while it is read. Every look at its bytes is within them.
final class PackedReader {
    private let bytes: UnsafeRawBufferPointer
    private var texts: [String] = []
    /// Where the containers begin that stand in more than one place.
    private var shares: [Int] = []
    /// What they were last read as.
    private var known: [Known?] = []
    /// The keyed container that was read last, and where its next key stands: fields mostly come in the order of their writing.
    private var last = (container: -1, next: 0)

    private struct Known {
        let type: ObjectIdentifier
        let value: Any
    }

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Reads the tables of texts and of shared containers.
    /// - Returns: where the value begins.
    func readTables() throws -> Int {
        var offset = 0
        try readTexts(&offset)
        let count = try varint(&offset)
        guard count <= UInt64(bytes.count) else { throw Packed.fault("more containers than bytes") }
        shares.reserveCapacity(Int(count))
        for _ in 0..<count {
            shares.append(offset)
            offset = try end(of: offset)
        }
        known = Array(repeating: nil, count: shares.count)
        return offset
    }

    private func readTexts(_ offset: inout Int) throws {
        let count = try varint(&offset)
        guard count <= UInt64(bytes.count) else { throw Packed.fault("more texts than bytes") }
        texts.reserveCapacity(Int(count))
        for _ in 0..<count {
            let length = try varint(&offset)
            guard length <= UInt64(bytes.count - offset) else { throw Packed.fault("a text is cut") }
            let end = offset + Int(length)
            guard let text = String(validating: bytes[offset..<end], as: UTF8.self) else {
                throw Packed.fault("a text is no UTF-8")
            }
            texts.append(text)
            offset = end
        }
    }

    /// The value that stands here; one that is shared is read when it is first asked for.
    func value<Value: Decodable>(_ type: Value.Type, at offset: Int, depth: Int) throws -> Value {
        guard let share = try share(at: offset) else {
            return try Value(from: PackedDecoder(reader: self, offset: offset, depth: depth))
        }
        if let known = known[share], known.type == ObjectIdentifier(type), let value = known.value as? Value { return value }
        let value = try Value(from: PackedDecoder(reader: self, offset: shares[share], depth: depth))
        known[share] = Known(type: ObjectIdentifier(type), value: value)
        return value
    }

    /// Where the value itself begins that stands here.
    func place(of offset: Int) throws -> Int { try share(at: offset).map { shares[$0] } ?? offset }

    /// The number of the shared container that stands here; nil for a value of its own.
    ///
    /// Only what begins before can be meant, so no container is inside itself.
    private func share(at offset: Int) throws -> Int? {
        guard try mark(at: offset) == .shared else { return nil }
        var next = offset + 1
        let number = try varint(&next)
        guard number < UInt64(shares.count), try end(of: shares[Int(number)]) <= offset else {
            throw Packed.fault("no such container before this one")
        }
        return Int(number)
    }

    func mark(at offset: Int) throws -> Packed.Mark {
        guard offset < bytes.count, let mark = Packed.Mark(rawValue: bytes[offset]) else { throw Packed.fault("no mark") }
        return mark
    }

    /// Where the value that begins here ends.
    func end(of offset: Int) throws -> Int {
        var next = offset + 1
        switch try mark(at: offset) {
        case .null, .no, .yes: return next
        case .number, .unsigned, .text, .shared:
            _ = try varint(&next)
            return next
        case .real: next += 8
        case .keyed, .list, .rows: return try contents(at: offset).upperBound
        }
        guard next <= bytes.count else { throw Packed.fault("a number is cut") }
        return next
    }

    /// The bytes inside the container that begins here.
    func contents(at offset: Int) throws -> Range<Int> {
        guard bytes.count - offset >= 5 else { throw Packed.fault("a container is cut") }
        let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 1, as: UInt32.self)))
        guard length <= bytes.count - offset - 5 else { throw Packed.fault("a container is cut") }
        return (offset + 5)..<(offset + 5 + length)
    }

    func varint(_ offset: inout Int) throws -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard offset < bytes.count else { break }
            let byte = bytes[offset]
            offset += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        throw Packed.fault("a number is cut")
    }

    /// A number of 8 bytes; the caller has proven that they are there.
    func real(at offset: Int) -> Double {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }

    /// The 32 bytes of a digest.
    func digest(_ offset: inout Int) throws -> Digest {
        guard bytes.count - offset >= 32 else { throw Packed.fault("a digest is cut") }
        defer { offset += 32 }
        return Digest(raw: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 32]))
    }

    /// The text whose number stands here.
    func text(_ offset: inout Int) throws -> String {
        let number = try varint(&offset)
        guard number < UInt64(texts.count) else { throw Packed.fault("no such text") }
        return texts[Int(number)]
    }

    /// Where the value of a key begins; nil where the container has none.
    func value(of key: String, in contents: Range<Int>) throws -> Int? {
        let isLast = last.container == contents.lowerBound && contents.contains(last.next)
        let first = isLast ? last.next : contents.lowerBound
        if let found = try search(key, first..<contents.upperBound) { return found }
        return try search(key, contents.lowerBound..<first)
    }

    private func search(_ key: String, _ range: Range<Int>) throws -> Int? {
        var offset = range.lowerBound
        while offset < range.upperBound {
            if try text(&offset) == key { return offset }
            offset = try end(of: offset, in: range)
        }
        return nil
    }

    /// Takes note that a value was read.
    func passed(_ value: Range<Int>, in contents: Range<Int>) { last = (contents.lowerBound, value.upperBound) }

    /// Where the value that begins here ends, which must be in its container.
    func end(of offset: Int, in contents: Range<Int>) throws -> Int {
        let end = try end(of: offset)
        guard end <= contents.upperBound else { throw Packed.fault("a value is longer than its container") }
        return end
    }
}
