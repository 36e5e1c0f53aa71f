internal import Platform
internal import PromotionCore

extension AgentClient {
    func send(
        _ message: some Encodable, until deadline: Deadline, _ span: Milliseconds
    ) throws(AgentClientError) {
        guard let bytes = try? Wire.line(message) else { throw .unreadable("a message of this client cannot be encoded") }
        var rest = bytes[...]
        while !rest.isEmpty {
            switch Transfer.send(rest, to: descriptor, Self.name) {
            case .moved(let count): rest = rest.dropFirst(count)
            case .notNow: try wait(for: .output, until: deadline, span)
            // The agent may have said why before it closed: the lines that are left tell.
            case .ended: return
            case .failed(let fault): throw .system(fault)
            }
        }
    }

    private static let name = "the agent's socket"

    func receive(until deadline: Deadline, _ span: Milliseconds) throws(AgentClientError) -> AgentLine {
        var bytes: [UInt8] = []
        while true {
            if let line = try wholeLine() {
                if case .goodbye(let reason) = line { throw .goodbye(reason) }
                return line
            }
            switch Transfer.receive(&bytes, limit: 64 * 1_024, from: descriptor, Self.name) {
            case .moved: incoming.append(bytes)
            case .notNow: try wait(for: .input, until: deadline, span)
            case .ended: throw .closed
            case .failed(let fault): throw .system(fault)
            }
        }
    }

    private func wholeLine() throws(AgentClientError) -> AgentLine? {
        let bytes: [UInt8]?
        do throws(LineBuffer.LineTooLong) { bytes = try incoming.next() } catch { throw .tooLong }
        guard let bytes else { return nil }
        do {
            return try Wire.read(AgentLine.self, from: bytes)
        } catch {
            throw .unreadable(SafeText("\(error)", limit: 200))
        }
    }

    private func wait(
        for event: Transfer.Event, until deadline: Deadline, _ span: Milliseconds
    ) throws(AgentClientError) {
        guard !deadline.hasPassed else { throw .noAnswer(after: span) }
        do throws(SystemFault) {
            try Transfer.wait(for: event, of: descriptor, until: deadline, Self.name)
        } catch {
            throw .system(error)
        }
    }
}
