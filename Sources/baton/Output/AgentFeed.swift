internal import Agent
internal import PromotionCore

/// The lines of a subscription, also over the end of the agent that sent them.
struct AgentFeed {
    private var client: AgentClient
    private var lines: AgentClient.Lines
    private let end: ContinuousClock.Instant
    private let reconnect: () throws(Ended) -> AgentClient
    private let noteDeath: () -> Void
    private var limit = RestartLimit()
    /// How many agents have died while this was followed.
    private(set) var deaths = 0

    /// Subscribes.
    /// - Parameters:
    ///   - patience: how long to follow.
    ///   - reconnect: connects to the agent that runs after one that died.
    ///   - noteDeath: says that the connection broke without a word.
    /// - Throws: `Ended` where the agent does not answer.
    init(
        _ client: AgentClient, for patience: Milliseconds, reconnect: @escaping () throws(Ended) -> AgentClient,
        noteDeath: @escaping () -> Void
    ) throws(Ended) {
        self.client = client
        self.reconnect = reconnect
        self.noteDeath = noteDeath
        end = ContinuousClock.now + patience.duration
        lines = try Self.subscribe(client, until: end)
    }

    private static func subscribe(
        _ client: AgentClient, until end: ContinuousClock.Instant
    ) throws(Ended) -> AgentClient.Lines {
        do throws(AgentClientError) { try client.subscribe(within: .seconds(10)) } catch {
            throw Ended(.broke, error.description)
        }
        let left = (end - ContinuousClock.now).components
        return client.lines(for: Milliseconds(max(0, left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000)))
    }

    /// The next line; `nil` when the time is over. After a new agent the first one is a snapshot again.
    /// - Throws: `Ended` where the agent ended in order, or cannot be reached again.
    mutating func next() throws(Ended) -> AgentLine? {
        while true {
            do throws(AgentClientError) { return try lines.next() } catch {
                guard error.meansDeath else { throw Ended(.broke, error.description) }
            }
            deaths += 1
            noteDeath()
            guard limit.next(at: MachineClock.boot.elapsed) != nil else {
                throw Ended(.broke, "the agent died \(RestartLimit.starts) times within \(RestartLimit.span); see its log")
            }
            client = try reconnect()
            lines = try Self.subscribe(client, until: end)
        }
    }
}

extension AgentClientError {
    /// Whether the agent ended without saying so.
    fileprivate var meansDeath: Bool {
        switch self {
        case .closed: true
        case .goodbye, .noAnswer, .unreadable, .tooLong, .tooMuch, .system: false
        }
    }
}
