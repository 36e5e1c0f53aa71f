/// Cuts a stream of bytes into lines and holds no more than one line may have.
struct LineBuffer {
    /// A line over the limit; nothing after it can be read.
    struct LineTooLong: Error {}

    /// Longest line in bytes, its newline included.
    let limit: Int
    private var bytes: [UInt8] = []
    private var start = 0
    private var searched = 0

    init(limit: Int) { self.limit = limit }

    mutating func append(_ more: some Collection<UInt8>) {
        if start > 0 {
            bytes.removeFirst(start)
            searched -= start
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// The next whole line without its newline; nil where more bytes are needed.
    mutating func next() throws(LineTooLong) -> [UInt8]? {
        guard let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = bytes.count
            guard bytes.count - start < limit else { throw LineTooLong() }
            return nil
        }
        guard end - start < limit else { throw LineTooLong() }
        let line = Array(bytes[start..<end])
        start = end + 1
        searched = start
        return line
    }
}
