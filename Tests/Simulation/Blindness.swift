internal import Fixtures
internal import PromotionCore

/// What the first agent of a world cannot read, and for how long: what runs is there all the same.
package struct Blindness: Hashable, Sendable {
    /// Looks that are refused.
    let looks: Set<World.Look>
    /// What is wrong with an environment.
    let trouble: Trouble?
    let place: Place
    /// Calls and answers that are lost now and then.
    let odds: [Mishap: Int]
    let time: Milliseconds
    /// Whether an earlier agent took the place for empty.
    let isMistaken: Bool

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed ^ 0xB11D)
        place = random.onceIn(3) ? Operation.testing : Operation.prod
        time = .seconds(Int64(2 + random.below(30)))
        let mishaps: [Mishap] = [.callBreaks, .answerIsLost, .identityIsMissing, .listIsRefused, .slotRestarts]
        var odds: [Mishap: Int] = [:]
        for mishap in mishaps where random.onceIn(2) { odds[mishap] = 1 + random.below(5) }
        self.odds = odds
        trouble = random.onceIn(2) ? nil : random.onceIn(2) ? .instancesAreMute : .outage
        isMistaken = random.onceIn(3)
        looks = random.onceIn(2) ? [] : [World.Look.allCases[random.below(World.Look.allCases.count)]]
    }
}

extension World.State {
    /// Keeps the first agent from reading what there is.
    mutating func blind(_ blindness: Blindness, _ now: Timestamp) {
        refusedLooks = blindness.looks
        mishaps.odds = blindness.odds
        guard let trouble = blindness.trouble else { return }
        begin(trouble, at: blindness.place, until: now + blindness.time)
    }
}
