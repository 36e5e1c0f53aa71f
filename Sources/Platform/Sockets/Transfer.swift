internal import Glibc

/// What one attempt to send or receive without waiting came to.
package enum Transfer: Hashable, Sendable {
    /// Bytes that went over.
    case moved(Int)
    /// Nothing now: try again once the descriptor is ready.
    case notNow
    /// The other side has ended the connection, in order or not.
    case ended
    case failed(SystemFault)

    /// Sends what the socket takes at once.
    package static func send(_ bytes: some RandomAccessCollection<UInt8>, to descriptor: Int32, _ name: String) -> Transfer {
        let count = bytes.withContiguousStorageIfAvailable { bytes in
            whileInterrupted { Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL)) }
        }
        return outcome(count ?? 0, "write to", name, endsAtZero: false)
    }

    /// Receives what is there, at most `limit` bytes.
    package static func receive(_ bytes: inout [UInt8], limit: Int, from descriptor: Int32, _ name: String) -> Transfer {
        var result = 0
        bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            result = whileInterrupted { recv(descriptor, buffer.baseAddress, buffer.count, 0) }
            count = max(0, result)
        }
        return outcome(result, "read from", name, endsAtZero: true)
    }

    /// Waits until a descriptor can be read from or written to, or for a deadline.
    package static func wait(for event: Event, of descriptor: Int32, until deadline: Deadline, _ name: String) throws(SystemFault)
    {
        var watched = pollfd(fd: descriptor, events: Int16(event == .input ? POLLIN : POLLOUT), revents: 0)
        guard poll(&watched, 1, deadline.pollMilliseconds) >= 0 || errno == EINTR else { throw .last("wait for", name) }
    }

    /// What is waited for.
    package enum Event: Sendable { case input, output }

    private static func whileInterrupted(_ call: () -> Int) -> Int {
        while true {
            let count = call()
            if count >= 0 || errno != EINTR { return count }
        }
    }

    private static func outcome(_ count: Int, _ operation: String, _ name: String, endsAtZero: Bool) -> Transfer {
        if count > 0 || (count == 0 && !endsAtZero) { return .moved(count) }
        if count == 0 { return .ended }
        return switch errno {
        case EAGAIN: .notNow
        case EPIPE, ECONNRESET: .ended
        default: .failed(.last(operation, name))
        }
    }
}
