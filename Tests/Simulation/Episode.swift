internal import Fixtures
internal import PromotionCore

/// One seeded run: a world that goes wrong in every way it can, people who press anything, agents that die.
package struct Episode {
    /// What came of it.
    package struct Report: Sendable {
        package var seed: UInt64
        package var promotions = 0
        package var crashes = 0
        package var requests = 0
        package var states: Set<String> = []
        package var outcomes: [String: Int] = [:]
        /// What broke a promise, in words; empty in a right run.
        package var violations: [String] = []
        /// The last facts of the ledger, for a reader.
        package var trace: [String] = []
    }

    private var random: SeededRandom
    private let operation: Operation
    private var report: Report
    private let releases: [Release]
    /// Whether a stranger moved a tag: pointers then need not name what serves.
    private var hasStranger = false

    private init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        let service = Self.service(&random)
        operation = Operation(seed: random.next(), service: service)
        releases = (1...3).map { Fixtures.release("candidate \($0)", tag: "v2.4\($0).0-rc.1") }
        report = Report(seed: seed)
    }

    /// Runs one seed; the same seed always gives the same report.
    package static func run(seed: UInt64) -> Report {
        var episode = Episode(seed: seed)
        episode.play()
        return episode.report
    }

    /// Rules that differ from run to run, and times short enough to live through.
    private static func service(_ random: inout SeededRandom) -> Service {
        let manual = random.onceIn(4)
        return Fixtures.service(
            checks: random.onceIn(5) ? [] : [Fixtures.health], soak: random.onceIn(6) ? .seconds(20) : .zero,
            switching: manual ? .manual : .automatic, onInconclusive: random.onceIn(5) ? .fail : .rollBack)
    }

    private mutating func play() {
        for release in releases {
            operation.world.push(release)
            let sickness: World.Sickness? = random.onceIn(4) ? .withTraffic : random.onceIn(6) ? .always : nil
            operation.world.with { $0.sick[release.digest] = sickness }
        }
        operation.startAgent()
        setFaults()
        for _ in 0..<(8 + random.below(16)) {
            act()
            operation.pass(Milliseconds(Int64(random.below(random.onceIn(3) ? 30_000 : 1_500))))
            check()
        }
        settle()
    }

    private mutating func setFaults() {
        var faults = World.Faults()
        if random.onceIn(2) { faults.breaks = 4 + random.below(40) }
        if random.onceIn(3) { faults.losesAnswer = 6 + random.below(40) }
        if random.onceIn(5) { faults.diskIsFull = 8 + random.below(60) }
        if random.onceIn(12) {
            faults.tagIsMoved = 6 + random.below(20)
            hasStranger = true
        }
        operation.world.with { $0.faults = faults }
    }

    /// Somebody or something does one thing.
    private mutating func act() {
        report.requests += 1
        let place = [Operation.testing, Operation.staging, Operation.prod, Operation.prod][random.below(4)]
        let release = releases[random.below(releases.count)]
        switch random.below(12) {
        case 0...3: _ = operation.promote(release.digest, to: place)
        case 4:
            _ = operation.ask(
                .addEvidence(Operation.staging, digest: release.digest, passed: 6, total: random.onceIn(5) ? 7 : 6, note: nil))
        case 5, 6: rollBack(place)
        case 7: if let number = active(place) { _ = operation.ask(.abort(number, reason: "simulated")) }
        case 8: if let number = active(place) { _ = operation.ask(.goOn(number, reason: "simulated reason")) }
        case 9, 10: crash()
        default: operation.pass(.seconds(Int64(random.below(60))))
        }
    }

    private func active(_ place: Place) -> PromotionNumber? {
        operation.board()?.projection.services[place.service]?.active(in: place.environment)?.number
    }

    private func rollBack(_ place: Place) {
        guard let goal = operation.board()?.rollback(of: place).release else { return }
        _ = operation.ask(.rollBack(place, goal: goal.digest, reason: "simulated"))
    }

    /// The agent dies where it stands, and another starts.
    private mutating func crash() {
        report.crashes += 1
        operation.startAgent()
        for _ in 0..<20 where operation.runner == nil {
            operation.pass(.seconds(1))
            operation.startAgent()
        }
        if operation.runner == nil { report.violations.append("no agent could be started") }
    }

    /// The faults end; whatever is under way must end, or wait for a person that the state names.
    private mutating func settle() {
        operation.world.with { $0.faults = World.Faults() }
        crash()
        for _ in 0..<180 where hasUnfinished { operation.pass(.minutes(1)) }
        operation.pass(.seconds(31))
        check()
        guard let projection = try? operation.projection() else {
            report.violations.append("the ledger cannot be folded")
            return
        }
        for promotion in projection.services.values.flatMap(\.promotions) {
            report.promotions += 1
            for passage in promotion.passage { report.states.insert(passage.state.words) }
            report.outcomes[promotion.state.words, default: 0] += 1
            if !promotion.hasEnded, promotion.state != .rollbackFailed {
                report.violations.append("promotion \(promotion.number) never ends: \(promotion.state.words)")
            }
        }
        report.violations += Promises.atRest(operation, projection, hasStranger: hasStranger)
        guard !report.violations.isEmpty else { return }
        report.trace = operation.world.with { $0.entries.suffix(60).map(Self.line) }
    }

    /// Whether something is under way that is expected to end by itself.
    private var hasUnfinished: Bool {
        operation.board()?.projection.unfinished.contains { $0.state != .rollbackFailed } ?? false
    }

    private mutating func check() {
        for violation in operation.world.with({ $0.violations }) where !report.violations.contains(violation) {
            report.violations.append(violation)
        }
        report.violations += Promises.always(operation).filter { !report.violations.contains($0) }
    }

    private static func line(_ entry: LedgerEntry) -> String {
        let detail: String
        switch try? entry.fact() {
        case .happened(let event)?: detail = event.detail.text
        case .started(let start)?: detail = "\(start.plan.release.digest.short()) to \(start.plan.slot)"
        default: detail = ""
        }
        let place = entry.draft.place.map { "\($0)" } ?? "-"
        return
            "\(entry.sequence) \(entry.draft.at) \(place) \(entry.draft.promotion?.description ?? "-") \(entry.draft.kind) \(detail)"
    }
}
