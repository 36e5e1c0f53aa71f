internal import Glibc
internal import Platform
internal import PromotionCore

/// Connects to the agent's socket and makes sure who is behind it.
package enum AgentSocket {
    /// How long a full queue of connections is waited for.
    private static let patienceSeconds = 2

    /// A connected socket: non-blocking, closed on exec; the caller closes it.
    /// - Throws: `AgentSocketError` that says what to do.
    package static func connect(path: String) throws(AgentSocketError) -> CInt {
        guard let address = UnixAddress(path) else { throw .path(SafeText(path), bytes: path.utf8.count) }
        let file = try status(path)
        guard file.kind == .socket else { throw .notASocket(SafeText(path)) }
        try checkPlace(path, file)
        let descriptor = Descriptor(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | closeOnExec, 0))
        let number = descriptor.number
        guard number >= 0 else { throw .system(SystemFault("make a socket for", path, code: errno)) }
        var patience = timeval(tv_sec: patienceSeconds, tv_usec: 0)
        guard setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size)) == 0 else {
            throw .system(SystemFault("set up a socket for", path, code: errno))
        }
        var result: CInt
        repeat { result = address.with { Glibc.connect(number, $0, $1) } } while result != 0 && errno == EINTR
        guard result == 0 else { throw refusal(path, file, code: errno) }
        try checkPeer(number, path, file)
        guard fcntl(number, F_SETFL, O_NONBLOCK) == 0 else {
            throw .system(SystemFault("set up a socket for", path, code: errno))
        }
        return descriptor.release()
    }

    private static func status(_ path: String) throws(AgentSocketError) -> FileStatus {
        do throws(SystemFault) {
            return try FileStatus(path)
        } catch {
            switch error.code {
            case ENOENT, ENOTDIR: throw .noSuchFile(SafeText(path))
            case EACCES: throw denial(path, PathText.directory(of: path))
            default: throw .system(error)
            }
        }
    }

    private static func refusal(_ path: String, _ file: FileStatus, code: Int32) -> AgentSocketError {
        switch code {
        case ECONNREFUSED: .nobodyListens(SafeText(path))
        case ENOENT: .noSuchFile(SafeText(path))
        case EACCES, EPERM: denial(path, path)
        case EAGAIN: .busy(SafeText(path))
        default: .system(SystemFault("connect to", path, code: code))
        }
    }

    /// - Parameter obstacle: what may be looked at and says whose it is.
    private static func denial(_ path: String, _ obstacle: String) -> AgentSocketError {
        guard let status = try? FileStatus(obstacle), status.owner != geteuid() else { return .permissionDenied(SafeText(path)) }
        return .belongsToAnother(
            SafeText(obstacle), owner: AccountNames.name(ofUser: status.owner), group: AccountNames.name(ofGroup: status.group))
    }

    private static func checkPlace(_ path: String, _ file: FileStatus) throws(AgentSocketError) {
        let directory = PathText.directory(of: path)
        do throws(SystemFault) {
            guard try !isTrusted(directory, file) else { return }
        } catch {
            throw .system(error)
        }
        throw .unprotected(SafeText(path), directory: SafeText(directory))
    }

    /// A directory of another account is good only where nobody but root could have given it its name.
    private static func isTrusted(_ directory: String, _ file: FileStatus) throws(SystemFault) -> Bool {
        let place = try FileStatus(directory)
        guard !place.isWritableByOthers else { return false }
        if [0, geteuid()].contains(place.owner) { return true }
        let above = try FileStatus(PathText.directory(of: directory))
        let isAboveRoots = above.owner == 0 && !above.isWritableByOthers && !above.isWritableByGroup
        return isAboveRoots && [place.owner, 0, geteuid()].contains(file.owner)
    }

    private static func checkPeer(_ descriptor: CInt, _ path: String, _ file: FileStatus) throws(AgentSocketError) {
        let peer: PeerCredentials
        do throws(SystemFault) {
            peer = try PeerCredentials(descriptor: descriptor, path: path)
        } catch {
            throw .system(error)
        }
        guard [file.owner, 0, geteuid()].contains(peer.userID) else {
            throw .notOurs(
                SafeText(path), peer: AccountNames.name(ofUser: peer.userID), owner: AccountNames.name(ofUser: file.owner))
        }
    }
}
