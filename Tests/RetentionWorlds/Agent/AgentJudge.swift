internal import Fixtures
internal import PromotionCore
internal import Simulation
import Synchronization

/// Stands between a real agent and the simulated registry: makes strangers act right before something is read, and holds the naive
/// oracle, on things as they are, against every deletion.
final class AgentJudge: Sendable {
    private struct State {
        var random: SeededRandom?
        /// Lists of tags since the last plan was begun: the first is its reading, the others are last looks.
        var lists = 0
        var listedAt: Timestamp?
        var held: [(digest: Digest, at: Timestamp)] = []
        var deleted: Set<Digest> = []
        var counts: [String: Int] = [:]
        var violations: Set<String> = []
        var pushed = 0
        /// What the ledger says, as far as it was read.
        var projection = Projection()
        var folded = 0
    }

    private let rules: RetentionRules
    private let state = Mutex(State())

    init(_ rules: RetentionRules) { self.rules = rules }

    var counts: [String: Int] { state.withLock { $0.counts } }
    var violations: Set<String> { state.withLock { $0.violations } }

    func begin(_ random: SeededRandom) { state.withLock { $0.random = random } }
    func end() { state.withLock { $0.random = nil } }
    func hold(_ digest: Digest, at time: Timestamp) { state.withLock { $0.held.append((digest, time)) } }

    func see(
        _ request: SimulatedStore.Request, at now: Timestamp, _ store: inout SimulatedStore.State, _ world: inout World.State
    ) {
        state.withLock { state in
            switch request {
            case .time: state.lists = 0
            case .list:
                state.lists += 1
                state.listedAt = now
                if state.random?.onceIn(3) ?? false { Self.intrude(&state, &store, &world) }
            case .resolve, .document:
                // While a plan's reading is under way; later, nothing stands between this and a change.
                if state.lists == 1, state.random?.onceIn(40) ?? false { Self.intrude(&state, &store, &world) }
            case .deletes(let digest): judge(digest, at: now, &state, store, world)
            case .deletesTag(let tag, let digest):
                if world.named[tag] == digest, ![.candidate, .build, .quarantine].contains(Oracle.kind(tag, Self.pointers)) {
                    let kind = Oracle.kind(tag, Self.pointers)
                    if kind != .attached { state.violations.insert("P1: the agent's own code: a \(kind) tag was deleted") }
                }
            case .put: break
            }
            if request.changes, !Self.isLeased(world, at: now) {
                state.violations.insert("P17: the agent's own code: the registry is changed after the leases have ended")
            }
        }
    }

    /// Whether every environment is held.
    private static func isLeased(_ world: World.State, at now: Timestamp) -> Bool {
        [Operation.testing, Operation.staging, Operation.prod].allSatisfy { place in
            world.leases[place].map { $0.expires > now } ?? false
        }
    }

    static let pointers = Set(["testing", "staging", "prod", "prod-blue", "prod-green"].compactMap(\.asTag))

    /// Somebody else does something with a digest that is there.
    private static func intrude(_ state: inout State, _ store: inout SimulatedStore.State, _ world: inout World.State) {
        let digests = Set(world.named.values).filter { store.documents[$0] != nil }.sorted()
        guard !digests.isEmpty, var random = state.random else { return }
        defer { state.random = random }
        let digest = digests[random.below(digests.count)]
        state.pushed += 1
        switch random.below(5) {
        case 0:
            "wanted-\(state.pushed)".asTag.map { world.named[$0] = digest }
            state.counts["strangers name", default: 0] += 1
        case 1:
            "nightly".asTag.map { world.named[$0] = digest }
            state.counts["strangers move a tag", default: 0] += 1
        case 2:
            guard let document = store.documents[digest] else { return }
            let index = SimulatedStore.index("of a stranger \(state.pushed)", over: [document])
            store.documents[index.digest] = index
            "sha-aaaa\(1000 + state.pushed)".asTag.map { world.named[$0] = index.digest }
            state.counts["strangers build upon", default: 0] += 1
        case 3:
            let signature = SimulatedStore.image("a stranger's signature \(state.pushed)")
            store.documents[signature.digest] = signature
            "sha256-\(digest.hex).att".asTag.map { world.named[$0] = signature.digest }
            state.counts["strangers sign", default: 0] += 1
        default:
            "v1.\(random.below(3)).0".asTag.map { world.named[$0] = digest }
            state.counts["strangers release", default: 0] += 1
        }
    }

    /// Nothing that is deleted is protected as things are.
    private func judge(
        _ digest: Digest, at now: Timestamp, _ state: inout State, _ store: SimulatedStore.State, _ world: World.State
    ) {
        guard store.documents[digest] != nil else { return }
        for entry in world.entries.dropFirst(state.folded) { try? state.projection.apply(entry) }
        state.folded = world.entries.count
        let seen = snapshot(at: now, store, world, state)
        let oracle = Oracle(seen, gone: state.deleted)
        state.deleted.insert(digest)
        state.counts["deletions judged", default: 0] += 1
        if oracle.protection(countsNameless: false).protected.contains(digest) {
            state.violations.insert("P6: the agent's own code: something is deleted that is protected by now")
        }
        let isTold = seen.snapshot.quarantined.contains { top, known in
            (top == digest || known.parts.contains(digest)) && known.phase == .deleting && known.until <= now
                && known.since + rules.grace <= now
        }
        if store.documents.values.contains(where: { $0.links?.children.contains { $0.digest == digest } ?? false }) {
            state.violations.insert("P2: the agent's own code: a part is deleted before what lists it")
        }
        if !isTold { state.violations.insert("P15: the agent's own code: something is deleted before its grace or its entry") }
    }

    private func isLate(_ digest: Digest, _ state: State) -> Bool {
        guard let listedAt = state.listedAt else { return false }
        return state.held.contains { $0.digest == digest && $0.at + Milliseconds(10) >= listedAt }
    }

    private func snapshot(
        at now: Timestamp, _ store: SimulatedStore.State, _ world: World.State, _ state: State
    ) -> RetentionWorld {
        var snapshot = RetentionSnapshot(
            repository: Fixtures.repository,
            capabilities: RegistryCapabilities(tagDeletion: .yes, digestDeletion: .yes, referrersAPI: .no))
        snapshot.tags = world.named
        snapshot.pointers = Self.pointers
        for (digest, document) in store.documents {
            var manifest = StoredManifest(mediaType: "manifest")
            manifest.children = document.links?.children.map(\.digest) ?? []
            snapshot.manifests[digest] = manifest
            snapshot.sightings.first[digest] = now
        }
        for release in [RetentionOperation.serving, RetentionOperation.warm] {
            snapshot.kept.append(.init(digest: release.digest, rule: .goal, because: "it runs"))
        }
        let own = state.projection.retention[Fixtures.repository] ?? RetentionProjection()
        snapshot.quarantined = own.quarantined
        // What was held after the list was asked for may be too late.
        for digest in own.holds.keys where !isLate(digest, state) {
            snapshot.kept.append(.init(digest: digest, rule: .hold, because: "somebody wants it"))
        }
        for promotion in state.projection.unfinished where !isLate(promotion.plan.release.digest, state) {
            snapshot.kept.append(.init(digest: promotion.plan.release.digest, rule: .promotion, because: "it is promoted"))
        }
        return RetentionWorld(snapshot: snapshot, rules: rules, now: now)
    }
}
