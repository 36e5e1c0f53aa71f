internal import Fixtures
internal import Logging
package import PromotionCore
package import PromotionRunner
package import Simulation
import Synchronization

/// An agent with a repository to retain, in a simulated world: it dies, others tag things, answers are lost.
package final class RetentionOperation {
    package let world: World
    package let store: SimulatedStore
    package let files: SimulatedFiles
    /// Tags that may never go.
    package var promised = ["testing", "staging", "prod", "prod-blue", "prod-green", "v2.30.3", "v2.30.1", "v1.0.0"]
    package var rules = RetentionRules()
    /// How often the agent runs by itself; from its next start on.
    package var schedule: Milliseconds?
    /// What somebody does every second while a run is under way.
    var whileRunning: (() -> Void)?
    package private(set) var runner: Runner?

    package static let serving = Fixtures.release("B", tag: "v2.30.3")
    package static let warm = Fixtures.release("D", tag: "v2.30.1")

    private let service: Service

    package init(seed: UInt64, service: Service = Fixtures.service()) {
        self.service = service
        world = World(seed: seed)
        store = SimulatedStore(world, seed: seed)
        files = SimulatedFiles(world)
        (rules.candidateCount, rules.buildCount) = (1, 1)
        (rules.candidateAge, rules.buildAge, rules.grace) = (.zero, .zero, .seconds(30))
        rules.allowRatio = 100
        for name in [Fixtures.testing, Fixtures.staging] {
            world.install([.only: Self.serving], live: .only, at: Place(Fixtures.payments, name), from: Fixtures.repository)
        }
        world.install(
            [Fixtures.blue: Self.serving, Fixtures.green: Self.warm], live: Fixtures.blue,
            at: Place(Fixtures.payments, Fixtures.prod), from: Fixtures.repository)
        for (name, tag) in [("B", "v2.30.3"), ("D", "v2.30.1")] {
            store.add(
                StoredDocument(mediaType: .ociManifest, bytes: Array("manifest \(name)".utf8), links: DocumentLinks()), as: [tag])
        }
    }

    /// Candidates and builds, some of them indexes, some sharing a digest with what stays.
    package func fill(_ count: Int) {
        for number in 0..<count {
            let image = SimulatedStore.image("\(number)")
            let tags = ["v1.\(number / 5).0-rc.\(number % 5 + 1)", "sha-000000\(number % 10)\(number / 10)"]
            store.add(image, as: number % 3 == 0 ? [] : tags)
            if number % 3 == 0 { store.add(SimulatedStore.index("\(number)", over: [image]), as: tags) }
            if number % 5 == 2 { store.add(image, as: ["v1.\(number / 5).0"]) }
        }
    }

    /// One more candidate that nothing keeps.
    package func add(_ name: String) {
        store.add(SimulatedStore.image(name), as: ["v1.0.0-rc.\(store.with { $0.documents.count })"])
        store.add(SimulatedStore.image(name + " after it"), as: ["v1.0.0-rc.\(store.with { $0.documents.count } + 100)"])
    }

    /// Starts an agent; the one before is dead from this moment.
    package func start() {
        world.with { state in
            state.dead = Set(0...state.epoch)
            state.owner = state.epoch + 1
        }
        let ports = WorldPorts(world)
        let previous = runner
        let plain = ports.wiring(service)
        let wiring = ServiceWiring(
            service: plain.service, registry: plain.registry, artifacts: store.port(epoch: ports.epoch), places: plain.places,
            retention: RetentionWiring(rules: rules, schedule: schedule, files: files, pace: 100))
        let now = world.now
        runner = wait {
            await previous?.abandon()
            return try await Runner.start(
                wirings: [wiring], ledger: ports, leases: ports, time: ports.time,
                agent: AgentDescription(version: "test", host: "bastion-1", process: 1, since: now), identity: Fixtures.agent,
                session: "\(ports.epoch)", logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        }
    }

    /// Does something in the world's time and gives its result back.
    /// - Parameter limit: how long that may take in its time.
    package func wait<Result: Sendable>(
        within limit: Duration = .seconds(7_200), _ work: @escaping @Sendable () async throws -> Result
    ) -> Result? {
        let box = Mutex<Swift.Result<Result, any Error>?>(nil)
        let outcome = Box(box)
        Task(executorPreference: world.executor) {
            do { outcome.set(.success(try await work())) } catch { outcome.set(.failure(error)) }
        }
        _ = world.executor.run(until: { outcome.isSet }, limit: world.executor.now + limit)
        return outcome.value
    }

    /// Somebody asks the agent.
    package func ask(_ request: OperatorRequest) -> Answer? {
        guard let runner else { return nil }
        return wait { await runner.answer(request, by: Fixtures.alice) }
    }

    /// Makes a plan and shows it.
    package func plan() -> RetentionLines? {
        guard case .retention(.lines(let lines)) = ask(.view(.retention(.plan(Fixtures.payments, allowRatio: nil)))) else {
            return nil
        }
        return lines
    }

    /// Plans, consents, and lets the run come to its end.
    @discardableResult
    package func run() -> RetentionReport? {
        guard let plan = plan() else { return nil }
        guard
            case .accepted? = ask(
                .retention(.apply(Fixtures.payments, plan: plan.plan, count: plan.count, reason: "simulated run")))
        else { return nil }
        return settle()
    }

    /// Lets the run under way come to its end.
    package func settle() -> RetentionReport? {
        for _ in 0..<600 {
            pass(.seconds(1))
            whileRunning?()
            guard let status else { return nil }
            if status.report?.endedAt != nil { return status.report }
        }
        return nil
    }

    /// What a status says.
    package var status: RetentionStatus? {
        guard case .retention(.status(let status)) = ask(.view(.retention(.status(Fixtures.payments)))) else { return nil }
        return status
    }

    /// Lets so much time go by.
    package func pass(_ time: Milliseconds) {
        let end = world.executor.now + time.duration
        _ = wait(within: time.duration + .seconds(60)) { [clock = SimulatedClock(world.executor)] in
            try await clock.sleep(until: .init(offset: end), tolerance: nil)
        }
    }

    /// The agent is gone, and the clock says something much later.
    package func jump(_ time: Milliseconds) {
        world.with { $0.dead = Set(0...$0.epoch) }
        wait { [previous = runner] in await previous?.abandon() }
        runner = nil
        pass(time)
    }

    /// What a status says stands against everything; nil where nothing does.
    package var halted: SafeText? { status?.halted }

    /// Somebody promotes, and does not wait for its end.
    func promote(_ digest: Digest, to place: Place) {
        guard let runner else { return }
        _ = wait { await runner.promote(digest, to: place, by: Fixtures.alice) }
    }

    /// Whether a promotion has not ended.
    var isPromoting: Bool {
        var projection = Projection()
        for entry in world.with({ $0.entries }) { try? projection.apply(entry) }
        return !projection.unfinished.isEmpty
    }

    /// What the ledger has of the repository.
    package var ledger: RetentionProjection? {
        var projection = Projection()
        for entry in world.with({ $0.entries }) { guard (try? projection.apply(entry)) != nil else { return nil } }
        return projection.retention[Fixtures.repository]
    }

    /// What no run may ever do, in words.
    package var violations: [String] {
        var found = store.with(\.violations)
        let tags = world.with { $0.named }
        for (tag, digest) in tags where !store.isWhole(digest) { found.append("\(tag) names what is not whole") }
        for text in promised {
            if text.asTag.flatMap({ tags[$0] }) == nil { found.append("\(text) is gone") }
        }
        return found
    }
}

final class Box<Result: Sendable>: Sendable {
    private let box: Mutex<Swift.Result<Result, any Error>?>

    init(_ box: consuming Mutex<Swift.Result<Result, any Error>?>) { self.box = box }

    func set(_ result: Swift.Result<Result, any Error>) { box.withLock { $0 = result } }
    var isSet: Bool { box.withLock { $0 != nil } }
    var value: Result? { box.withLock { try? $0?.get() } }
}
