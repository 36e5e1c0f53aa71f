import Fixtures
import PromotionCore
import Testing

/// Zones as their data gave them; that the data are read so is proved where they are read.
enum Zones {
    static let berlin = ZoneRules(
        name: "Europe/Berlin", initialOffset: 3_600, transitions: [], offset: 3_600,
        summer: .init(
            offset: 7_200, begins: .init(month: 3, week: 5, weekday: .sun, second: 7_200),
            ends: .init(month: 10, week: 5, weekday: .sun, second: 10_800)))
    static let newYork = ZoneRules(
        name: "America/New_York", initialOffset: -18_000, transitions: [], offset: -18_000,
        summer: .init(
            offset: -14_400, begins: .init(month: 3, week: 2, weekday: .sun, second: 7_200),
            ends: .init(month: 11, week: 1, weekday: .sun, second: 7_200)))
    /// Summer over the end of the year.
    static let sydney = ZoneRules(
        name: "Australia/Sydney", initialOffset: 36_000, transitions: [], offset: 36_000,
        summer: .init(
            offset: 39_600, begins: .init(month: 10, week: 1, weekday: .sun, second: 7_200),
            ends: .init(month: 4, week: 1, weekday: .sun, second: 10_800)))
}

/// A moment by its words in UTC: `2026-03-29 01:00`.
func utc(_ text: String) -> Timestamp {
    let numbers = text.split { "-: ".contains($0) }.compactMap { Int64($0) }
    let day = CivilDate(year: numbers[0], month: Int(numbers[1]), day: Int(numbers[2]))?.dayNumber ?? 0
    return Timestamp(millisecondsSinceEpoch: ((day * 24 + numbers[3]) * 60 + numbers[4]) * 60_000)
}

@Suite struct CalendarTests {
    @Test(arguments: [
        (Zones.berlin, "2026-03-29 00:59", 3_600), (Zones.berlin, "2026-03-29 01:00", 7_200),
        (Zones.berlin, "2026-10-25 00:59", 7_200), (Zones.berlin, "2026-10-25 01:00", 3_600),
        (Zones.newYork, "2026-03-08 06:59", -18_000), (Zones.newYork, "2026-03-08 07:00", -14_400),
        (Zones.newYork, "2026-11-01 05:59", -14_400), (Zones.newYork, "2026-11-01 06:00", -18_000),
        (Zones.sydney, "2026-04-04 15:59", 39_600), (Zones.sydney, "2026-04-04 16:00", 36_000),
        (Zones.sydney, "2026-12-31 23:59", 39_600), (Zones.sydney, "2027-01-01 00:00", 39_600),
    ])
    func `the offset changes at the very moment`(zone: ZoneRules, at: String, offset: Int) {
        #expect(zone.offset(at: utc(at)) == offset)
    }

    @Test func `a time that the clock shows twice has a first and a last moment, one that it skips has the moment of the skip`() {
        let twice = WallTime(CivilDate(dayNumber: utc("2026-10-25 00:00").dayNumber), second: 2 * 3_600 + 1_800)
        #expect(Zones.berlin.moment(of: twice, .first) == utc("2026-10-25 00:30"))
        #expect(Zones.berlin.moment(of: twice, .last) == utc("2026-10-25 01:30"))
        let skipped = WallTime(CivilDate(dayNumber: utc("2026-03-29 00:00").dayNumber), second: 2 * 3_600 + 1_800)
        for occurrence in [ZoneRules.Occurrence.first, .last] {
            #expect(Zones.berlin.moment(of: skipped, occurrence) == utc("2026-03-29 01:00"))
        }
    }

    @Test(arguments: [Zones.berlin, Zones.newYork, Zones.sydney, .utc])
    func `every moment is found again from what the clock shows at it`(zone: ZoneRules) {
        for hour in stride(from: Int64(0), to: 24 * 800, by: 1) {
            let moment = Timestamp(millisecondsSinceEpoch: utc("2027-12-01 00:00").millisecondsSinceEpoch + hour * 3_600_000)
            let wall = zone.wallTime(at: moment)
            let found = [zone.moment(of: wall, .first), zone.moment(of: wall, .last)]
            #expect(found.contains(moment), "\(zone.name) \(moment)")
        }
    }

