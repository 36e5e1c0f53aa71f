internal import Glibc

/// A path as the address of a Unix socket.
package struct UnixAddress: Sendable {
    /// Longest path in bytes: `sun_path` holds 108 with the zero at its end (unix(7)).
    package static let pathLimit = 107

    private var raw = sockaddr_un()

    /// Creates an address; `nil` if the path is empty, too long, or holds a zero byte.
    package init?(_ path: String) {
        let bytes = Array(path.utf8)
        guard (1...Self.pathLimit).contains(bytes.count), !bytes.contains(0) else { return nil }
        raw.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &raw.sun_path) { $0.copyBytes(from: bytes) }
    }

    /// Calls `bind` or `connect`.
    func with(_ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        withUnsafePointer(to: raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
