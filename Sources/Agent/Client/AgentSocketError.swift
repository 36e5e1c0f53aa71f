package import Platform
package import PromotionCore

/// Why a client is not connected to an agent, and what to do.
package enum AgentSocketError: Error, Hashable, Sendable, CustomStringConvertible {
    case path(SafeText, bytes: Int)
    case noSuchFile(SafeText)
    case notASocket(SafeText)
    case nobodyListens(SafeText)
    /// This account may not connect to the socket of another.
    case belongsToAnother(SafeText, owner: SafeText, group: SafeText)
    case permissionDenied(SafeText)
    /// The one behind the socket is not the one it should be.
    case notOurs(SafeText, peer: SafeText, owner: SafeText)
    /// Anybody could have put the socket there.
    case unprotected(SafeText, directory: SafeText)
    case busy(SafeText)
    case system(SystemFault)

    package var description: String {
        switch self {
        case .path(let path, let bytes):
            "\"\(path)\" cannot name a socket: it has \(bytes) bytes, a socket's path has 1 to \(UnixAddress.pathLimit)"
        case .noSuchFile(let path): "no agent runs: there is no socket \(path); start one with: baton agent"
        case .notASocket(let path): "\(path) is not a socket; configure the path of the agent's socket"
        case .nobodyListens(let path): "no agent listens on \(path) any more; start one with: baton agent"
        case .belongsToAnother(let path, let owner, let group):
            "\(path) belongs to \(owner) and you may not connect to it; ask \(owner) to let you in (group \(group))"
        case .permissionDenied(let path):
            "you may not connect to \(path); ask whoever runs the agent for the rights to its directory and socket"
        case .notOurs(let path, let peer, let owner):
            "\(path) is a socket that is not ours: it belongs to \(owner) and \(peer) answers; do not use it, ask \(owner)"
        case .unprotected(let path, let directory):
            "\(path) may be anybody's: others than root and you may put files into \(directory); configure another socket path"
        case .busy(let path): "the agent on \(path) takes no connections at the moment; try again"
        case .system(let fault): SafeText(fault.description).text
        }
    }

    /// Whether starting an agent would help.
    package var meansNoAgent: Bool {
        switch self {
        case .noSuchFile, .nobodyListens: true
        default: false
        }
    }
}
