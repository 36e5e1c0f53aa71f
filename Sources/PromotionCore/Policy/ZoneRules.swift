/// A time zone as a value: which offset from UTC is in force when.
///
/// It is read from the host's time zone data once, at the door (RFC 8536); from then on everything about it is arithmetic.
package struct ZoneRules: Hashable, Sendable, Codable {
    /// One change of the offset.
    package struct Transition: Hashable, Sendable, Codable {
        package let at: Timestamp
        /// Seconds east of UTC from then on.
        package let offset: Int

        package init(at: Timestamp, offset: Int) {
            self.at = at
            self.offset = offset
        }
    }

    /// Summer time as it comes again every year.
    package struct Summer: Hashable, Sendable, Codable {
        /// Seconds east of UTC while it lasts.
        package let offset: Int
        /// In wall time of the rest of the year.
        package let begins: YearlyMoment
        /// In wall time of the summer.
        package let ends: YearlyMoment

        package init(offset: Int, begins: YearlyMoment, ends: YearlyMoment) {
            self.offset = offset
            self.begins = begins
            self.ends = ends
        }
    }

    /// The zone's IANA name.
    package let name: SafeText
    /// Seconds east of UTC before the first transition.
    package let initialOffset: Int
    /// Changes that no yearly rule gives, oldest first.
    package let transitions: [Transition]
    /// Seconds east of UTC after the last transition, outside of summer.
    package let offset: Int
    /// Nil where the offset is the same all year after the last transition.
    package let summer: Summer?

    package init(name: SafeText, initialOffset: Int, transitions: [Transition], offset: Int, summer: Summer?) {
        self.name = name
        self.initialOffset = initialOffset
        self.transitions = transitions
        self.offset = offset
        self.summer = summer
    }

    package static let utc = ZoneRules(name: "UTC", initialOffset: 0, transitions: [], offset: 0, summer: nil)

    /// Seconds east of UTC at a moment.
    package func offset(at moment: Timestamp) -> Int {
        guard let last = transitions.last, moment < last.at else { return yearlyOffset(at: moment) }
        return transitions.last { $0.at <= moment }?.offset ?? initialOffset
    }

    private func yearlyOffset(at moment: Timestamp) -> Int {
        guard let summer else { return offset }
        let year = CivilDate(dayNumber: (moment + .seconds(Int64(offset))).dayNumber).year
        let begin = summer.begins.moment(in: year, offset: offset)
        let end = summer.ends.moment(in: year, offset: summer.offset)
        let isSummer = begin < end ? moment >= begin && moment < end : moment >= begin || moment < end
        return isSummer ? summer.offset : offset
    }

    /// The wall clock at a moment.
    package func wallTime(at moment: Timestamp) -> WallTime {
        WallTime(secondsSinceEpoch: floorDivide(moment.millisecondsSinceEpoch, 1_000) + Int64(offset(at: moment)))
    }

    /// Which of two moments is meant where the clock shows a time twice.
    package enum Occurrence: Hashable, Sendable {
        case first, last
    }

    /// When the clock shows a time; for a time that is skipped, when it is skipped.
    package func moment(of time: WallTime, _ occurrence: Occurrence) -> Timestamp {
        let read = Timestamp(millisecondsSinceEpoch: time.secondsSinceEpoch * 1_000)
        let day = Milliseconds.minutes(24 * 60)
        let offsets = [offset(at: read + Milliseconds(-day.count)), offset(at: read + day)]
        let shown = offsets.map { ($0, read + .seconds(Int64(-$0))) }.filter { offset(at: $0.1) == $0.0 }.map(\.1)
        if let found = occurrence == .first ? shown.min() : shown.max() { return found }
        return change(after: read + .seconds(Int64(-offsets[1])), until: read + .seconds(Int64(-offsets[0])))
    }

    /// The moment at which the offset changes between two moments.
    private func change(after earlier: Timestamp, until later: Timestamp) -> Timestamp {
        var (low, high) = (earlier.millisecondsSinceEpoch, later.millisecondsSinceEpoch)
        let before = offset(at: earlier)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: Timestamp(millisecondsSinceEpoch: middle)) == before { low = middle } else { high = middle }
        }
        return Timestamp(millisecondsSinceEpoch: high)
    }
}

/// What a clock on the wall shows: a day and a time of day, without a zone.
package struct WallTime: Hashable, Comparable, Sendable, Codable {
    /// Counted as if the clock showed UTC.
    package let secondsSinceEpoch: Int64

    init(secondsSinceEpoch: Int64) { self.secondsSinceEpoch = secondsSinceEpoch }

    /// - Parameter second: of the day; beyond 86,400 it is a later day.
    package init(_ date: CivilDate, second: Int = 0) { secondsSinceEpoch = date.dayNumber * 86_400 + Int64(second) }

    package var date: CivilDate { CivilDate(dayNumber: floorDivide(secondsSinceEpoch, 86_400)) }

    package static func < (left: WallTime, right: WallTime) -> Bool { left.secondsSinceEpoch < right.secondsSinceEpoch }
}

/// A moment that comes every year: "the last Sunday of March, 02:00" (POSIX TZ, `Mm.w.d/time`).
package struct YearlyMoment: Hashable, Sendable, Codable {
    package let month: Int
    /// From 1; 5 is the last one of the month.
    package let week: Int
    package let weekday: Weekday
    /// Of the day; may be negative or more than a day (RFC 8536, section 3.3.1).
    package let second: Int

    package init(month: Int, week: Int, weekday: Weekday, second: Int) {
        self.month = month
        self.week = week
        self.weekday = weekday
        self.second = second
    }

    /// When it is in a year.
    func moment(in year: Int64, offset: Int) -> Timestamp {
        let seconds = day(in: year) * 86_400 + Int64(second) - Int64(offset)
        return Timestamp(millisecondsSinceEpoch: seconds * 1_000)
    }

    private func day(in year: Int64) -> Int64 {
        guard let first = CivilDate(year: year, month: month, day: 1) else { return 0 }
        let ahead = (weekday.position - first.weekday.position + 7) % 7
        let length = Self.length(of: month, in: year)
        var day = ahead + (week - 1) * 7
        while day >= length { day -= 7 }
        return first.dayNumber + Int64(day)
    }

    private static func length(of month: Int, in year: Int64) -> Int {
        (28...31).last { CivilDate(year: year, month: month, day: $0) != nil } ?? 28
    }
}
