internal import Platform
package import PromotionCore

/// Why an agent cannot listen on its socket.
package enum ListenFault: Error, Hashable, Sendable, CustomStringConvertible {
    case path(SafeText, bytes: Int)
    case alreadyListening(SafeText)
    case notASocket(SafeText)
    case belongsToAnother(SafeText, owner: SafeText)
    case unknownGroup(SafeText)

    package var description: String {
        switch self {
        case .path(let path, let bytes):
            "\"\(path)\" cannot name a socket: it has \(bytes) bytes, a socket's path has 1 to \(UnixAddress.pathLimit)"
        case .alreadyListening(let path): "an agent already listens on \(path)"
        case .notASocket(let path): "\(path) is not a socket and was left alone; move it away or configure another socket path"
        case .belongsToAnother(let path, let owner):
            "\(path) belongs to \(owner) and was left alone; configure another socket path"
        case .unknownGroup(let name): "group \(name) does not exist on this host; name one that does, or none"
        }
    }
}
