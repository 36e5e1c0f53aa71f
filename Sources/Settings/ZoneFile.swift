internal import PromotionCore

/// Reads a time zone from the host's time zone data (TZif, RFC 8536).
enum ZoneFile {
    /// Why bytes give no time zone.
    struct Unreadable: Error {}

    /// Most bytes of a file; the largest zones have fewer than 4 KiB.
    static let byteLimit = 65_536

    /// Transitions before this moment are left out: nothing is planned in the past.
    private static let horizon: Int64 = 1_704_067_200
    /// Transitions after this one are left to the yearly rule: 2050-01-01.
    private static let far: Int64 = 2_524_608_000

    /// Whether a text can be the name of a zone, and never a path to something else.
    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                part.utf8.first.map { $0 != UInt8(ascii: ".") } ?? false
                    && part.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"):
                            true
                        default: "_+-".utf8.contains(byte)
                        }
                    }
            }
    }

    /// The rules of a zone.
    /// - Throws: `Unreadable` where the bytes are of another version than 2 to 4, or broken.
    static func rules(_ bytes: [UInt8], name: String) throws(Unreadable) -> ZoneRules {
        guard bytes.count <= byteLimit else { throw Unreadable() }
        var reader = Reader(bytes: bytes)
        let first = try Header(&reader)
        try reader.skip(first.length(timeBytes: 4))
        let header = try Header(&reader)
        let moments = try (0..<header.transitions).map { _ throws(Unreadable) in try reader.integer(8) }
        let types = try (0..<header.transitions).map { _ throws(Unreadable) in Int(try reader.integer(1)) & 0xFF }
        let offsets = try (0..<header.types).map { _ throws(Unreadable) -> Int in
            let offset = try reader.integer(4)
            try reader.skip(2)
            return Int(offset)
        }
        guard types.allSatisfy(offsets.indices.contains), let earliest = offsets.first else { throw Unreadable() }
        try reader.skip(header.rest(timeBytes: 8))
        let footer = try PosixZone(reader.footer())
        let all = zip(moments, types).map {
            ZoneRules.Transition(at: .init(millisecondsSinceEpoch: $0 &* 1_000), offset: offsets[$1])
        }
        return trimmed(all, initial: earliest, footer, name)
    }

    /// Only the transitions that the yearly rule does not give, and of those only the ones that matter from now on.
    private static func trimmed(
        _ transitions: [ZoneRules.Transition], initial: Int, _ footer: PosixZone, _ name: String
    ) -> ZoneRules {
        let start = Timestamp(millisecondsSinceEpoch: horizon * 1_000)
        let end = Timestamp(millisecondsSinceEpoch: far * 1_000)
        let before = transitions.last { $0.at < start }?.offset ?? initial
        var kept = transitions.filter { $0.at >= start && $0.at < end }
        let yearly = ZoneRules(name: "", initialOffset: 0, transitions: [], offset: footer.offset, summer: footer.summer)
        while let last = kept.last, yearly.offset(at: last.at) == last.offset,
            yearly.offset(at: last.at + Milliseconds(-1)) == (kept.dropLast().last?.offset ?? before)
        {
            kept.removeLast()
        }
        return ZoneRules(
            name: SafeText(name, limit: 64), initialOffset: before, transitions: kept, offset: footer.offset,
            summer: footer.summer)
    }

    private struct Header {
        let transitions: Int
        let types: Int
        private let characters: Int
        private let leaps: Int
        private let standards: Int
        private let universals: Int

        init(_ reader: inout Reader) throws(Unreadable) {
            guard try reader.take(4) == Array("TZif".utf8)[...], try reader.integer(1) >= 0x32 else { throw Unreadable() }
            try reader.skip(15)
            universals = try reader.count()
            standards = try reader.count()
            leaps = try reader.count()
            transitions = try reader.count()
            types = try reader.count()
            characters = try reader.count()
        }

        func length(timeBytes: Int) -> Int { transitions * (timeBytes + 1) + types * 6 + rest(timeBytes: timeBytes) }

        /// What follows transitions and types.
        func rest(timeBytes: Int) -> Int { characters + leaps * (timeBytes + 4) + standards + universals }
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func take(_ count: Int) throws(Unreadable) -> ArraySlice<UInt8> {
            guard count >= 0, count <= bytes.count - position else { throw Unreadable() }
            defer { position += count }
            return bytes[position..<position + count]
        }

        mutating func skip(_ count: Int) throws(Unreadable) { _ = try take(count) }

        /// A signed number, the highest byte first.
        mutating func integer(_ count: Int) throws(Unreadable) -> Int64 {
            var value: UInt64 = 0
            for byte in try take(count) { value = value << 8 | UInt64(byte) }
            return count == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
        }

        mutating func count() throws(Unreadable) -> Int {
            let count = try integer(4)
            guard (0...Int64(byteLimit)).contains(count) else { throw Unreadable() }
            return Int(count)
        }

        /// The text between the last two newlines.
        func footer() throws(Unreadable) -> String {
            let rest = bytes[position...]
            guard rest.count >= 2, rest.first == 0x0A, rest.last == 0x0A else { throw Unreadable() }
            return String(decoding: rest.dropFirst().dropLast(), as: UTF8.self)
        }
    }
}
