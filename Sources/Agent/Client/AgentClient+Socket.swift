internal import Glibc
internal import Platform
internal import PromotionCore

extension AgentClient {
    func send(
        _ message: some Encodable, until deadline: Deadline, _ span: Milliseconds
    ) throws(AgentClientError) {
        guard let bytes = try? Wire.line(message) else { throw .unreadable("a message of this client cannot be encoded") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if sent >= 0 {
                rest = rest.dropFirst(sent)
            } else if errno == EAGAIN {
                try wait(for: POLLOUT, until: deadline, span)
            } else if errno == EPIPE || errno == ECONNRESET {
                // The agent may have said why before it closed: the lines that are left tell.
                return
            } else if errno != EINTR {
                throw .system(SystemFault("write to", "the agent's socket", code: errno))
            }
        }
    }

    func receive(until deadline: Deadline, _ span: Milliseconds) throws(AgentClientError) -> AgentLine {
        while true {
            if let line = try wholeLine() {
                if case .goodbye(let reason) = line { throw .goodbye(reason) }
                return line
            }
            var buffer = [UInt8](repeating: 0, count: 64 * 1_024)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 {
                incoming.append(buffer[..<count])
            } else if count == 0 || errno == ECONNRESET {
                throw .closed
            } else if errno == EAGAIN {
                try wait(for: POLLIN, until: deadline, span)
            } else if errno != EINTR {
                throw .system(SystemFault("read from", "the agent's socket", code: errno))
            }
        }
    }

    private func wholeLine() throws(AgentClientError) -> AgentLine? {
        let bytes: [UInt8]?
        do throws(LineBuffer.LineTooLong) { bytes = try incoming.next() } catch { throw .tooLong }
        guard let bytes else { return nil }
        do {
            return try CanonicalJSON.decode(AgentLine.self, from: bytes)
        } catch {
            throw .unreadable(SafeText("\(error)", limit: 200))
        }
    }

    private func wait(for event: Int32, until deadline: Deadline, _ span: Milliseconds) throws(AgentClientError) {
        var watched = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        guard !deadline.hasPassed else { throw .noAnswer(after: span) }
        let ready = poll(&watched, 1, deadline.pollMilliseconds)
        guard ready >= 0 || errno == EINTR else { throw .system(SystemFault("wait for", "the agent's socket", code: errno)) }
    }
}
