internal import Glibc

/// Cuts a stream of bytes into lines, each with a bound, and holds little more than one line.
package struct LineBuffer: Sendable {
    /// Most bytes of one line, its newline not counted.
    package let limit: Int
    private var bytes: [UInt8] = []
    private var start = 0
    private var scanned = 0

    package init(limit: Int) { self.limit = limit }

    /// A line is over the limit; the stream cannot be read on, for where it would go on is unknown.
    package struct LineTooLong: Error, Hashable {}

    /// Takes bytes behind those that are there.
    package mutating func append(_ more: some Collection<UInt8>) {
        if start > 0 && (start == bytes.count || start > 256 * 1_024) { compact() }
        bytes.append(contentsOf: more)
    }

    /// The next whole line without its newline; `nil` if none has come whole.
    package mutating func next() throws(LineTooLong) -> [UInt8]? {
        guard let end = newline else {
            scanned = bytes.count
            if bytes.count - start > limit { throw LineTooLong() }
            return nil
        }
        if end - start > limit { throw LineTooLong() }
        defer {
            start = end + 1
            scanned = start
        }
        return Array(bytes[start..<end])
    }

    /// Where the next newline is: by memchr(3), for a board can have many mebibytes.
    private var newline: Int? {
        bytes.withUnsafeBytes { all in
            guard let base = all.baseAddress, let found = memchr(base + scanned, 0x0A, all.count - scanned) else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    /// Gives back what one great line took.
    private mutating func compact() {
        let rest = Array(bytes[start...])
        if bytes.capacity > 1_024 * 1_024 { bytes = [] }
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: rest)
        scanned -= start
        start = 0
    }
}
