internal import Platform
internal import PromotionCore

/// One attempt to connect, which sends nothing.
enum TCPConnection {
    /// Connects and closes again.
    /// - Returns: `nil` if a connection came about, else why not.
    static func problem(
        connectingTo address: Endpoint, within timeout: Milliseconds, clock: any Clock<Duration>
    ) async -> SafeText? {
        let place = "tcp \(address.host):\(address.port)"
        let late = SafeText("\(place): no connection within \(timeout)")
        // A name's resolution cannot be cut short: the thread is left to end by itself.
        let answer = await withDeadline(timeout, clock: clock) {
            await OwnThread.abandonable { () -> SafeText? in
                TCPProbe.problem(connectingTo: address.host, port: address.port, within: timeout.duration)
                    .map { SafeText("\(place): \($0)") }
            } ?? late
        }
        return answer ?? late
    }
}
