internal import PromotionCore

/// Times as screens show them: whole minutes, so that an idle screen changes once a minute.
enum TimeText {
    /// How long ago, with one unit: `12m`, `5h`, `4d`; a moment that is still to come is `0m`.
    static func age(of moment: Timestamp, at now: Timestamp) -> String {
        age(minutes: minutes(since: moment, at: now))
    }

    /// How long something took or is there, with one unit.
    static func age(minutes: Int64) -> String {
        switch minutes {
        case ..<60: return "\(minutes)m"
        case ..<1_440: return "\(minutes / 60)h"
        default: return "\(min(999, minutes / 1_440))d"
        }
    }

    /// Whole minutes of the clock between two moments: they change when the clock does, at no other second.
    static func minutes(since moment: Timestamp, at now: Timestamp) -> Int64 {
        max(0, now.millisecondsSinceEpoch / 60_000 - moment.millisecondsSinceEpoch / 60_000)
    }

    /// A moment in a list: hour and minute of today, else month and day; or how long ago.
    static func moment(_ moment: Timestamp, at now: Timestamp, style: TimeStyle) -> String {
        switch style {
        case .relative: age(of: moment, at: now)
        case .absolute: moment.dayNumber == now.dayNumber ? moment.hourAndMinute : moment.monthAndDay
        }
    }

    /// A length that was decided on, without parts of minutes: `10 min`, `30 s`.
    static func length(_ span: Milliseconds) -> String {
        span.count >= 60_000 && span.count % 60_000 == 0 && span.count < 7_200_000
            ? "\(span.count / 60_000) min" : span.description
    }
}

/// Whether lists say when something was, or how long ago.
package enum TimeStyle: Hashable, Sendable {
    case absolute, relative
}
