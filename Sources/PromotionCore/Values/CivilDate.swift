/// A day of the calendar, in whatever time zone it is meant (Gregorian, also before it was introduced).
package struct CivilDate: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let year: Int64
    /// From 1.
    package let month: Int
    /// From 1.
    package let day: Int

    /// The day of a count since 1970-01-01 (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    package init(dayNumber: Int64) {
        let shifted = dayNumber + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// A day by its numbers; nil where the calendar has none, such as 02-29 of most years.
    package init?(year: Int64, month: Int, day: Int) {
        guard (0...9_999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        let number = Self.dayNumber(year, month, day)
        self.init(dayNumber: number)
        guard self.year == year, self.month == month, self.day == day else { return nil }
    }

    /// Days since 1970-01-01.
    package var dayNumber: Int64 { Self.dayNumber(year, month, day) }

    package var weekday: Weekday { Weekday.allCases[Int((((dayNumber + 3) % 7) + 7) % 7)] }

    package static func < (left: Self, right: Self) -> Bool { left.dayNumber < right.dayNumber }

    /// As ISO 8601 writes it: `2026-12-24`.
    package var description: String { "\(year)-\(pad(month))-\(pad(day))" }

    /// Month and day: `12-24`.
    package var monthAndDay: String { "\(pad(month))-\(pad(day))" }

    private static func dayNumber(_ year: Int64, _ month: Int, _ day: Int) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// A day of the week, by the three letters that the configuration uses.
package enum Weekday: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    case mon, tue, wed, thu, fri, sat, sun

    package static func < (left: Weekday, right: Weekday) -> Bool { left.position < right.position }

    /// From 0 for Monday.
    package var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// The quotient rounded down, also below zero.
func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    value / divisor - (value % divisor < 0 ? 1 : 0)
}
