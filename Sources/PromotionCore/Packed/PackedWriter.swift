/// A document while it is written.
final class PackedWriter {
    private var body: [UInt8] = []
    private var texts: [UInt8] = []
    private var numbers: [String: UInt64] = [:]
    /// Where the lengths of the containers stand that are not finished, outermost first.
    private var open: [Int] = []

    /// The finished bytes.
    var document: [UInt8] {
        var document: [UInt8] = []
        document.reserveCapacity(texts.count + body.count + 10)
        Self.append(UInt64(numbers.count), to: &document)
        return document + texts + body
    }

    /// Containers that are not finished.
    var level: Int { open.count }

    func write(_ value: some Encodable) throws {
        let (level, length) = (open.count, body.count)
        try value.encode(to: PackedEncoder(writer: self))
        if body.count == length { begin(.keyed) }
        close(to: level)
    }

    func write(_ mark: Packed.Mark) { body.append(mark.rawValue) }

    func write(_ number: some SignedInteger & FixedWidthInteger) {
        write(.number)
        let wide = Int64(number)
        Self.append(UInt64(bitPattern: (wide << 1) ^ (wide >> 63)), to: &body)
    }

    func write(_ number: some UnsignedInteger & FixedWidthInteger) {
        write(.unsigned)
        Self.append(UInt64(number), to: &body)
    }

    func write(_ number: Double) {
        write(.real)
        withUnsafeBytes(of: number.bitPattern.littleEndian) { body.append(contentsOf: $0) }
    }

    func write(_ text: String) {
        write(.text)
        write(key: text)
    }

    /// A text by its number; a new one goes into the table.
    func write(key text: String) {
        let number = numbers[text] ?? UInt64(numbers.count)
        if number == UInt64(numbers.count) {
            numbers[text] = number
            Self.append(UInt64(text.utf8.count), to: &texts)
            texts.append(contentsOf: text.utf8)
        }
        Self.append(number, to: &body)
    }

    /// Begins a container, whose length is written when it is finished.
    func begin(_ mark: Packed.Mark) {
        write(mark)
        open.append(body.count)
        body.append(contentsOf: [0, 0, 0, 0])
    }

    /// Finishes the containers inside the outermost `level`.
    func close(to level: Int) {
        while open.count > level, let place = open.popLast() {
            let length = UInt32(truncatingIfNeeded: body.count - place - 4)
            for byte in 0..<4 { body[place + byte] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(byte))) }
        }
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
