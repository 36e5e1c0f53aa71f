internal import ArgumentParser
internal import PromotionCore

extension Name: ExpressibleByArgument {
    package init?(argument: String) {
        guard let name = try? Name(argument) else { return nil }
        self = name
    }
}

extension Strategy: ExpressibleByArgument {}

extension Milliseconds: ExpressibleByArgument {
    package init?(argument: String) { self.init(parsing: argument) }
}

extension OverridableGate: ExpressibleByArgument {}

extension Timestamp: ExpressibleByArgument {
    /// `2026-12-24T18:00Z`, with or without seconds.
    package init?(argument: String) {
        let halves = argument.dropLast().split(separator: "T", omittingEmptySubsequences: false)
        guard argument.hasSuffix("Z"), halves.count == 2 else { return nil }
        let day = halves[0].split(separator: "-", omittingEmptySubsequences: false).compactMap { Int64($0) }
        let clock = halves[1].split(separator: ":", omittingEmptySubsequences: false).compactMap { Int64($0) }
        guard day.count == 3, (2...3).contains(clock.count), (0...23).contains(clock[0]),
            clock.dropFirst().allSatisfy({ (0...59).contains($0) }), (1...12).contains(day[1]), (1...31).contains(day[2]),
            let civil = CivilDate(year: day[0], month: Int(day[1]), day: Int(day[2]))
        else { return nil }
        let seconds = ((civil.dayNumber * 24 + clock[0]) * 60 + clock[1]) * 60 + (clock.count == 3 ? clock[2] : 0)
        self.init(millisecondsSinceEpoch: seconds * 1_000)
    }
}

extension PromotionNumber: ExpressibleByArgument {
    package init?(argument: String) {
        guard let number = Int64(argument), number > 0 else { return nil }
        self.init(number)
    }
}
