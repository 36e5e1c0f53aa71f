internal import Fixtures
package import PromotionCore
import Synchronization

/// Everything outside the agent, simulated: registry, slots, switch, probes, ledger and leases, with faults that a seed decides.
package final class World: Sendable {
    package struct State {
        package var tags: [Tag: Digest] = [:]
        package var releases: [Digest: Release] = [:]
        package var slots: [Place: [SlotName: Release]] = [:]
        package var routing: [Place: Routing] = [:]
        /// Releases whose checks fail, by digest, and whether only while they take traffic.
        package var sick: [Digest: Sickness] = [:]
        /// What a target runs in place of what it was told to run, by digest.
        package var mixedUp: [Digest: Release] = [:]
        /// Samples that probes were asked for.
        package var samples = 0
        package var entries: [LedgerEntry] = []
        package var leases: [Place: Lease] = [:]
        package var fences: [Place: Int64] = [:]
        /// The highest fence that a target, switch or registry has seen.
        package var seenFences: [Place: Fence] = [:]
        /// Times that a mutation carried an old fence, and was refused.
        package var staleRefusals = 0
        /// What broke a promise, in words; empty in a right run.
        package var violations: [String] = []
        package var faults = Faults()
        package var epoch = 0
        var random: SeededRandom
    }

    /// Calls that can be made slow.
    package enum Verb: Sendable { case route, move, sample, stop, takeLease }

    package enum Sickness: Sendable { case always, withTraffic }

    /// How often what goes wrong: once in so many calls; 0 for never.
    package struct Faults: Sendable {
        package var breaks = 0
        package var losesAnswer = 0
        package var diskIsFull = 0
        package var tagIsMoved = 0
        /// An entry is written, but the store cannot say so.
        package var commitsUncertainly = 0
        /// How long a call takes; what is not named takes no time worth the name.
        package var delays: [Verb: Duration] = [:]

        package init() {}
    }

    package let executor: SimulatedExecutor
    private let state: Mutex<State>

    package init(seed: UInt64) {
        executor = SimulatedExecutor(seed: seed)
        state = Mutex(State(random: SeededRandom(seed: seed ^ 0xABCD)))
    }

    @discardableResult
    package func with<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        try state.withLock { state throws -> UncheckedResult<Result> in UncheckedResult(try body(&state)) }.value
    }

    package var now: Timestamp {
        let offset = executor.now.components
        return Fixtures.start + Milliseconds(offset.seconds * 1_000 + offset.attoseconds / 1_000_000_000_000_000)
    }

    /// Puts releases into slots, sets routing and pointer tags, as an environment would be found.
    package func install(_ releases: [SlotName: Release], live: SlotName, at place: Place) {
        with { state in
            state.slots[place] = releases
            state.routing[place] = Routing(all: live)
            for (slot, release) in releases {
                state.releases[release.digest] = release
                if releases.count > 1 { state.tags[Tag(pointerOf: place.environment, slot: slot)] = release.digest }
            }
            state.tags[Tag(pointerOf: place.environment)] = releases[live]?.digest
        }
    }

    /// Puts an image into the registry under its tag.
    package func push(_ release: Release) {
        with { state in
            state.releases[release.digest] = release
            if let tag = release.tag { state.tags[tag] = release.digest }
        }
    }
}

/// Carries a value out of a lock that nothing else can hold at the same time.
private struct UncheckedResult<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

extension World.State {
    /// Whether a call breaks before it does anything.
    mutating func breaks() -> Bool { faults.breaks > 0 && random.onceIn(faults.breaks) }
    /// Whether a call does its work and loses the answer.
    mutating func losesAnswer() -> Bool { faults.losesAnswer > 0 && random.onceIn(faults.losesAnswer) }
    mutating func commitsUncertainly() -> Bool { faults.commitsUncertainly > 0 && random.onceIn(faults.commitsUncertainly) }
    mutating func diskIsFull() -> Bool { faults.diskIsFull > 0 && random.onceIn(faults.diskIsFull) }

    /// Refuses an old fence, as every port must.
    mutating func admit(_ fence: Fence, at place: Place) throws(Fault) {
        if let seen = seenFences[place], fence < seen {
            staleRefusals += 1
            throw Fault(.refused, "fence \(fence) is older than \(seen)")
        }
        seenFences[place] = fence
    }

    /// What must hold after every change of the world.
    mutating func checkTraffic(at place: Place) {
        let taking = (routing[place]?.weights ?? [:]).filter { $0.value > 0 }.keys
        if taking.isEmpty || taking.contains(where: { slots[place]?[$0] == nil }) {
            violations.append("traffic of \(place) goes to an empty slot")
        }
    }
}
