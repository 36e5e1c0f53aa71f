internal import Glibc

/// One attempt to connect, which sends nothing.
package enum TCPProbe {
    /// Tries every address of a host. It blocks.
    /// - Returns: the last problem; `nil` if one connected.
    package static func problem(connectingTo host: String, port: Int, within timeout: Duration) -> String? {
        guard (1...65_535).contains(port) else { return "\(port) is no port" }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let failure = getaddrinfo(host, "\(port)", &hints, &found)
        guard failure == 0 else { return "the host does not resolve: \(String(cString: gai_strerror(failure)))" }
        defer { freeaddrinfo(found) }
        let end = ContinuousClock.now + timeout
        var problem = "the host has no address"
        var candidate = found
        while let info = candidate?.pointee {
            guard let failed = connect(to: info, until: end) else { return nil }
            problem = failed
            candidate = info.ai_next
        }
        return problem
    }

    private static func connect(to info: addrinfo, until end: ContinuousClock.Instant) -> String? {
        let type = info.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let connection = socket(info.ai_family, type, info.ai_protocol)
        guard connection >= 0 else { return reason(errno) }
        defer { _ = close(connection) }
        if Glibc.connect(connection, info.ai_addr, info.ai_addrlen) == 0 { return nil }
        guard errno == EINPROGRESS else { return reason(errno) }
        var waiting = pollfd(fd: connection, events: Int16(POLLOUT), revents: 0)
        while true {
            let left = ((end - .now) / .milliseconds(1)).rounded(.up)
            let count = poll(&waiting, 1, Int32(min(max(left, 0), 3_600_000)))
            if count > 0 { break }
            if count == 0 { return "no connection in time" }
            guard errno == EINTR else { return reason(errno) }
        }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(connection, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else { return reason(errno) }
        return code == 0 ? nil : reason(code)
    }

    private static func reason(_ code: Int32) -> String { SystemFault.words(code).lowercased() }
}
