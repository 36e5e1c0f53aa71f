internal import Agent
internal import PromotionCore

/// Follows one promotion to its end and prints what happens to it.
struct Following {
    let client: AgentClient
    /// Connects again where the agent died.
    let reconnect: () throws(Ended) -> AgentClient
    let number: PromotionNumber
    let isJSON: Bool
    /// Whether the rollback of a running promotion is what was asked for.
    var wantsRollback = false
    /// Whether it was to be stopped before it moved traffic.
    var wantsStop = false

    /// - Parameter patience: nil waits as long as it takes; the promotion's own deadlines bound it.
    /// - Throws: `Ended` with the status of the end, unless it is a success.
    func run(for patience: Milliseconds?) throws {
        Output.letOutcomeDecide()
        var feed = try AgentFeed(client, for: patience ?? .minutes(24 * 60), reconnect: reconnect) {
            Output.complain("the agent died; promotion \(number) is followed as soon as it runs again")
        }
        var board: Board?
        var told: Milliseconds?
        var deaths = 0
        while let line = try feed.next() {
            switch line {
            case .snapshot(let fresh):
                if feed.deaths > deaths {
                    deaths = feed.deaths
                    Output.complain("agent \(fresh.agent.process) goes on with promotion \(number)")
                }
                board = fresh
            case .change(let change):
                try board?.apply(change)
                if !isJSON, case .copying(number, let progress) = change { tell(progress, &told) }
                if !isJSON, case .entry(let entry) = change, entry.draft.promotion == number, let line = board?.stream.last,
                    line.sequence == entry.sequence
                {
                    Output.line(PlainText.stream(line))
                }
            case .goodbye(let reason):
                throw Ended(.broke, "the agent ended the connection: \(reason); promotion \(number) goes on")
            case .welcome, .answer: continue
            }
            guard let promotion = board?.projection.promotion(number), let status = ExitStatus(promotion) else { continue }
            return try report(promotion, status)
        }
        if isJSON, let promotion = board?.projection.promotion(number) { try Output.json(PromotionDocument(promotion)) }
        throw Ended(.stillRunning, "promotion \(number) is still running; see baton status")
    }

    /// Between two lines about a copy.
    private static let copyPause = Milliseconds.seconds(1)

    /// - Parameter last: when it was last told, on the boot clock.
    private func tell(_ progress: CopyProgress, _ last: inout Milliseconds?) {
        let now = MachineClock.boot.elapsed
        if let last, now < last + Self.copyPause { return }
        last = now
        Output.line("\(WallClock.now.clock) \(number) copying \(progress.words)")
    }

    private func report(_ promotion: Promotion, _ status: ExitStatus) throws {
        if isJSON {
            try Output.json(PromotionDocument(promotion))
        } else {
            let reason = promotion.failure.map { ": \($0.reason)" } ?? ""
            Output.line("\(promotion.plan.kind.rawValue) \(promotion.number) \(promotion.state.words)\(reason)")
        }
        let isWanted =
            switch promotion.state {
            case .ended(.cancelled) where wantsStop, .ended(.rolledBack) where wantsRollback: true
            default: status == .done && !wantsStop
            }
        if !isWanted { throw Ended(status) }
    }
}
