/// What the worlds were made to go through, so that a reader sees that they are not tame.
package struct Exercise: Sendable {
    /// One thing that is counted, in the words that it is told by.
    package enum Count: String, CaseIterable, Sendable {
        case plans, steps, batches
        case quarantined = "digests quarantined"
        case deleted = "deleted"
        case rescued = "rescued"
        case saved = "digests of a plan kept by what came after it"
        case atAgeLimit = "exactly as old as the limit"
        case belowAgeLimit = "a millisecond younger"
        case firstOutsideCount = "first outside the count"
        case lastInsideCount = "last inside it"
        case sharedWithKept = "tags outside their windows on a digest that is kept"
        case graceJustOver = "quarantines whose grace ends this moment"
        case graceNotOver = "ends in a millisecond"
        case late = "readings of what was no longer so"
        case strangers = "deeds of strangers between reading and change"
    }

    package private(set) var counts: [Count: Int] = [:]
    /// What strangers did, by the deed.
    package private(set) var deeds: [String: Int] = [:]
    /// Runs planned anew and items dropped, by the look that refused.
    package private(set) var refusedByLook: [String: Int] = [:]
    /// Deaths of the agent, by what it had just done.
    package private(set) var deaths: [String: Int] = [:]
    /// Reasons for which a digest was kept, by the rule.
    package private(set) var kept: [String: Int] = [:]
    /// Refusals of a whole plan, by their kind.
    package private(set) var refused: [String: Int] = [:]
    /// What was done with an agent's own code, in a simulated registry.
    package private(set) var real: [String: Int] = [:]

    package init() {}

    mutating func count(_ one: Count, _ times: Int = 1) { if times > 0 { counts[one, default: 0] += times } }
    mutating func deed(_ deed: String) { deeds[deed, default: 0] += 1 }
    mutating func refusal(by look: String) { refusedByLook[look, default: 0] += 1 }
    mutating func death(after phase: String) { deaths[phase, default: 0] += 1 }
    mutating func keep(by rule: String) { kept[rule, default: 0] += 1 }
    mutating func refusal(of kind: String) { refused[kind, default: 0] += 1 }
    mutating func real(_ what: String, _ times: Int = 1) { if times > 0 { real[what, default: 0] += times } }

    /// Adds what others came to.
    package mutating func add(_ other: Exercise) {
        counts.merge(other.counts, uniquingKeysWith: +)
        deeds.merge(other.deeds, uniquingKeysWith: +)
        refusedByLook.merge(other.refusedByLook, uniquingKeysWith: +)
        deaths.merge(other.deaths, uniquingKeysWith: +)
        kept.merge(other.kept, uniquingKeysWith: +)
        refused.merge(other.refused, uniquingKeysWith: +)
        real.merge(other.real, uniquingKeysWith: +)
    }

    /// Everything, for a reader; every kind of thing stands there, also one that never came.
    package var lines: [String] {
        func list(_ counts: [String: Int]) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }
        func told(_ names: Count...) -> String { names.map { "\($0.rawValue) \(counts[$0] ?? 0)" }.joined(separator: ", ") }
        return [
            told(.plans, .batches, .steps), told(.quarantined, .deleted, .rescued, .saved),
            "near an edge: "
                + told(
                    .atAgeLimit, .belowAgeLimit, .firstOutsideCount, .lastInsideCount, .graceJustOver, .graceNotOver,
                    .sharedWithKept),
            told(.strangers, .late), "deeds: \(list(deeds))", "refused by a last look: \(list(refusedByLook))",
            "deaths after: \(list(deaths))", "kept: \(list(kept))", "plans refused: \(list(refused))",
            "with the agent's own code: \(list(real))",
        ]
    }
}
