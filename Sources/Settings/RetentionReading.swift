package import PromotionCore

/// How one service's repository is kept from growing without end.
package struct RetentionSettings: Hashable, Sendable {
    package let rules: RetentionRules
    /// From run to run; nil where only people run it.
    package let schedule: Milliseconds?
    /// Deletions a second.
    package let pace: Int
    /// Whether somebody wrote the section: nobody's registry is read whole for rules that stand nowhere.
    package let isWritten: Bool

    package init(
        rules: RetentionRules = RetentionRules(), schedule: Milliseconds? = nil, pace: Int = 5, isWritten: Bool = false
    ) {
        self.isWritten = isWritten
        self.rules = rules
        self.schedule = schedule
        self.pace = pace
    }
}

/// Reads the section `retention` of a service.
enum RetentionReading {
    private static let keys = ["schedule", "candidates", "builds", "grace", "allow-ratio", "age", "pace"]
    private static let longest = Milliseconds(3_650 * 86_400_000)
    private static let counts = 0...10_000

    static func retention(_ field: Field) -> RetentionSettings? {
        guard let section = Section(field, title: "retention", keys: keys) else { return nil }
        var rules = RetentionRules()
        if let window = section.optional("candidates").flatMap({ window($0, "candidates") }) {
            rules.candidateCount = window.count ?? rules.candidateCount
            rules.candidateAge = window.age ?? rules.candidateAge
        }
        if let window = section.optional("builds").flatMap({ window($0, "builds") }) {
            rules.buildCount = window.count ?? rules.buildCount
            rules.buildAge = window.age ?? rules.buildAge
        }
        rules.grace = section.optional("grace").flatMap { $0.duration(in: .zero...longest) } ?? rules.grace
        rules.allowRatio = section.optional("allow-ratio").flatMap { $0.number(in: 0...100) } ?? rules.allowRatio
        rules.age = section.optional("age").flatMap { $0.word(RetentionRules.AgeSource.self) } ?? rules.age
        let schedule = section.optional("schedule").flatMap { $0.duration(in: .minutes(10)...longest) }
        let pace = section.optional("pace").flatMap { $0.number(in: 1...1_000) } ?? 5
        return RetentionSettings(rules: rules, schedule: schedule, pace: pace, isWritten: true)
    }

    /// Count and age of one window; what is left out stays as it is.
    private static func window(_ field: Field, _ title: String) -> (count: Int?, age: Milliseconds?)? {
        guard let section = Section(field, title: title, keys: ["count", "age"]) else { return nil }
        let count = section.optional("count").flatMap { $0.number(in: counts) }
        return (count, section.optional("age").flatMap { $0.duration(in: .zero...longest) })
    }
}
