internal import Fixtures
package import PromotionCore
import Synchronization

/// Everything outside the agents, simulated: registry, slots, switch, probes, ledger and leases.
package final class World: Sendable {
    package struct State: Sendable {
        /// What tags name, by the repository.
        package var tags: [RepositoryName: [Tag: Digest]] = [:]
        /// What tags named before, for a registry that answers late.
        var oldTags: [RepositoryName: [Tag: Digest]] = [:]
        /// What version tags named when each agent's registry was last asked, from which it answers for a list.
        var memories: [Int: [RepositoryName: [Tag: Digest]]] = [:]
        /// When CI last pushed a version tag again.
        var pushedAgain: [Tag: Timestamp] = [:]
        package var releases: [Digest: Release] = [:]
        /// What was brought to repositories of environments' own; a repository that is not here has everything.
        package var homes: [RepositoryName: Set<Digest>] = [:]
        /// The highest fence that an image was brought there under.
        var copyFences: [RepositoryName: Fence] = [:]
        /// Parts of images that were brought there.
        package var copies = 0
        package var slots: [Place: [SlotName: Release]] = [:]
        /// What still answers for a slot that is being deployed, and until when.
        var oldPods: [Place: [SlotName: OldPod]] = [:]
        package var routing: [Place: Routing] = [:]
        /// Places of which nothing answers, and until when.
        package var outages: [Place: Timestamp] = [:]
        /// What is wrong with places, and until when.
        var troubles: [Place: [Trouble: Timestamp]] = [:]
        /// What the registry answers to every move of a tag; `nil` while it moves them.
        package var tagRefusal: Fault?
        /// How long after a switch every second request is still answered by what served before, as behind a slow balancer.
        package var lag = Milliseconds.zero
        /// What a place served before traffic moved, and until when a balancer may still answer with it.
        var servedBefore: [Place: (release: Release, until: Timestamp)] = [:]
        /// Troubles that have begun.
        var struck: [Trouble: Int] = [:]
        /// What waits for its moment.
        var ambushes: [Ambush] = []
        /// What has come to its moment, and has to be done by whoever plays the episode.
        var due: [Decision.Happening] = []
        /// Changes of a place that are under way, by the agent that makes them.
        var underWay: [Place: [Int]] = [:]
        /// Leases whose holder was told that they are lost, and when.
        var toldLost: [Place: [Fence: Timestamp]] = [:]
        /// Releases whose checks fail, by digest, and whether only while they take traffic.
        package var sick: [Digest: Sickness] = [:]
        /// What a target runs in place of what it was told to run, by digest.
        package var mixedUp: [Digest: Release] = [:]
        /// What agents asked the registry: lists, and tags one by one.
        package var asked: (lists: Int, tags: [Tag: Int]) = (0, [:])
        /// Tags that do not answer.
        package var brokenTags: Set<Tag> = []
        /// Looks that are refused, until somebody takes that back.
        package var refusedLooks: Set<Look> = []
        /// When the signals of a place were read.
        var signalReads: [Place: [Timestamp]] = [:]
        /// Whether people are told of what happens, by a receiver of notices.
        var hasReceiver = false
        /// The entries whose notices the receiver has taken.
        var told: Set<Int64> = []
        /// When the wall clock was last set, on the boot clock; `nil` if it never was.
        var clockSetAt: Milliseconds?
        /// Samples that probes were asked for.
        package var samples = 0
        package var entries: [LedgerEntry] = []
        var snapshot: LedgerSnapshot?
        package var leases: [Place: Lease] = [:]
        package var fences: [Place: Int64] = [:]
        /// The highest fence that a target, switch or registry has seen.
        package var seenFences: [Place: Fence] = [:]
        /// The highest fence that each tag was moved under.
        var tagFences: [RepositoryName: [Tag: Fence]] = [:]
        /// Times that a mutation carried an old fence, and was refused.
        package var staleRefusals = 0
        /// Calls that take a time of their own.
        package var delays: [Verb: Duration] = [:]
        package var mishaps: Mishaps
        /// Whether every entry is read back from its bytes, and projections are kept and read back: slower, and all of it.
        var isThorough = false
        /// Environments by the repository that their images come from.
        var places: [RepositoryName: [Place]] = [:]
        /// Whether looking takes no time: what looks does nothing, and most of what happens is looking.
        var looksAreQuick = false
        /// Whether no user ever comes.
        package var isQuiet = false
        /// The number of agents so far.
        package var epoch = 0
        /// The agent that owns the ledger.
        package var owner = 0
        /// Agents that are dead.
        package var dead: Set<Int> = []
        /// What must hold is checked against this.
        var witness = Witness()
        /// What broke a promise, in words; empty in a right run.
        package var violations: [String] = []
        /// What happened, in words; nil where nobody reads it.
        var story: [String]?
    }

    /// A release that goes on answering for a slot.
    struct OldPod: Sendable {
        let release: Release
        let until: Timestamp
    }

    /// Calls that can be made slow.
    package enum Verb: Sendable { case look, route, move, copy, run, stop, sample, takeLease, keepLease }

    /// What a port can refuse to say.
    package enum Look: Sendable, CaseIterable { case tags, list, images, target, routing, leases }

    package enum Sickness: Sendable { case always, withTraffic }

    package let executor: SimulatedExecutor
    private let state: Mutex<State>
    /// How far the wall clock was set since the beginning.
    private let skew = Mutex(Milliseconds.zero)

    package init(seed: UInt64) {
        executor = SimulatedExecutor(seed: seed)
        state = Mutex(State(mishaps: Mishaps(seed: seed)))
    }

    @discardableResult
    package func with<Result: Sendable>(_ body: (inout State) throws -> Result) rethrows -> Result {
        try state.withLock { try body(&$0) }
    }

    /// The world's own time, which goes by whatever the wall clock says.
    package var now: Timestamp {
        let offset = executor.now.components
        return Fixtures.start + Milliseconds(offset.seconds * 1_000 + offset.attoseconds / 1_000_000_000_000_000)
    }

    /// What the wall clock of the agent's host says.
    package var wall: Timestamp { now + skew.withLock { $0 } }

    /// Both clocks of the agent's host.
    package var reading: ClockReading {
        ClockReading(wall: wall, boot: BootTime(boot: "the only one", elapsed: now - Fixtures.start))
    }

    /// Sets the wall clock forward, or back.
    package func setClock(by step: Milliseconds) {
        skew.withLock { $0 = $0 + step }
        let elapsed = reading.boot.elapsed
        with { $0.clockSetAt = elapsed }
        tell("the wall clock is set by \(step)")
    }

    /// Adds a line to the story of this run.
    func tell(_ line: @autoclosure () -> String) {
        with { state in
            guard state.story != nil else { return }
            state.story?.append("\(now.clock) \(line())")
        }
    }

    /// Puts releases into slots, sets routing and pointer tags, as an environment would be found.
    package func install(_ releases: [SlotName: Release], live: SlotName, at place: Place, from repository: RepositoryName) {
        with { state in
            state.places[repository, default: []].append(place)
            state.slots[place] = releases
            state.routing[place] = Routing(all: live)
            for (slot, release) in releases {
                state.releases[release.digest] = release
                if let tag = release.tag { state.tags[repository, default: [:]][tag] = release.digest }
                if releases.count > 1 {
                    state.tags[repository, default: [:]][Tag(pointerOf: place.environment, slot: slot)] = release.digest
                }
            }
            state.tags[repository, default: [:]][Tag(pointerOf: place.environment)] = releases[live]?.digest
            state.witness.found(releases.values.map(\.digest), at: place)
        }
    }

    /// CI pushes a version tag again, with another image.
    package func pushAgain(_ tag: Tag, as release: Release) {
        let now = now
        with { state in
            state.releases[release.digest] = release
            for repository in state.places.keys { state.tags[repository, default: [:]][tag] = release.digest }
            state.pushedAgain[tag] = now
        }
    }

    /// Puts an image into the registry, into every repository, under its tag.
    package func push(_ release: Release) {
        with { state in
            state.releases[release.digest] = release
            guard let tag = release.tag else { return }
            for repository in state.places.keys { state.tags[repository, default: [:]][tag] = release.digest }
        }
    }
}

