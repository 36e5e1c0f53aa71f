internal import Agent
internal import PromotionCore

/// Follows one joint release to its end and prints what its members come to.
struct JointFollowing {
    let client: AgentClient
    let number: JointNumber
    /// Whether the undoing is what was asked for.
    var wantsUndo = false

    /// - Throws: `Ended` with the status of the end, unless it is what was asked for.
    func run() throws {
        Output.letOutcomeDecide()
        do throws(AgentClientError) { try client.subscribe(within: .seconds(10)) } catch {
            throw Ended(.broke, error.description)
        }
        var lines = client.lines(for: .minutes(24 * 60))
        var board: Board?
        var shown: [String] = []
        while let line = try next(&lines) {
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

    private func next(_ lines: inout AgentClient.Lines) throws(Ended) -> AgentLine? {
        do throws(AgentClientError) { return try lines.next() } catch { throw Ended(.broke, error.description) }
    }
}