    @Test func `days are counted through leap years and know their weekday`() {
        for (year, month, day) in [(2024, 2, 30), (2026, 2, 29), (2100, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 0, 1)] {
            #expect(CivilDate(year: Int64(year), month: month, day: day) == nil)
        }
        #expect(CivilDate(year: 2028, month: 2, day: 29)?.weekday == .tue)
        #expect(CivilDate(year: 2000, month: 2, day: 29)?.weekday == .tue)
        for number in Int64(-800_000)...(-799_000) { #expect(CivilDate(dayNumber: number).dayNumber == number) }
        for number in stride(from: Int64(0), to: 100_000, by: 17) { #expect(CivilDate(dayNumber: number).dayNumber == number) }
    }
}

@Suite struct FreezeRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let rule: FreezeRule
        /// Moments in UTC, and when it then ends; `open` where it has no end, nil where it is not in force.
        let moments: [(String, String?)]
    }

    static func rule(
        _ zone: ZoneRules = .utc, from: String? = nil, until: String? = nil, _ weekdays: [Weekday] = [],
        days: [(Int, Int, Int, Int)] = [], hours: (Int, Int)? = nil
    ) -> FreezeRule {
        FreezeRule(
            name: "rule", zone: zone, from: from.map(utc), until: until.map(utc), weekdays: weekdays,
            days: days.map { .init(first: .init(month: $0.0, day: $0.1), last: .init(month: $0.2, day: $0.3)) },
            hours: hours.map { .init(from: $0.0 * 60, until: $0.1 * 60) })
    }

    static let cases: [Case] = [
        Case(
            testDescription: "once", rule: rule(from: "2026-12-20 17:00", until: "2027-01-04 07:00"),
            moments: [
                ("2026-12-20 16:59", nil), ("2026-12-20 17:00", "2027-01-04 07:00"), ("2027-01-04 06:59", "2027-01-04 07:00"),
                ("2027-01-04 07:00", nil),
            ]),
        Case(
            testDescription: "a weekend, through the change to summer time", rule: rule(Zones.berlin, [.sat, .sun]),
            moments: [
                ("2026-03-27 22:59", nil), ("2026-03-27 23:00", "2026-03-29 22:00"), ("2026-03-29 21:59", "2026-03-29 22:00"),
                ("2026-03-29 22:00", nil),
            ]),
        Case(
            testDescription: "a weekend, through the change to winter time", rule: rule(Zones.newYork, [.sat, .sun]),
            moments: [
                ("2026-10-31 03:59", nil), ("2026-10-31 04:00", "2026-11-02 05:00"), ("2026-11-02 04:59", "2026-11-02 05:00"),
                ("2026-11-02 05:00", nil),
            ]),
        Case(
            testDescription: "nights of working days, over midnight",
            rule: rule(Zones.berlin, [.mon, .tue, .wed, .thu, .fri], hours: (18, 8)),
            moments: [
                ("2026-06-01 05:59", nil), ("2026-06-01 16:00", "2026-06-02 06:00"), ("2026-06-02 05:59", "2026-06-02 06:00"),
                ("2026-06-02 06:00", nil), ("2026-06-05 16:00", "2026-06-06 06:00"), ("2026-06-06 16:00", nil),
            ]),
        Case(
            testDescription: "a night that the clock is put forward in is shorter",
            rule: rule(Zones.berlin, [.sat], hours: (22, 6)),
            moments: [("2026-03-28 20:59", nil), ("2026-03-28 21:00", "2026-03-29 04:00"), ("2026-03-29 04:00", nil)]),
        Case(
            testDescription: "hours that the clock shows twice are frozen both times",
            rule: rule(Zones.berlin, [.sun], hours: (1, 3)),
            moments: [
                ("2026-10-24 22:59", nil), ("2026-10-24 23:00", "2026-10-25 02:00"), ("2026-10-25 01:30", "2026-10-25 02:00"),
                ("2026-10-25 02:00", nil),
            ]),
        Case(
            testDescription: "hours that begin where the clock skips", rule: rule(Zones.newYork, [.sun], hours: (2, 5)),
            moments: [("2026-03-08 06:59", nil), ("2026-03-08 07:00", "2026-03-08 09:00"), ("2026-03-08 09:00", nil)]),
        Case(
            testDescription: "the leap day", rule: rule(days: [(2, 29, 2, 29)]),
            moments: [
                ("2027-02-28 23:59", nil), ("2027-03-01 00:00", nil), ("2028-02-28 23:59", nil),
                ("2028-02-29 00:00", "2028-03-01 00:00"), ("2028-03-01 00:00", nil),
            ]),
        Case(
            testDescription: "days over the end of the year", rule: rule(Zones.newYork, days: [(12, 24, 1, 1)]),
            moments: [
                ("2026-12-24 04:59", nil), ("2026-12-24 05:00", "2027-01-02 05:00"), ("2027-01-02 04:59", "2027-01-02 05:00"),
                ("2027-01-02 05:00", nil),
            ]),
        Case(
            testDescription: "every day without an end", rule: rule(.utc, [.mon, .tue, .wed, .thu, .fri, .sat, .sun]),
            moments: [("2026-06-01 12:00", "open")]),
        Case(
            testDescription: "again and again, but only within bounds",
            rule: rule(from: "2026-06-06 12:00", until: "2026-06-14 12:00", [.sat, .sun]),
            moments: [
                ("2026-06-06 11:59", nil), ("2026-06-06 12:00", "2026-06-08 00:00"), ("2026-06-13 00:00", "2026-06-14 12:00"),
                ("2026-06-14 12:00", nil), ("2026-06-20 00:00", nil),
            ]),
    ]

