package import Platform
package import PromotionCore

/// Why a console could not start an agent.
package enum AgentLaunchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Something is in the way that starting an agent would not help.
    case socket(AgentSocketError)
    /// The place belongs to another account, whose agent it is to start.
    case belongsToAnother(SafeText, owner: SafeText)
    case directory(SocketDirectoryFault)
    /// Another console is starting an agent and does not get it done.
    case starting(SafeText, waited: Milliseconds)
    case notExecutable(SafeText)
    case log(SafeText, reason: SafeText)
    case died(how: SafeText, log: SafeText, lastLines: [SafeText])
    case silent(process: Int32, waited: Milliseconds, log: SafeText, lastLines: [SafeText])
    case system(SystemFault)

    package var description: String {
        switch self {
        case .socket(let error): error.description
        case .belongsToAnother(let path, let owner):
            "no agent runs, and \(path) belongs to \(owner); ask \(owner) to start the agent: systemctl start baton"
        case .directory(let fault): fault.description
        case .starting(let lock, let waited):
            "another console has been starting an agent for \(waited) and holds \(lock); see what it says, then try again"
        case .notExecutable(let path): "\(path) cannot be run as the agent; give the absolute path of a program"
        case .log(let path, let reason): "\(path) cannot be the agent's log: \(reason)"
        case .died(let how, let log, let lines): "the agent \(how) before it listened; its log is \(log)" + Self.quoted(lines)
        case .silent(let process, let waited, let log, let lines):
            "the agent was started (process \(process)) and does not listen after \(waited); its log is \(log)"
                + Self.quoted(lines)
        case .system(let fault): SafeText(fault.description).text
        }
    }

    private static func quoted(_ lines: [SafeText]) -> String {
        lines.isEmpty ? " and says nothing" : " and ends:\n" + lines.map { "  \($0)" }.joined(separator: "\n")
    }
}
