internal import PromotionCore
internal import Synchronization

/// A small engine: it remembers what it was asked and publishes what a test tells it to.
final class TestEngine: Engine {
    private struct State {
        var asked: [OperatorRequest] = []
        var accounts: [Account] = []
        var denials: [String] = []
        var subscribers: [AsyncStream<BoardChange>.Continuation] = []
        var subscriptions = 0
        var ended = 0
        /// Questions that wait until the test lets them go.
        var held: [CheckedContinuation<Void, Never>] = []
        var isHolding = false
    }

    /// What the contract of `Engine` allows a subscriber to fall behind.
    private let bufferedChanges: Int
    private let state = Mutex(State())

    private let endsAtOnce: Bool

    /// - Parameter endsAtOnce: whether every subscription ends with its board.
    init(bufferedChanges: Int = 256, endsAtOnce: Bool = false) {
        self.bufferedChanges = bufferedChanges
        self.endsAtOnce = endsAtOnce
    }

    static let description = AgentDescription(
        version: "1.0.0", host: "bastion", process: 4_711, since: Timestamp(millisecondsSinceEpoch: 1_787_580_131_000))

    var board: Board { Board(services: [], projection: Projection(), agent: Self.description) }
    var asked: [OperatorRequest] { state.withLock(\.asked) }
    /// Denials that were to be kept, as `account: wanted`.
    var denials: [String] { state.withLock(\.denials) }
    var accounts: [Account] { state.withLock(\.accounts) }
    var subscriptions: Int { state.withLock(\.subscriptions) }
    /// Subscriptions that nobody listens to any more.
    var ended: Int { state.withLock(\.ended) }
    var heldCount: Int { state.withLock(\.held.count) }

    func answer(_ request: OperatorRequest, by account: Account, with grant: Grant) async -> Answer {
        let isHolding = state.withLock { state in
            state.asked.append(request)
            state.accounts.append(account)
            return state.isHolding
        }
        if isHolding { await withCheckedContinuation { waiting in state.withLock { $0.held.append(waiting) } } }
        return switch request {
        case .view(.board): .board(board)
        case .view(.entries): .entries([])
        case .view: .refused([])
        default: .accepted
        }
    }

    func noteDenial(of wanted: SafeText, to account: Account, at place: Place?, because reason: SafeText) async {
        state.withLock { $0.denials.append("\(account): \(wanted)") }
    }

    func subscribe() async -> Subscription {
        let (changes, continuation) = AsyncStream.makeStream(
            of: BoardChange.self, bufferingPolicy: .bufferingOldest(bufferedChanges))
        continuation.onTermination = { [self] _ in state.withLock { $0.ended += 1 } }
        state.withLock { state in
            state.subscribers.append(continuation)
            state.subscriptions += 1
        }
        if endsAtOnce { continuation.finish() }
        return Subscription(board: board, changes: changes)
    }

    /// Tells every subscriber, and ends the stream of one that has fallen behind.
    func publish(_ change: BoardChange) {
        for subscriber in state.withLock(\.subscribers) {
            if case .dropped = subscriber.yield(change) { subscriber.finish() }
        }
    }

    /// From now on questions wait.
    func hold() { state.withLock { $0.isHolding = true } }

    /// Lets the waiting questions go.
    func letGo() {
        let held = state.withLock { state in
            defer { state.held = [] }
            state.isHolding = false
            return state.held
        }
        for waiting in held { waiting.resume() }
    }
}

extension BoardChange {
    /// A change that can be told from others, and weighs about `bytes`.
    static func numbered(_ number: Int, bytes: Int = 0) -> BoardChange {
        let slot = SlotObservation(
            at: Timestamp(millisecondsSinceEpoch: Int64(number)),
            health: .unhealthy(SafeText(String(repeating: "x", count: bytes), limit: 4_000)), instances: [], endpoint: nil)
        return .observed(
            Place(.literal("shop"), .literal("prod")),
            EnvironmentObservation(
                at: slot.at, slots: [.only: .known(slot, at: slot.at)], routing: .unknown("", since: slot.at),
                pointers: .unknown("", since: slot.at)))
    }

    var number: Int? {
        guard case .observed(_, let observation) = self else { return nil }
        return Int(observation.at.millisecondsSinceEpoch)
    }
}
