internal import Fixtures

/// What can go wrong in a world.
package enum Mishap: String, Hashable, Sendable, CaseIterable {
    case callBreaks = "a call breaks before it does anything"
    case answerIsLost = "a call does its work, and its answer is lost"
    case callLingers = "a call takes seconds"
    case callIsOverdue = "a call of an agent that is dead by then arrives"
    case diskIsFull = "the ledger cannot be written"
    case commitIsUncertain = "an entry is written, but the ledger cannot say so"
    case tagIsMoved = "a stranger moves a tag"
    case moveIsLost = "a stranger moves a tag right after the agent did"
    case listIsRefused = "the registry refuses its list of tags"
    case oldDigestIsRead = "the registry answers with what a tag named before"
    case oldPodsAnswer = "for seconds after a deploy the release before goes on answering"
    case balancerLags = "for seconds after a switch requests are answered by what served before"
    case targetIsStale = "the target tells of what ran before"
    case slotRestarts = "a slot says that it is starting"
    case probeIsSilent = "a probe gets no answer"
    case probeIsUnlucky = "a healthy release answers a probe badly"
    case identityIsMissing = "an instance does not say what it runs"
    case wrongImageRuns = "a target runs another image than it was told"
    case metricsAreStale = "signals are of the traffic before"
    case leaseIsLost = "the store forgets a lease"
    case switchGoesAway = "a place stops answering just when traffic is to move"
    case switchHesitates = "the switch takes as long as a minute"
    case receiverIsAway = "the receiver of notices takes none"
    case clockIsSet = "the wall clock is set, forward or back"
}

/// How often each mishap strikes: once in so many chances. Which chances those are follows from the seed alone, so that one
/// mishap can be left out without another coming in its place.
package struct Mishaps: Hashable, Sendable {
    /// One mishap that struck: the how-manieth chance it was.
    package struct Strike: Hashable, Sendable {
        package let mishap: Mishap
        package let chance: Int
    }

    package var odds: [Mishap: Int] = [:]
    /// Strikes that are left out.
    package var silenced: Set<Strike> = []
    package private(set) var struck: [Strike] = []
    private var chances: [Mishap: Int] = [:]
    private let seed: UInt64

    package init(seed: UInt64) { self.seed = seed }

    /// Whether a mishap strikes at this chance.
    mutating func strikes(_ mishap: Mishap) -> Bool {
        guard let odds = odds[mishap] else { return false }
        let chance = chances[mishap, default: 0]
        chances[mishap] = chance + 1
        guard number(mishap, chance) % UInt64(odds) == 0 else { return false }
        let strike = Strike(mishap: mishap, chance: chance)
        guard !silenced.contains(strike) else { return false }
        struck.append(strike)
        return true
    }

    /// Whether a mishap has struck at all.
    func hasStruck(_ mishap: Mishap) -> Bool { struck.contains { $0.mishap == mishap } }

    /// How much of something the last strike of a mishap brings, from 1 to a bound.
    func amount(of mishap: Mishap, upTo bound: Int) -> Int {
        1 + Int((number(mishap, chances[mishap, default: 0]) >> 20) % UInt64(bound))
    }

    private func number(_ mishap: Mishap, _ chance: Int) -> UInt64 {
        let name = mishap.rawValue.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        var random = SeededRandom(seed: name ^ (UInt64(chance) << 32))
        return random.next()
    }
}