    @Test(arguments: cases) func `a freeze is in force when it should be, and ends when it says`(one: Case) {
        for (moment, end) in one.moments {
            let wanted: FreezeState =
                switch end {
                case nil: .thawed
                case "open"?: .frozen(until: nil)
                case let end?: .frozen(until: utc(end))
                }
            #expect(one.rule.state(at: utc(moment)) == wanted, "at \(moment)")
        }
    }

    @Test(arguments: cases.filter { $0.testDescription != "every day without an end" })
    func `it is thawed at the end that it names and frozen right before it, and what begins is frozen then`(one: Case) {
        for (moment, _) in one.moments {
            var now = utc(moment)
            for _ in 0..<5 {
                switch one.rule.state(at: now) {
                case .frozen(let until):
                    guard let until else { return }
                    #expect(one.rule.state(at: until + Milliseconds(-1)) == .frozen(until: until))
                    #expect(one.rule.state(at: until) == .thawed)
                    now = until
                case .thawed:
                    guard let begin = one.rule.nextBegin(after: now, withinDays: 14) else { return }
                    #expect(one.rule.state(at: begin + Milliseconds(-1)) == .thawed && one.rule.state(at: begin) != .thawed)
                    now = begin
                }
            }
        }
    }

    @Test func `freezes that follow one another are waited for together`() {
        let scope = FreezeScope(environment: Fixtures.prod)
        let hand = Freeze(
            scope: scope, since: utc("2026-06-05 10:00"), until: utc("2026-06-06 10:00"), by: Fixtures.bob,
            reason: "the audit runs")
        let freezes = Freezes(rules: [Self.rule(.utc, [.sat, .sun])], byHand: [hand])
        #expect(freezes.firstThaw(from: utc("2026-06-05 12:00")) == utc("2026-06-08 00:00"))
        #expect(freezes.inForce(at: utc("2026-06-06 09:00")).map(\.reason) == ["rule", "the audit runs"])
        #expect(freezes.firstThaw(from: utc("2026-06-09 12:00")) == utc("2026-06-09 12:00"))
        #expect(freezes.nextBegin(after: utc("2026-06-01 00:00")) == utc("2026-06-05 10:00"))
        let endless = Freezes(rules: [Self.rule(.utc, [.mon, .tue, .wed, .thu, .fri, .sat, .sun])], byHand: [hand])
        #expect(endless.firstThaw(from: utc("2026-06-05 12:00")) == nil)
        #expect(endless.inForce(at: utc("2026-06-05 12:00")).first?.until == nil)
    }
}
