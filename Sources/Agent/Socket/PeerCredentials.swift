internal import Glibc
internal import Platform
internal import PromotionCore

/// Who holds the other end of a Unix socket, by the kernel's word (unix(7), `SO_PEERCRED`).
///
/// The layout is that of `struct ucred`, which Glibc declares for C alone: process, user and group, 32 bits each.
struct PeerCredentials: Equatable, Sendable {
    var process: Int32 = 0
    var userID: UInt32 = .max
    var groupID: UInt32 = .max

    init() {}

    /// - Throws: `SystemFault` where the descriptor is no connected Unix socket.
    init(descriptor: CInt, path: String) throws(SystemFault) {
        self.init()
        var length = socklen_t(MemoryLayout<PeerCredentials>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &self, &length) == 0 else {
            throw SystemFault("learn who is behind", path, code: errno)
        }
    }
}
