/// A time in which an environment takes no new release, as the configuration says it: once, or again and again.
///
/// What it names must hold all at once: it begins on days of the week and of the year that it names (any, where it names
/// none), at its hours (the whole day, without), within its bounds.
package struct FreezeRule: Hashable, Sendable, Codable {
    /// Hours of a day; where they end before they begin, they end on the next day.
    package struct Hours: Hashable, Sendable, Codable {
        /// Minute of the day.
        package let from: Int
        package let until: Int

        package init(from: Int, until: Int) {
            self.from = from
            self.until = until
        }

        /// Minutes after the beginning of the day on which they end.
        var end: Int { until > from ? until : until + 1_440 }
    }

    /// Days of every year; where the last comes before the first, they go over the end of the year.
    package struct DaysOfYear: Hashable, Sendable, Codable {
        package let first: DayOfYear
        package let last: DayOfYear

        package init(first: DayOfYear, last: DayOfYear) {
            self.first = first
            self.last = last
        }

        func contains(_ date: CivilDate) -> Bool {
            let day = DayOfYear(month: date.month, day: date.day)
            return first <= last ? day >= first && day <= last : day >= first || day <= last
        }
    }

    /// A day that comes every year; 02-29 comes in leap years alone.
    package struct DayOfYear: Hashable, Comparable, Sendable, Codable {
        package let month: Int
        package let day: Int

        package init(month: Int, day: Int) {
            self.month = month
            self.day = day
        }

        package static func < (left: DayOfYear, right: DayOfYear) -> Bool { (left.month, left.day) < (right.month, right.day) }
    }

    /// What it is called; also the reason that people are given.
    package let name: SafeText
    package let zone: ZoneRules
    /// It does not begin before this moment; nil for always.
    package let from: Timestamp?
    /// It is over at this moment; nil for never.
    package let until: Timestamp?
    /// Empty for every day.
    package let weekdays: [Weekday]
    /// Empty for every day.
    package let days: [DaysOfYear]
    /// Nil for whole days.
    package let hours: Hours?

    package init(
        name: SafeText, zone: ZoneRules = .utc, from: Timestamp? = nil, until: Timestamp? = nil, weekdays: [Weekday] = [],
        days: [DaysOfYear] = [], hours: Hours? = nil
    ) {
        self.name = name
        self.zone = zone
        self.from = from
        self.until = until
        self.weekdays = weekdays
        self.days = days
        self.hours = hours
    }

    private var isOnce: Bool { weekdays.isEmpty && days.isEmpty && hours == nil }

    /// Most windows that are followed one after another; beyond that it counts as one without an end.
    private static let windowLimit = 400

    /// Whether it is in force at a moment, and when it then ends.
    package func state(at moment: Timestamp) -> FreezeState {
        if let from, moment < from { return .thawed }
        if let until, moment >= until { return .thawed }
        if isOnce { return .frozen(until: until) }
        guard var end = window(at: moment) else { return .thawed }
        for _ in 0..<Self.windowLimit {
            if let until, end >= until { return .frozen(until: until) }
            guard let next = window(at: end) else { return .frozen(until: end) }
            end = next
        }
        return .frozen(until: until)
    }

    /// When it next begins after a moment at which it is not in force, within so many days; nil where it does not.
    package func nextBegin(after moment: Timestamp, withinDays limit: Int) -> Timestamp? {
        if isOnce { return from.flatMap { $0 > moment ? $0 : nil } }
        let today = zone.wallTime(at: moment).date.dayNumber
        for day in today...(today + Int64(limit)) {
            guard let window = window(onDay: day) else { continue }
            let begin = max(window.begin, from ?? window.begin)
            if let until, begin >= until { return nil }
            if begin > moment, begin < window.end { return begin }
        }
        return nil
    }

    /// The latest end of a window that holds a moment.
    private func window(at moment: Timestamp) -> Timestamp? {
        let today = zone.wallTime(at: moment).date.dayNumber
        return ((today - 1)...today).compactMap { window(onDay: $0) }.filter { $0.begin <= moment && moment < $0.end }.map(\.end)
            .max()
    }

    /// The window that begins on a day. Where the clock shows its beginning or its end twice, the longer one is meant.
    private func window(onDay number: Int64) -> (begin: Timestamp, end: Timestamp)? {
        let date = CivilDate(dayNumber: number)
        guard weekdays.isEmpty || weekdays.contains(date.weekday) else { return nil }
        guard days.isEmpty || days.contains(where: { $0.contains(date) }) else { return nil }
        let begin = zone.moment(of: WallTime(date, second: (hours?.from ?? 0) * 60), .first)
        let end = zone.moment(of: WallTime(date, second: (hours?.end ?? 1_440) * 60), .last)
        return (begin, end)
    }
}

/// Whether a freeze is in force.
package enum FreezeState: Hashable, Sendable {
    case thawed
    /// - Parameter until: nil where no end can be told.
    case frozen(until: Timestamp?)
}