extension World.State {
    /// Every environment.
    var allPlaces: [Place] { places.values.flatMap(\.self).sorted() }

    /// What the pointer tag of an environment names.
    func pointer(of place: Place) -> Digest? {
        let repository = places.first { $0.value.contains(place) }?.key
        return repository.flatMap { tags[$0]?[Tag(pointerOf: place.environment)] }
    }

    /// What takes the traffic of a place: what really answers there.
    func serving(_ place: Place, at now: Timestamp) -> [Release] {
        (routing[place]?.weights ?? [:]).filter { $0.value > 0 }.keys.sorted().compactMap { answering(place, $0, at: now) }
    }

    /// What runs in the slots that take the traffic of a place, as the target has it.
    func taking(_ place: Place) -> [Release] {
        (routing[place]?.weights ?? [:]).filter { $0.value > 0 }.keys.sorted().compactMap { slots[place]?[$0] }
    }

    /// What answers for a slot now.
    func answering(_ place: Place, _ slot: SlotName, at now: Timestamp) -> Release? {
        if let old = oldPods[place]?[slot], old.until > now { return old.release }
        return slots[place]?[slot]
    }

    func takesTraffic(_ slot: SlotName, of place: Place) -> Bool { (routing[place]?.weights[slot] ?? 0) > 0 }
}
