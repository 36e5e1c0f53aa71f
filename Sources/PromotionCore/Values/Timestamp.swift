/// A moment of wall time in UTC, to the millisecond.
///
/// One that is decoded lies in the years 0 to 9999, whatever was written: no sum or difference of such moments is beyond what
/// a number holds.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let millisecondsSinceEpoch: Int64

    package init(millisecondsSinceEpoch: Int64) { self.millisecondsSinceEpoch = millisecondsSinceEpoch }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.millisecondsSinceEpoch < right.millisecondsSinceEpoch
    }

    package static func + (time: Timestamp, span: Milliseconds) -> Timestamp {
        Timestamp(millisecondsSinceEpoch: time.millisecondsSinceEpoch &+ span.count)
    }

    package static func - (later: Timestamp, earlier: Timestamp) -> Milliseconds {
        Milliseconds(later.millisecondsSinceEpoch &- earlier.millisecondsSinceEpoch)
    }

    /// The moment as RFC 3339 with seconds, in UTC: `2026-08-24T14:02:11Z`.
    package var description: String {
        let clock = timeOfDay
        return "\(date)T\(pad(clock.hour)):\(pad(clock.minute)):\(pad(clock.second))Z"
    }

    /// Hour and minute in UTC: `14:02`.
    package var hourAndMinute: String { "\(pad(timeOfDay.hour)):\(pad(timeOfDay.minute))" }

    /// Hour, minute and second in UTC: `14:02:11`.
    package var clock: String { "\(hourAndMinute):\(pad(timeOfDay.second))" }

    /// Month and day in UTC: `08-24`.
    package var monthAndDay: String { date.monthAndDay }

    /// Day number since 1970-01-01 in UTC.
    package var dayNumber: Int64 { floorDivide(millisecondsSinceEpoch, 86_400_000) }

    private var timeOfDay: (hour: Int64, minute: Int64, second: Int64) {
        let sinceMidnight = (millisecondsSinceEpoch % 86_400_000 + 86_400_000) % 86_400_000
        let seconds = sinceMidnight / 1_000
        return (seconds / 3_600, seconds / 60 % 60, seconds % 60)
    }

    private var date: CivilDate { CivilDate(dayNumber: dayNumber) }

    private func pad(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Timestamp: Codable {
    /// 0000-01-01T00:00:00Z to 9999-12-31T23:59:59.999Z.
    private static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    package init(from decoder: any Decoder) throws {
        let count = try decoder.singleValueContainer().decode(Int64.self)
        self.init(millisecondsSinceEpoch: min(max(count, Self.range.lowerBound), Self.range.upperBound))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(millisecondsSinceEpoch)
    }
}

/// A length of time in milliseconds; one that is decoded is of 10,000 years at most.
package struct Milliseconds: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let count: Int64

    package init(_ count: Int64) { self.count = count }

    package static let zero = Milliseconds(0)
    /// So many seconds.
    package static func seconds(_ count: Int64) -> Milliseconds { Milliseconds(count * 1_000) }
    /// So many minutes.
    package static func minutes(_ count: Int64) -> Milliseconds { Milliseconds(count * 60_000) }

    package static func < (left: Milliseconds, right: Milliseconds) -> Bool { left.count < right.count }
    package static func + (left: Milliseconds, right: Milliseconds) -> Milliseconds { Milliseconds(left.count &+ right.count) }

    /// The same length for a `Clock`.
    package var duration: Duration { .milliseconds(count) }

    /// Two units at most, as a person says it: `412 ms`, `11.8s`, `9m`, `4d`.
    package var description: String {
        switch count {
        case ..<0: "-" + Milliseconds(count == .min ? .max : -count).description
        case ..<1_000: "\(count) ms"
        case ..<60_000: count % 1_000 < 100 ? "\(count / 1_000)s" : "\(count / 1_000).\(count % 1_000 / 100)s"
        case ..<3_600_000: "\(count / 60_000)m" + (count < 600_000 && count % 60_000 >= 1_000 ? "\(count % 60_000 / 1_000)s" : "")
        case ..<86_400_000: "\(count / 3_600_000)h"
        default: "\(count / 86_400_000)d"
        }
    }

    /// Parses `500ms`, `30s`, `10m`, `4h`, `7d`.
    package init?(parsing text: some StringProtocol) {
        let units: [(suffix: String, factor: Int64)] = [
            ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ]
        for unit in units where text.hasSuffix(unit.suffix) {
            guard let number = Int64(text.dropLast(unit.suffix.count)), (0...3_650_000_000).contains(number) else { continue }
            self.init(number * unit.factor)
            return
        }
        return nil
    }
}

extension Milliseconds: Codable {
    private static let longestDecoded: Int64 = 10_000 * 366 * 86_400_000

    package init(from decoder: any Decoder) throws {
        let count = try decoder.singleValueContainer().decode(Int64.self)
        self.init(min(max(count, -Self.longestDecoded), Self.longestDecoded))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(count)
    }
}
