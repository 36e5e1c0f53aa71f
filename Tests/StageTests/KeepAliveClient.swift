internal import Glibc

/// A client of plain sockets that keeps one connection and asks again and again; it shares no code with the servers it asks.
struct KeepAliveClient: ~Copyable {
    struct Answer: Sendable {
        let status: Int
        let head: String
        let body: String

        func header(_ name: String) -> String? {
            for line in head.split(separator: "\r\n") where line.lowercased().hasPrefix(name.lowercased() + ":") {
                return String(line.dropFirst(name.count + 1).drop { $0 == " " })
            }
            return nil
        }
    }

    enum Failure: Error { case notConnected(Int32), notSent, cutOff(String), malformed(String) }

    private let file: Int32
    private var buffer: [UInt8] = []

    init(port: Int) throws {
        file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            close(file)
            throw Failure.notConnected(errno)
        }
    }

    deinit { close(file) }

    mutating func get(_ path: String) throws -> Answer { try send("GET \(path) HTTP/1.1\r\nHost: stage\r\n\r\n") }

    mutating func head(_ path: String) throws -> Answer {
        try send("HEAD \(path) HTTP/1.1\r\nHost: stage\r\n\r\n", answerHasBody: false)
    }

    mutating func post(_ path: String, bodyInBytes count: Int) throws -> Answer {
        try send(
            "POST \(path) HTTP/1.1\r\nHost: stage\r\nContent-Length: \(count)\r\n\r\n" + String(repeating: "x", count: count))
    }

    private mutating func send(_ request: String, answerHasBody: Bool = true) throws -> Answer {
        let bytes = Array(request.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // A server that says no to a large body closes before all of it is sent; its answer can still be read.
            if count <= 0 { break }
            sent += count
        }
        return try answer(hasBody: answerHasBody)
    }

    private mutating func answer(hasBody: Bool) throws -> Answer {
        let mark = Array("\r\n\r\n".utf8)
        var end: Int?
        while end == nil {
            if buffer.count >= 4 { end = (0...(buffer.count - 4)).first { Array(buffer[$0..<$0 + 4]) == mark } }
            if end == nil { try fill() }
        }
        let length = end ?? 0
        let head = String(decoding: buffer[..<length], as: UTF8.self)
        let words = head.split(separator: " ", maxSplits: 2)
        guard words.count > 1, let status = Int(words[1]) else { throw Failure.malformed(head) }
        let size = !hasBody ? 0 : Answer(status: status, head: head, body: "").header("Content-Length").flatMap { Int($0) } ?? 0
        while buffer.count < length + 4 + size { try fill() }
        let body = String(decoding: buffer[(length + 4)..<(length + 4 + size)], as: UTF8.self)
        buffer.removeFirst(length + 4 + size)
        return Answer(status: status, head: head, body: body)
    }

    private mutating func fill() throws {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        let count = recv(file, &chunk, chunk.count, 0)
        guard count > 0 else { throw Failure.cutOff(String(decoding: buffer, as: UTF8.self)) }
        buffer += chunk[..<count]
    }
}

/// One line to a Unix socket, and what came back before the peer closed or fell silent.
enum UnixLine {
    static func exchange(_ line: String, at path: String) throws -> String {
        let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(file) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8) + [0]) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { throw KeepAliveClient.Failure.notConnected(errno) }
        let bytes = Array("\(line)\n".utf8)
        _ = bytes.withUnsafeBytes { send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        shutdown(file, Int32(SHUT_WR))
        var said: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while said.count < 65_536 {
            let count = recv(file, &chunk, chunk.count, 0)
            if count <= 0 { break }
            said += chunk[..<count]
        }
        return String(decoding: said, as: UTF8.self)
    }
}
