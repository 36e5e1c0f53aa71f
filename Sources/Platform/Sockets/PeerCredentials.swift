internal import Glibc

/// The process at the other end of a Unix socket, as the kernel knows it (unix(7), `SO_PEERCRED`).
///
/// The layout is that of `struct ucred`, which Glibc declares for C alone: process, user and group, 32 bits each.
package struct PeerCredentials: Equatable, Sendable {
    package var process: Int32 = 0
    package var userID: UInt32 = .max
    package var groupID: UInt32 = .max

    /// Credentials of no process.
    package init() {}

    /// The number of the option that gives them.
    package static var option: Int32 { SO_PEERCRED }

    /// Asks the kernel.
    /// - Throws: `SystemFault` if the descriptor is no connected Unix socket.
    package init(descriptor: Int32, path: String) throws(SystemFault) {
        self.init()
        var length = socklen_t(MemoryLayout<PeerCredentials>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &self, &length) == 0 else {
            throw .last("learn who is behind", path)
        }
    }
}
