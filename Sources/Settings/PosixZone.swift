internal import PromotionCore

/// A zone's yearly rule as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3` (IEEE 1003.1, TZ; RFC 8536, section 3.3).
struct PosixZone {
    /// Seconds east of UTC outside of summer.
    let offset: Int
    let summer: ZoneRules.Summer?

    /// - Throws: `ZoneFile.Unreadable` for what is no such rule, and for days that are counted otherwise than `Mm.w.d`.
    init(_ text: String) throws(ZoneFile.Unreadable) {
        var rest = text[...]
        try Self.skipName(&rest)
        offset = -(try Self.seconds(&rest))
        guard !rest.isEmpty else {
            summer = nil
            return
        }
        try Self.skipName(&rest)
        let summerOffset = rest.first == "," ? offset + 3_600 : -(try Self.seconds(&rest))
        let begins = try Self.moment(&rest)
        let ends = try Self.moment(&rest)
        guard rest.isEmpty else { throw ZoneFile.Unreadable() }
        summer = ZoneRules.Summer(offset: summerOffset, begins: begins, ends: ends)
    }

    /// Letters, or anything in angle brackets.
    private static func skipName(_ rest: inout Substring) throws(ZoneFile.Unreadable) {
        let before = rest.count
        if rest.first == "<" {
            guard let end = rest.firstIndex(of: ">") else { throw ZoneFile.Unreadable() }
            rest = rest[rest.index(after: end)...]
        } else {
            rest = rest.drop { $0.isASCII && $0.isLetter }
        }
        guard before - rest.count >= 3 else { throw ZoneFile.Unreadable() }
    }

    /// `[+-]hh[:mm[:ss]]` as seconds.
    private static func seconds(_ rest: inout Substring) throws(ZoneFile.Unreadable) -> Int {
        var sign = 1
        if let first = rest.first, first == "+" || first == "-" {
            sign = first == "-" ? -1 : 1
            rest.removeFirst()
        }
        var total = try number(&rest, in: 0...167) * 3_600
        for unit in [60, 1] where rest.first == ":" {
            rest.removeFirst()
            total += try number(&rest, in: 0...59) * unit
        }
        return sign * total
    }

    /// `,Mm.w.d[/time]`.
    private static func moment(_ rest: inout Substring) throws(ZoneFile.Unreadable) -> YearlyMoment {
        guard rest.hasPrefix(",M") else { throw ZoneFile.Unreadable() }
        rest = rest.dropFirst(2)
        let month = try number(&rest, in: 1...12)
        try skip(".", &rest)
        let week = try number(&rest, in: 1...5)
        try skip(".", &rest)
        let day = try number(&rest, in: 0...6)
        var second = 7_200
        if rest.first == "/" {
            rest.removeFirst()
            second = try seconds(&rest)
        }
        // POSIX counts from Sunday.
        return YearlyMoment(month: month, week: week, weekday: Weekday.allCases[(day + 6) % 7], second: second)
    }

    private static func skip(_ character: Character, _ rest: inout Substring) throws(ZoneFile.Unreadable) {
        guard rest.first == character else { throw ZoneFile.Unreadable() }
        rest.removeFirst()
    }

    private static func number(_ rest: inout Substring, in range: ClosedRange<Int>) throws(ZoneFile.Unreadable) -> Int {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard (1...3).contains(digits.count), let number = Int(digits), range.contains(number) else {
            throw ZoneFile.Unreadable()
        }
        rest = rest.dropFirst(digits.count)
        return number
    }
}
