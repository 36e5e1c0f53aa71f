package import Platform
package import PromotionCore

/// Why a command has no answer from the agent.
package enum AgentClientError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The agent ended the connection and said why.
    case goodbye(SafeText)
    /// The agent ended the connection without a word.
    case closed
    case noAnswer(after: Milliseconds)
    /// A line that the agent should not have sent.
    case unreadable(SafeText)
    case tooLong
    /// More happened while waiting for an answer than is kept.
    case tooMuch
    case system(SystemFault)

    package var description: String {
        switch self {
        case .goodbye(let reason): "the agent ended the connection: \(reason)"
        case .closed: "the agent ended the connection without a word; see its log, and whether it still runs: baton status"
        case .noAnswer(let span): "the agent did not answer within \(span); what was asked may still happen: see baton status"
        case .unreadable(let detail): "the agent sent what this version does not understand (\(detail)); use the agent's version"
        case .tooLong: "the agent sent a line of more than \(Wire.answerLimit) bytes, which is more than a client reads"
        case .tooMuch: "more than \(AgentClient.keptLimit) changes arrived before the answer; ask on a connection of its own"
        case .system(let fault): SafeText(fault.description).text
        }
    }
}
