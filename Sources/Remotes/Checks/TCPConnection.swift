internal import Glibc
internal import Platform
internal import PromotionCore

/// One attempt to connect, which sends nothing.
enum TCPConnection {
    /// Connects and closes again.
    /// - Returns: nil where a connection came about, else why not.
    static func problem(
        connectingTo address: Endpoint, within timeout: Milliseconds, clock: any Clock<Duration>
    ) async -> SafeText? {
        let place = "tcp \(address.host):\(address.port)"
        let late = SafeText("\(place): no connection within \(timeout)")
        // A name's resolution cannot be cut short: the thread is left to end by itself.
        let answer = await withDeadline(timeout, clock: clock) {
            await OwnThread.abandonable { () -> SafeText? in
                attempt(address, within: timeout).map { SafeText("\(place): \($0)") }
            } ?? late
        }
        return answer ?? late
    }

    /// Tries every address of the host.
    /// - Returns: the last problem; nil where one connected.
    private static func attempt(_ address: Endpoint, within timeout: Milliseconds) -> String? {
        guard (1...65_535).contains(address.port) else { return "\(address.port) is no port" }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let failure = getaddrinfo(address.host, "\(address.port)", &hints, &found)
        guard failure == 0 else { return "the host does not resolve: \(String(cString: gai_strerror(failure)))" }
        defer { freeaddrinfo(found) }
        let end = ContinuousClock.now + timeout.duration
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
            let left = Milliseconds(rounding: end - .now).count
            let count = poll(&waiting, 1, Int32(clamping: max(left, 0)))
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
