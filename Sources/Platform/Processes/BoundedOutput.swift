/// The beginning and the end of an output of any length: what a command was about, and what it failed with.
package struct BoundedOutput: Sendable {
    /// Bytes kept of the beginning, and as many of the end.
    package static let half = 4_096

    /// The beginning as it came, as far as it is kept.
    package private(set) var beginning: [UInt8] = []
    private var rest: [UInt8] = []
    /// Bytes in all.
    package private(set) var count = 0

    /// Creates an empty output.
    package init() {}

    /// Takes bytes behind those that are there.
    package mutating func add(_ bytes: some Collection<UInt8>) {
        count += bytes.count
        let room = Self.half - beginning.count
        beginning += bytes.prefix(room)
        rest += bytes.dropFirst(room)
        // Shortened now and then, not at every write.
        if rest.count > 8 * Self.half { rest.removeFirst(rest.count - Self.half) }
    }

    /// The end, as far as it is kept and not part of the beginning.
    package var end: ArraySlice<UInt8> { rest.suffix(Self.half) }
}
