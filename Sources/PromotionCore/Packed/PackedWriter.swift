/// A document while it is written.
final class PackedWriter {
    /// A container that is finished, with the containers in it by their numbers: two of one content are one.
    private struct Node {
        let bytes: [UInt8]
        let inner: [Inner]
        /// Containers that hold it; the same container counts once.
        var uses = 0
    }

    /// A container in another: the place of its number among the bytes.
    private struct Inner {
        let place: Int
        let node: Int
    }

    /// What is being written at one level.
    private struct Frame {
        var bytes: [UInt8] = []
        var inner: [Inner] = []
    }

    /// What is not finished, outermost first; the first holds the value that the document is of.
    private var frames = [Frame()]
    private var nodes: [Node] = []
    private var known: [[UInt8]: Int] = [:]
    private var texts: [UInt8] = []
    private var numbers: [String: UInt64] = [:]

    /// A container's number among the bytes of another: a mark and 4 bytes.
    private static let innerLength = 5

    /// Containers that are not finished.
    var level: Int { frames.count - 1 }

    func write(_ value: some Encodable) throws {
        let (level, length) = (level, frames[frames.count - 1].bytes.count)
        try value.encode(to: PackedEncoder(writer: self))
        if self.level == level, frames[level].bytes.count == length { begin(.keyed) }
        close(to: level)
    }

    func write(_ mark: Packed.Mark) { frames[frames.count - 1].bytes.append(mark.rawValue) }

    func write(_ number: some SignedInteger & FixedWidthInteger) {
        write(.number)
        write(bare: Int64(number))
    }

    func write(_ number: some UnsignedInteger & FixedWidthInteger) {
        write(.unsigned)
        append(UInt64(number))
    }

    func write(_ number: Double) {
        write(.real)
        withUnsafeBytes(of: number.bitPattern.littleEndian) { frames[frames.count - 1].bytes.append(contentsOf: $0) }
    }

    /// A number without its mark.
    func write(bare number: Int64) { append(UInt64(bitPattern: (number << 1) ^ (number >> 63))) }

    /// The bytes of a digest.
    func write(bare digest: Digest) { digest.append(to: &frames[frames.count - 1].bytes) }

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
        append(number)
    }

    /// Begins a container.
    func begin(_ mark: Packed.Mark) { frames.append(Frame(bytes: [mark.rawValue])) }

    /// Finishes the containers inside the outermost `level`.
    func close(to level: Int) {
        while self.level > level, let frame = frames.popLast() {
            guard frame.bytes.count > 1 else {
                frames[frames.count - 1].bytes.append(contentsOf: frame.bytes + [0, 0, 0, 0])
                continue
            }
            let node = number(of: frame)
            frames[frames.count - 1].inner.append(Inner(place: frames[frames.count - 1].bytes.count, node: node))
            write(.shared)
            Self.append(word: node, to: &frames[frames.count - 1].bytes)
        }
    }

    private func number(of frame: Frame) -> Int {
        if let known = known[frame.bytes] { return known }
        known[frame.bytes] = nodes.count
        nodes.append(Node(bytes: frame.bytes, inner: frame.inner))
        for inner in frame.inner { nodes[inner.node].uses += 1 }
        return nodes.count - 1
    }

    private func append(_ number: UInt64) { Self.append(number, to: &frames[frames.count - 1].bytes) }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private static func append(word: Int, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: word).littleEndian) { bytes.append(contentsOf: $0) }
    }
}

extension PackedWriter {
    /// The finished bytes.
    var document: [UInt8] {
        var document: [UInt8] = []
        Self.append(UInt64(numbers.count), to: &document)
        document += texts
        // A container is finished before those around it, so each stands behind all that it shares.
        let shared = nodes.indices.filter { nodes[$0].uses > 1 }
        let places = Dictionary(uniqueKeysWithValues: zip(shared, UInt64(0)...))
        Self.append(UInt64(shared.count), to: &document)
        for node in shared { write(nodes[node], sharing: places, to: &document) }
        write(frames[0].bytes[...], frames[0].inner, sharing: places, to: &document)
        return document
    }

    private func write(_ node: Node, sharing places: [Int: UInt64], to document: inout [UInt8]) {
        document.append(node.bytes[0])
        let place = document.count
        document.append(contentsOf: [0, 0, 0, 0])
        write(node.bytes[1...], node.inner, sharing: places, to: &document)
        let length = UInt32(truncatingIfNeeded: document.count - place - 4)
        for byte in 0..<4 { document[place + byte] = UInt8(truncatingIfNeeded: length >> (8 * UInt32(byte))) }
    }

    private func write(
        _ bytes: ArraySlice<UInt8>, _ inner: [Inner], sharing places: [Int: UInt64], to document: inout [UInt8]
    ) {
        var next = bytes.startIndex
        for inner in inner {
            document.append(contentsOf: bytes[next..<inner.place])
            if let place = places[inner.node] {
                document.append(Packed.Mark.shared.rawValue)
                Self.append(place, to: &document)
            } else {
                write(nodes[inner.node], sharing: places, to: &document)
            }
            next = inner.place + Self.innerLength
        }
        document.append(contentsOf: bytes[next...])
    }
}
