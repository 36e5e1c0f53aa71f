internal import Glibc

/// A stream socket of the Unix domain (unix(7)), closed when nothing holds it any more and not inherited by children.
package struct UnixSocket: ~Copyable, Sendable {
    /// The open socket; never waited for.
    package let descriptor: Int32

    private init(_ path: String) throws(SystemFault) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw .last("make a socket for", path) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Hands the descriptor over to a caller, who closes it.
    package consuming func release() -> Int32 {
        let number = descriptor
        discard self
        return number
    }

    /// Binds a path that nothing has, and listens. The file is never open to more accounts than it should be.
    /// - Parameters:
    ///   - group: whose members may connect besides this account; `nil` for none.
    ///   - backlog: how many connections may wait to be accepted.
    package static func listening(
        at address: UnixAddress, _ path: String, group: UInt32?, backlog: Int32
    ) throws(SystemFault) -> UnixSocket {
        let listener = try UnixSocket(path)
        let descriptor = listener.descriptor
        // The file takes the mode of the socket at bind.
        guard fchmod(descriptor, 0o600) == 0 else { throw .last("set the mode of", path) }
        guard address.with({ bind(descriptor, $0, $1) }) == 0 else { throw .last("bind", path) }
        do throws(SystemFault) {
            if let group { try Permissions.give(path, toGroup: group, mode: 0o660) }
            guard listen(descriptor, backlog) == 0 else { throw SystemFault.last("listen on", path) }
        } catch {
            unlink(path)
            throw error
        }
        return listener
    }

    /// Whether a process listens at a path. A full queue of connections has one behind it as well.
    package static func isAnswered(_ address: UnixAddress, _ path: String) throws(SystemFault) -> Bool {
        let probe = try UnixSocket(path)
        let descriptor = probe.descriptor
        return address.with { connect(descriptor, $0, $1) } == 0 || errno != ECONNREFUSED
    }

    /// Connects.
    /// - Parameter patienceSeconds: how long a full queue of connections is waited for.
    package static func connected(
        to address: UnixAddress, _ path: String, patienceSeconds: Int
    ) throws(SystemFault) -> UnixSocket {
        let client = try UnixSocket(path)
        let descriptor = client.descriptor
        var patience = timeval(tv_sec: patienceSeconds, tv_usec: 0)
        // It is waited for at connecting alone.
        guard fcntl(descriptor, F_SETFL, 0) == 0,
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size)) == 0
        else { throw .last("set up a socket for", path) }
        var result: Int32
        repeat { result = address.with { connect(descriptor, $0, $1) } } while result != 0 && errno == EINTR
        guard result == 0 else { throw .last("connect to", path) }
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw .last("set up a socket for", path) }
        return client
    }

    /// The process at the other end.
    /// - Parameter path: named in the fault alone.
    package func peer(_ path: String) throws(SystemFault) -> PeerCredentials {
        try PeerCredentials(descriptor: descriptor, path: path)
    }
}

extension SystemFault {
    /// Whether nothing listens at a socket's path.
    package var isRefused: Bool { code == ECONNREFUSED }

    /// Whether an error number says that the other side ended a connection.
    package static func endsConnection(_ code: Int32) -> Bool { [ECONNRESET, EPIPE, ECONNABORTED].contains(code) }

    /// Whether a queue of connections is full.
    package var isBusy: Bool { code == EAGAIN }
}
