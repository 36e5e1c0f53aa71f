/// What the worlds were made to go through, so that a reader sees that they are not trivial.
package struct Exercise: Sendable {
    package var plans = 0
    package var steps = 0
    package var quarantined = 0
    package var deleted = 0
    package var strangers = 0
    package var late = 0
    package var replans = 0
    package var drops = 0
    package var deaths = 0
    /// Reasons for which a digest was kept, by the rule.
    package var kept: [String: Int] = [:]
    /// Refusals of a whole plan, by their kind.
    package var refused: [String: Int] = [:]

    package init() {}

    /// Adds what others came to.
    package mutating func add(_ other: Exercise) {
        plans += other.plans
        steps += other.steps
        quarantined += other.quarantined
        deleted += other.deleted
        strangers += other.strangers
        late += other.late
        replans += other.replans
        drops += other.drops
        deaths += other.deaths
        kept.merge(other.kept, uniquingKeysWith: +)
        refused.merge(other.refused, uniquingKeysWith: +)
    }

    package var lines: [String] {
        func list(_ counts: [String: Int]) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
        return [
            "\(plans) plans carried out in \(steps) steps: \(quarantined) digests quarantined, \(deleted) deleted",
            "\(strangers) deeds of strangers between steps, \(late) readings of what was no longer so, \(deaths) deaths of the agent",
            "\(drops) items dropped and \(replans) runs planned anew by the checks before a change",
            "kept: \(list(kept))", "refused: \(list(refused))",
        ]
    }
}
