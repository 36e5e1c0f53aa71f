internal import Fixtures
internal import Logging
package import PromotionCore
package import PromotionRunner
import Synchronization

/// One simulated operation: a world, agents in it, and people who ask for things.
package final class Operation {
    package let world: World
    package let services: [Service]
    /// The agent that people talk to.
    package private(set) var runner: Runner?
    /// Who is told of what happens; known to agents that are started from then on.
    package var receivers: [any Receiver] = []
    private var epoch = 0
    /// Agents that were taken over from, and do not know it yet.
    private var forgotten: [(runner: Runner, epoch: Int)] = []

    package static let serving = Fixtures.release("B", tag: "v2.30.3")
    package static let warm = Fixtures.release("D", tag: "v2.30.1")
    package static let fresh = Fixtures.release("A", tag: "v2.31.0-rc.2")
    /// A second service, where there is one.
    package static let refunds: ServiceName = .literal("refunds")
    package static let prod = Place(Fixtures.payments, Fixtures.prod)
    package static let staging = Place(Fixtures.payments, Fixtures.staging)
    package static let testing = Place(Fixtures.payments, Fixtures.testing)

    /// - Parameter isNew: whether nothing was ever deployed anywhere.
    package convenience init(seed: UInt64, service: Service = Fixtures.service(), isNew: Bool = false) {
        self.init(seed: seed, services: [service], isNew: isNew)
    }

    /// - Parameter isNew: whether nothing was ever deployed anywhere.
    package init(seed: UInt64, services: [Service], isNew: Bool) {
        world = World(seed: seed)
        self.services = services
        for service in services {
            for environment in service.path {
                let isLast = service.isLast(environment.name)
                let found: [SlotName: Release] =
                    isLast ? [Fixtures.blue: Self.serving, Fixtures.green: Self.warm] : [.only: Self.serving]
                world.install(
                    isNew ? [:] : found, live: isLast ? Fixtures.blue : .only, at: Place(service.name, environment.name),
                    from: service.home(of: environment.name).repository)
            }
        }
        world.push(Self.fresh)
        for service in services {
            for environment in service.path {
                guard let home = environment.home else { continue }
                world.with { state in
                    let running = state.slots[Place(service.name, environment.name)] ?? [:]
                    state.homes[home.repository] = Set(running.values.map(\.digest))
                }
            }
        }
    }

    /// Does something in the world's time and gives its result back.
    /// - Returns: nil where the world stood still or virtual time ran out before it was done.
    @discardableResult
    package func await<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) -> Result? {
        let outcome = Outcome<Result>()
        begin {
            do { outcome.set(.success(try await work())) } catch { outcome.set(.failure(error)) }
        }
        _ = world.executor.run(until: { outcome.isSet }, limit: world.executor.now + .seconds(7_200))
        return outcome.value
    }

    /// Begins something that goes on while other things happen.
    func begin(_ work: @escaping @Sendable () async -> Void) {
        Task(executorPreference: world.executor) { await work() }
    }

    /// Starts an agent; the ones before, if any, are dead from this moment, in the middle of whatever they did.
    package func startAgent() {
        let dead = forgotten.map(\.runner) + [runner].compactMap(\.self)
        forgotten = []
        world.with { state in
            state.dead = Set(0...state.epoch)
            state.owner = state.epoch + 1
        }
        runner = start(after: dead)
        epoch = world.with(\.epoch)
    }

    /// Starts an agent that takes the ledger from one that goes on without knowing.
    package func takeOver() {
        if let runner { forgotten.append((runner, epoch)) }
        world.with { $0.owner = $0.epoch + 1 }
        runner = start(after: [])
        epoch = world.with(\.epoch)
    }

    /// Tries to start an agent beside the one that owns the ledger.
    /// - Returns: whether it could be.
    func startAnother() -> Bool {
        let other = start(after: [])
        guard let other else { return false }
        self.await { await other.abandon() }
        return true
    }

    /// Ends the agent in order, and starts another.
    func restart() {
        let previous = runner
        self.await { await previous?.stop() }
        startAgent()
    }

    /// Ends every agent and everything that still waits.
    package func finish() {
        let all = forgotten.map(\.runner) + [runner].compactMap(\.self)
        self.await { for runner in all { await runner.abandon() } }
        runner = nil
        world.executor.finish()
    }

    private func start(after dead: [Runner]) -> Runner? {
        let ports = WorldPorts(world)
        let wirings = services.map(ports.wiring)
        let told: [any Receiver] = world.with(\.hasReceiver) ? [WorldReceiver(ports: ports)] : []
        let aftermath = Aftermath(receivers: receivers + told)
        let now = world.wall
        return self.await {
            for runner in dead { await runner.abandon() }
            return try await Runner.start(
                wirings: wirings, ledger: ports, leases: ports, time: ports.time,
                agent: AgentDescription(version: "test", host: "bastion-1", process: 1, since: now), identity: Fixtures.agent,
                session: "\(ports.epoch)", aftermath: aftermath,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        }
    }

    package func ask(_ request: OperatorRequest, by account: Account = Fixtures.alice) -> Answer? {
        guard let runner else { return nil }
        return self.await { await runner.answer(request, by: account) }
    }

    /// Plans and starts, as the console does.
    package func promote(_ digest: Digest, to place: Place) -> Answer? {
        guard let runner else { return nil }
        return self.await { await runner.promote(digest, to: place, by: Fixtures.alice) }
    }

    /// Orders what is offered first among what moves traffic to a release; what serves is rolled back, not a promotion stopped.
    package func rollBack(
        _ place: Place, to goal: Digest, vetoes: Bool = true, reason: SafeText? = nil, by account: Account = Fixtures.alice
    ) -> Answer? {
        guard let offer = board()?.rollbackOffer(to: goal, at: place),
            let order = RollbackOrder(offer, vetoes: vetoes, reason: reason)
        else { return .refused([]) }
        world.with { $0.witness.orders.append(.init(offer: offer, vetoes: vetoes, by: account)) }
        return ask(.rollBack(order), by: account)
    }

    /// Lets the world go on until the promotion has ended or stands in a state.
    package func wait(for number: PromotionNumber, state words: String? = nil) {
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

    /// Lets an amount of virtual time go by.
    package func pass(_ time: Milliseconds) {
        let end = world.executor.now + time.duration
        _ = world.executor.run(until: { false }, limit: end)
        world.executor.advance(to: end)
    }

    /// Somebody opens a console, and leaves it open.
    package func follow() {
        if let runner { _ = Viewer(runner, self) }
    }

    /// What viewers are shown now.
    package func board() -> Board? {
        guard let runner else { return nil }
        return self.await { await runner.subscribe().board }
    }

    /// The ledger's projection, as it was folded while it grew.
    package func projection() throws -> Projection { world.with { $0.witness.projection } }

    package func state(of number: Int64 = 1) throws -> String? {
        try projection().promotion(PromotionNumber(number))?.state.words
    }
    package func live() -> SlotName? { world.with { $0.routing[Self.prod]?.live } }

    /// What users of prod get.
    package func serving() -> Release? {
        world.with { state in state.routing[Self.prod]?.live.flatMap { state.slots[Self.prod]?[$0] } }
    }

    /// What a tag names, in whichever of the repositories it is.
    package func tag(_ text: String) -> Digest? {
        world.with { state in
            text.asTag.flatMap { tag in state.tags.sorted { $0.key.text < $1.key.text }.lazy.compactMap { $0.value[tag] }.first }
        }
    }
}

extension Runner {
    /// Plans and starts, as the console does.
    package func promote(
        _ digest: Digest, to place: Place, _ whenUnmet: PromotionRequest.WhenUnmet = .refuse, by account: Account,
        with grant: Grant = Grant(.admin)
    ) async -> Answer {
        let request = PromotionRequest(place: place, digest: digest, whenUnmet: whenUnmet)
        guard case .plan(let answer) = await self.answer(.view(.plan(request)), by: account, with: grant) else {
            return .accepted
        }
        guard let plan = answer.plan ?? (whenUnmet == .wait ? answer.waiting : nil) else { return .refused(answer.objections) }
        return await self.answer(.promote(request, planHash: plan.hash), by: account, with: grant)
    }
}

/// A result that is set once, from wherever.
final class Outcome<Result: Sendable>: Sendable {
    private let box = Mutex<Swift.Result<Result, any Error>?>(nil)

    func set(_ result: Swift.Result<Result, any Error>) { box.withLock { $0 = result } }
    var isSet: Bool { box.withLock { $0 != nil } }
    var value: Result? { box.withLock { try? $0?.get() } }
}
