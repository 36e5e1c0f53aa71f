internal import PromotionCore

/// Reads times in which nothing is promoted.
enum FreezeReading {
    /// Most freezes of one list.
    static let limit = 50

    private static let keys = ["name", "zone", "from", "until", "days", "dates", "hours"]

    static func freezes(_ field: Field, _ host: Host) -> [FreezeRule] {
        (field.items(limit: limit, "freezes") ?? []).compactMap { rule($0, host) }
    }

    private static func rule(_ field: Field, _ host: Host) -> FreezeRule? {
        guard let section = Section(field, title: "freeze", keys: keys) else { return nil }
        let name = section.required("name", "name: end of the year").flatMap { $0.text(limit: 100) }
        let zone = section.optional("zone").map { Self.zone($0, host) } ?? .utc
        let from = section.optional("from").map { moment($0, zone, .first) }
        let until = section.optional("until").map { moment($0, zone, .last) }
        let days = section.optional("days").map(Self.days)
        let dates = section.optional("dates").map(Self.dates)
        let hours = section.optional("hours").map(Self.hours)
        if days == nil, dates == nil, hours == nil, from == nil || until == nil {
            section.findings.add(
                section.position, "the freeze would never end, or had always been",
                "write from and until, or days, dates or hours that come again")
            return nil
        }
        if case (let from??, let until??) = (from, until), until <= from {
            section.optional("until")?.refuse("until comes before from", "write a later time")
        }
        // A part that was refused is reported already; what it would have meant is not guessed.
        guard let name, let zone, !isBroken(from), !isBroken(until), !isBroken(days), !isBroken(dates), !isBroken(hours) else {
            return nil
        }
        return FreezeRule(
            name: SafeText(name, limit: 100), zone: zone, from: from ?? nil, until: until ?? nil, weekdays: (days ?? nil) ?? [],
            days: (dates ?? nil) ?? [], hours: hours ?? nil)
    }

    private static func isBroken<Value>(_ value: Value??) -> Bool { value.map { $0 == nil } ?? false }

    private static func zone(_ field: Field, _ host: Host) -> ZoneRules? {
        guard let text = field.text(limit: 64) else { return nil }
        if text == "UTC" { return .utc }
        guard ZoneFile.isName(text), let bytes = host.zones(text) else {
            field.refuse(
                "there is no time zone \"\(SafeText(text, limit: 60))\" on this machine",
                "write an IANA name such as Europe/Berlin, or install the package tzdata")
            return nil
        }
        do {
            return try ZoneFile.rules(bytes, name: text)
        } catch {
            field.refuse(
                "the time zone data of \(SafeText(text, limit: 60)) cannot be read", "install the package tzdata, or write UTC")
            return nil
        }
    }

    /// `2026-12-20 18:00`, as the clock on the wall shows it.
    private static func moment(_ field: Field, _ zone: ZoneRules?, _ occurrence: ZoneRules.Occurrence) -> Timestamp? {
        guard let text = field.text(limit: 40) else { return nil }
        let parts = text.split(separator: text.contains("T") ? "T" : " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let date = date(parts[0]), let minute = minute(parts[1]), minute < 1_440 else {
            field.refuse("\(field.key) is \"\(SafeText(text, limit: 40))\"", "write a day and a time, such as 2026-12-20 18:00")
            return nil
        }
        return (zone ?? .utc).moment(of: WallTime(date, second: minute * 60), occurrence)
    }

    private static func date(_ text: Substring) -> CivilDate? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.count) == [4, 2, 2], let numbers = numbers(parts) else { return nil }
        guard (2000...2200).contains(numbers[0]) else { return nil }
        return CivilDate(year: Int64(numbers[0]), month: numbers[1], day: numbers[2])
    }

    /// `18:00` as minutes; 24:00 is the end of a day.
    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let numbers = numbers(parts) else { return nil }
        let minute = numbers[0] * 60 + numbers[1]
        return numbers[1] < 60 && minute <= 1_440 ? minute : nil
    }

    private static func numbers(_ parts: [Substring]) -> [Int]? {
        let numbers = parts.compactMap { part in part.allSatisfy { $0.isASCII && $0.isNumber } ? Int(part) : nil }
        return numbers.count == parts.count ? numbers : nil
    }

    private static func hours(_ field: Field) -> FreezeRule.Hours? {
        guard let text = field.text(limit: 40) else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).compactMap(minute)
        guard parts.count == 2, parts[0] < 1_440, parts[0] != parts[1], !(parts[0] == 0 && parts[1] == 1_440) else {
            field.refuse(
                "hours is \"\(SafeText(text, limit: 40))\"",
                "write hours such as 18:00-08:00; for whole days leave hours out")
            return nil
        }
        return FreezeRule.Hours(from: parts[0], until: parts[1])
    }

    private static func days(_ field: Field) -> [Weekday]? {
        guard let items = field.items(limit: 7, "days") else { return nil }
        var days: Set<Weekday> = []
        for item in items {
            guard let text = item.text(limit: 40) else { return nil }
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Weekday(rawValue: String($0)) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else {
                item.refuse(
                    "days holds \"\(SafeText(text, limit: 40))\"", "write \(Field.list(Weekday.self)), or a span such as mon-fri")
                return nil
            }
            for step in 0...((last.position - first.position + 7) % 7) {
                days.insert(Weekday.allCases[(first.position + step) % 7])
            }
        }
        if days.isEmpty { field.refuse("days is empty", "write at least one of \(Field.list(Weekday.self)), or leave it out") }
        return days.isEmpty ? nil : days.sorted()
    }

    private static func dates(_ field: Field) -> [FreezeRule.DaysOfYear]? {
        guard let items = field.items(limit: 50, "dates") else { return nil }
        var spans: [FreezeRule.DaysOfYear] = []
        for item in items {
            guard let text = item.text(limit: 40) else { return nil }
            let ends = text.split(separator: "/", omittingEmptySubsequences: false).map(dayOfYear)
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else {
                item.refuse(
                    "dates holds \"\(SafeText(text, limit: 40))\"", "write days of the year such as 12-24, or a span: 12-20/01-02"
                )
                return nil
            }
            spans.append(FreezeRule.DaysOfYear(first: first, last: last))
        }
        if spans.isEmpty { field.refuse("dates is empty", "write days of the year such as 12-24, or leave it out") }
        return spans.isEmpty ? nil : spans
    }

    /// `12-24`; 02-29 is a day, of leap years.
    private static func dayOfYear(_ text: Substring) -> FreezeRule.DayOfYear? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [2, 2], let numbers = numbers(parts),
            CivilDate(year: 2024, month: numbers[0], day: numbers[1]) != nil
        else { return nil }
        return FreezeRule.DayOfYear(month: numbers[0], day: numbers[1])
    }
}
