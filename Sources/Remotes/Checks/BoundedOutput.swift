internal import PromotionCore

/// The beginning and the end of an output of any length: what a command was about, and what it failed with.
struct BoundedOutput: Sendable {
    /// Bytes kept of the beginning, and as many of the end.
    static let half = 4_096

    private var beginning: [UInt8] = []
    private var end: [UInt8] = []
    private var count = 0

    mutating func add(_ bytes: some Collection<UInt8>) {
        count += bytes.count
        let room = Self.half - beginning.count
        beginning += bytes.prefix(room)
        end += bytes.dropFirst(room)
        // Shortened now and then, not at every write.
        if end.count > 8 * Self.half { end.removeFirst(end.count - Self.half) }
    }

    /// The beginning as it came, as far as it is kept.
    var first: [UInt8] { beginning }

    /// The output, safe to show, at most 8 KiB. It stays below what a `SafeText` keeps when it is read back.
    var text: SafeText {
        let last = end.suffix(Self.half)
        let leftOut = count - beginning.count - last.count
        let whole = SafeText(String(decoding: beginning + last, as: UTF8.self), limit: Self.characters)
        if leftOut == 0 && !whole.text.hasSuffix("…") { return whole }
        let first = SafeText(String(decoding: beginning, as: UTF8.self).prefix(1_000), limit: 1_800)
        let tail = SafeText(String(decoding: last.isEmpty ? beginning[...] : last, as: UTF8.self).suffix(1_000), limit: 1_800)
        return SafeText("\(first) … \(count) bytes in all … \(tail)", limit: Self.characters)
    }

    private static let characters = 4_000
}
