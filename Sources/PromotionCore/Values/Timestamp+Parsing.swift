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
        guard (1...12).contains(month), (1...31).contains(day), clock[0] < 24, clock[1] < 60, clock[2] < 60 else { return nil }
        let seconds = Self.days(year, month, day) * 86_400 + clock[0] * 3_600 + clock[1] * 60 + clock[2]
        self.init(millisecondsSinceEpoch: seconds * 1_000)
        // 30 February would come out as a day of March.
        guard description.hasPrefix(text.prefix(10)) else { return nil }
    }

    /// Days since 1970-01-01 (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
