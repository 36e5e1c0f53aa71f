internal import Agent
internal import Glibc
internal import PromotionCore

/// A client that may say anything.
final class RawClient: Sendable {
    /// What a client may find.
    enum Heard: Equatable {
        case line(AgentLine)
        case closed
        case nothing
    }

    private let descriptor: CInt

    init(_ path: String) async throws {
        descriptor = try await blocking { try AgentSocket.connect(path: path) }
    }

    deinit { close(descriptor) }

    func send(_ message: some Encodable & Sendable) async throws { try await send(bytes: try Wire.line(message)) }

    func send(_ text: String) async throws { try await send(bytes: Array((text + "\n").utf8)) }

    /// - Returns: how many were taken before the other side stopped reading for a second, or closed.
    @discardableResult
    func send(bytes: [UInt8]) async throws -> Int {
        try await blocking { [descriptor] in
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count > 0 {
                    sent += count
                    continue
                }
                guard errno == EAGAIN else { return sent }
                var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&watched, 1, 1_000) > 0 else { return sent }
            }
            return sent
        }
    }

    /// The next line, byte by byte, so that nothing is read ahead.
    func hear(within milliseconds: Int32 = 10_000) async throws -> Heard {
        try await blocking { [descriptor] in
            var line: [UInt8] = []
            while true {
                var byte: UInt8 = 0
                let count = recv(descriptor, &byte, 1, 0)
                if count == 1 {
                    guard byte == UInt8(ascii: "\n") else {
                        line.append(byte)
                        continue
                    }
                    return .line(try CanonicalJSON.decode(AgentLine.self, from: line))
                }
                guard count != 0, errno == EAGAIN else { return .closed }
                var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&watched, 1, milliseconds) > 0 else { return .nothing }
            }
        }
    }

    /// Says hello and hears the welcome.
    @discardableResult
    func greet(readOnly: Bool = false) async throws -> Welcome? {
        try await send(Hello(readOnly: readOnly))
        guard case .line(.welcome(let welcome)) = try await hear() else { return nil }
        return welcome
    }

    /// The reason of the goodbye that comes next; nil for anything else.
    func farewell() async throws -> String? {
        guard case .line(.goodbye(let reason)) = try await hear() else { return nil }
        return reason.text
    }
}
