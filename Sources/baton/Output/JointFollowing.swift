internal import Agent
internal import PromotionCore

/// Follows one joint release to its end and prints what its members come to.
struct JointFollowing {
    let client: AgentClient
    /// Connects again where the agent died.
    let reconnect: () throws(Ended) -> AgentClient
    let number: JointNumber
    /// Whether the undoing is what was asked for.
    var wantsUndo = false

    /// - Throws: `Ended` with the status of the end, unless it is what was asked for.
    func run() throws {
        Output.letOutcomeDecide()
        var feed = try AgentFeed(client, for: .minutes(24 * 60), reconnect: reconnect) {
            Output.complain("the agent died; joint release \(number) is followed as soon as it runs again")
        }
        var board: Board?
        var shown: [String] = []
        while let line = try feed.next() {
            switch line {
            case .snapshot(let fresh): board = fresh
            case .change(let change): try board?.apply(change)
            case .goodbye(let reason): throw Ended(.broke, "the agent ended the connection: \(reason); the set goes on")
            case .welcome, .answer: continue
            }
            guard let joint = board?.projection.joint(number) else { continue }
            let words = PlainText.joint(joint)
            if words != shown { words.forEach(Output.line) }
            shown = words
            switch joint.state {
            case .succeeded: return
            case .undone, .cancelled: if wantsUndo { return } else { throw Ended(.failed) }
            case .undoFailed: throw Ended(.unknown)
            case .preparing, .switching, .baking, .undoing: continue
            }
        }
        throw Ended(.stillRunning, "joint release \(number) is still under way; see baton joint status")
    }
}
