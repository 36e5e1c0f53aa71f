import Fixtures
import Logging
import PromotionCore
import PromotionRunner
import Simulation
import Synchronization

/// One simulated operation: a world, an agent in it, and people who ask for things.
final class Operation {
    let world: World
    let service: Service
    private(set) var runner: Runner?

    static let serving = Fixtures.release("B", tag: "v2.30.3")
    static let warm = Fixtures.release("D", tag: "v2.30.1")
    static let fresh = Fixtures.release("A", tag: "v2.31.0-rc.2")
    static let prod = Place(Fixtures.payments, Fixtures.prod)
    static let staging = Place(Fixtures.payments, Fixtures.staging)
    static let testing = Place(Fixtures.payments, Fixtures.testing)

    init(seed: UInt64, service: Service = Fixtures.service()) {
        world = World(seed: seed)
        self.service = service
        world.install([.only: Self.serving], live: .only, at: Self.testing)
        world.install([.only: Self.serving], live: .only, at: Self.staging)
        world.install([Fixtures.blue: Self.serving, Fixtures.green: Self.warm], live: Fixtures.blue, at: Self.prod)
        world.push(Self.fresh)
    }

    /// Does something in the world's time and gives its result back.
    /// - Returns: nil where the world stood still or virtual time ran out before it was done.
    @discardableResult
    func await<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) -> Result? {
        let box = Mutex<Swift.Result<Result, any Error>?>(nil)
        let outcome = Outcome(box)
        Task(executorPreference: world.executor) {
            do { outcome.set(.success(try await work())) } catch { outcome.set(.failure(error)) }
        }
        _ = world.executor.run(until: { outcome.isSet }, limit: world.executor.now + .seconds(7_200))
        return outcome.value
    }

    /// Starts an agent; the one before, if any, is dead from this moment, in the middle of whatever it did.
    func startAgent() {
        let ports = WorldPorts(world)
        let previous = runner
        let wiring = ports.wiring(service)
        let now = world.now
        runner = self.await {
            await previous?.stop()
            return try await Runner.start(
                wirings: [wiring], ledger: ports, leases: ports, time: ports.time,
                agent: AgentDescription(version: "test", host: "bastion-1", process: 1, since: now), identity: Fixtures.agent,
                session: "\(ports.epoch)", logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        }
    }

    func ask(_ request: OperatorRequest) -> Answer? {
        guard let runner else { return nil }
        return self.await { await runner.answer(request, by: Fixtures.alice) }
    }

    /// Plans and starts, as the console does.
    func promote(_ digest: Digest, to place: Place) -> Answer? {
        let request = PromotionRequest(place: place, digest: digest)
        guard case .plan(let answer)? = ask(.view(.plan(request))) else { return nil }
        guard let plan = answer.plan else { return .refused(answer.objections) }
        return ask(.promote(request, planHash: plan.hash))
    }

    /// Lets the world go on until the promotion has ended or stands in a state.
    func wait(for number: PromotionNumber, state words: String? = nil) {
        guard let runner else { return }
        self.await {
            let subscription = await runner.subscribe()
            var board = subscription.board
            func isThere() -> Bool {
                guard let promotion = board.projection.promotion(number) else { return false }
                return words == nil ? promotion.hasEnded : promotion.state.words == words
            }
            if isThere() { return }
            for await change in subscription.changes {
                try board.apply(change)
                if isThere() || board.projection.promotion(number)?.hasEnded == true { return }
            }
        }
    }

    /// Lets this much time pass in the world.
    func pass(_ time: Duration) {
        let clock = SimulatedClock(world.executor)
        self.await { try await clock.sleep(for: time) }
    }

    /// The ledger's projection, folded anew from its entries.
    func projection() throws -> Projection {
        var projection = Projection()
        for entry in world.with({ $0.entries }) { try projection.apply(entry) }
        return projection
    }

    func state(of number: Int64 = 1) throws -> String? { try projection().promotion(PromotionNumber(number))?.state.words }
    func live() -> SlotName? { world.with { $0.routing[Self.prod]?.live } }

    /// What users of prod get.
    func serving() -> Release? {
        world.with { state in state.routing[Self.prod]?.live.flatMap { state.slots[Self.prod]?[$0] } }
    }

    func tag(_ text: String) -> Digest? { world.with { state in text.asTag.flatMap { state.tags[$0] } } }
}

/// A result that is set once, from wherever.
private final class Outcome<Result: Sendable>: Sendable {
    private let box: Mutex<Swift.Result<Result, any Error>?>

    init(_ box: consuming Mutex<Swift.Result<Result, any Error>?>) { self.box = box }

    func set(_ result: Swift.Result<Result, any Error>) { box.withLock { $0 = result } }
    var isSet: Bool { box.withLock { $0 != nil } }
    var value: Result? { box.withLock { try? $0?.get() } }
}
