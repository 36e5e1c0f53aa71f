extension Timestamp {
    /// Parses RFC 3339 in UTC seconds, as `description` writes it, or a day alone, which means its first moment.
    package init?(parsing text: some StringProtocol) {
        let text = String(text)
        let bytes = Array(text.utf8)
        guard bytes.count == 10 || bytes.count == 20 else { return nil }
        let pattern = Array("0000-00-00T00:00:00Z".utf8.prefix(bytes.count))
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard zip(bytes, pattern).allSatisfy({ $1 == UInt8(ascii: "0") ? isDigit($0) : $0 == $1 }) else { return nil }
        func number(_ range: Range<Int>) -> Int64 { bytes[range].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) } }
        let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
        let clock: [Int64] = bytes.count == 20 ? [number(11..<13), number(14..<16), number(17..<19)] : [0, 0, 0]
        guard let date = CivilDate(year: year, month: Int(month), day: Int(day)), clock[0] < 24, clock[1] < 60, clock[2] < 60
        else { return nil }
        let seconds = date.dayNumber * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
        self.init(millisecondsSinceEpoch: seconds * 1_000)
    }
}
