internal import Fixtures
internal import PromotionCore
internal import Simulation

/// Runs of a real agent over a simulated registry: the code that is in use, from the reading to the last entry. Strangers act before
/// anything is read again, people hold and promote while it runs, lines break, answers are lost, and the agent dies at any request.
final class AgentJourney {
    private let operation: RetentionOperation
    private var random: SeededRandom
    private(set) var broken: Set<String> = []
    private(set) var exercised = Exercise()
    private let judge: AgentJudge

    init(seed: UInt64) {
        random = SeededRandom(seed: seed ^ 0xA6E7)
        operation = RetentionOperation(seed: seed)
        operation.rules.candidateCount = random.below(3)
        operation.rules.buildCount = 0
        operation.promised.removeAll { $0 == "v1.0.0" }
        judge = AgentJudge(operation.rules)
        let deletesTags = random.onceIn(2)
        let latency = Milliseconds([2, 20, 80][random.below(3)])
        operation.store.with { ($0.deletesTags, $0.latency) = (deletesTags, latency) }
        fill()
    }

    func go() {
        operation.start()
        let (judge, seed) = (judge, random.next())
        operation.store.with { $0.onRequest = { request, now, state, world in judge.see(request, at: now, &state, &world) } }
        judge.begin(SeededRandom(seed: seed))
        for _ in 0..<2 {
            disturb()
            run()
            operation.start()
            operation.pass(random.onceIn(3) ? .seconds(5) : .seconds(65))
            if random.onceIn(4) { undo() }
        }
        finish()
        for death in operation.store.with(\.diedAt) { exercised.real("dies " + death) }
        for (what, times) in judge.counts { exercised.real(what, times) }
        broken.formUnion(judge.violations)
        broken.formUnion(operation.violations.map { "the agent's own code: \($0)" })
    }

    /// An undisturbed agent: two runs, with a grace between them, leave nothing half done.
    private func finish() {
        judge.end()
        operation.store.with { ($0.diesAt, $0.breaks, $0.losesAnswer, $0.quiet) = (nil, 0, 0, nil) }
        operation.whileRunning = nil
        for _ in 0..<2 {
            operation.start()
            operation.pass(.seconds(65))
            _ = operation.run()
        }
        let left = operation.ledger?.quarantined.values.filter { $0.phase == .quarantining || $0.phase == .deleting } ?? []
        if !left.isEmpty, operation.halted == nil, !operation.isPromoting {
            broken.insert("P8: the agent's own code: what was begun is never finished")
        }
    }

    /// Candidates and builds: images and indexes, some shared, some signed, some released.
    private func fill() {
        operation.store.add(
            StoredDocument(mediaType: .ociManifest, bytes: Array("manifest A".utf8), links: DocumentLinks()),
            as: ["v2.31.0-rc.2"])
        var last = SimulatedStore.image("base")
        operation.store.add(last)
        for number in 0..<(4 + random.below(8)) {
            var document = SimulatedStore.image("\(number)")
            operation.store.add(document)
            if random.onceIn(3) {
                document = SimulatedStore.index("\(number)", over: random.onceIn(2) ? [document, last] : [document])
            }
            var tags = ["v1.\(number / 4).0-rc.\(number % 4 + 1)"]
            if random.onceIn(2) { tags.append("sha-000000\(number % 10)\(number / 10)") }
            if random.onceIn(6) { tags.append("v1.\(number / 4).0") }
            if random.onceIn(8) { tags.append("nightly") }
            operation.store.add(document, as: tags)
            if random.onceIn(4) {
                let signature = SimulatedStore.image("signature of \(number)")
                operation.store.add(signature, as: ["sha256-\(document.digest.hex).sig"])
            }
            last = document
        }
        // A later release, so that no version is open.
        operation.store.add(SimulatedStore.image("later"), as: ["v1.9.0"])
    }

    private func disturb() {
        let (kind, at) = (random.below(4), 20 + random.below(500))
        let breaks = random.onceIn(4) ? 60 + random.below(200) : 0
        let loses = random.onceIn(4) ? 60 + random.below(200) : 0
        let quiet = random.onceIn(6) ? Milliseconds.seconds(Int64(5 + random.below(60))) : nil
        operation.store.with { state in
            state.quiet = quiet
            state.diesAt = kind == 0 ? nil : state.requests + at
            (state.breaks, state.losesAnswer) = kind == 1 ? (breaks, loses) : (0, 0)
        }
    }

    private func run() {
        let (when, deed) = (random.below(6), random.below(4))
        var second = 0
        operation.whileRunning = { [unowned self] in
            second += 1
            guard second == when + 1 else { return }
            act(deed)
        }
        let report = operation.run()
        exercised.real("runs")
        exercised.real("digests quarantined", report?.quarantined ?? 0)
        exercised.real("left alone by a last look", report?.dropped.count ?? 0)
        if let stopped = report?.stopped {
            exercised.real("runs that stopped")
            if stopped.text.contains("leases end") { exercised.real("runs that stopped as their leases ended") }
        }
    }

    private func act(_ deed: Int) {
        let digests = Set(operation.world.with { $0.named }.values).sorted()
        guard !digests.isEmpty else { return }
        let digest = digests[random.below(digests.count)]
        switch deed {
        case 0:
            judge.hold(digest, at: operation.world.now)
            _ = operation.ask(.retention(.hold(Fixtures.payments, digest, reason: "wanted by somebody", until: nil)))
            exercised.real("holds while it runs")
        case 1:
            judge.hold(Operation.fresh.digest, at: operation.world.now)
            operation.promote(Operation.fresh.digest, to: Operation.testing)
            exercised.real("promotions while it runs")
        default: break
        }
    }

    private func undo() {
        let known = (operation.ledger?.quarantined.keys.sorted() ?? []) + operation.files.buried.sorted()
        guard !known.isEmpty else { return }
        let digest = known[random.below(known.count)]
        let answer = operation.ask(.retention(.undo(Fixtures.payments, digest)))
        guard answer == .accepted else { return }
        exercised.real("undone")
        if !operation.world.with({ $0.named.values.contains(digest) }) { broken.insert("P9: what was undone has no name") }
        if !operation.store.isWhole(digest) { broken.insert("P9: what was undone is not whole") }
        if operation.ledger?.quarantined[digest] != nil { broken.insert("P9: what was undone is still under quarantine") }
    }
}
