import Foundation
import Glibc
import PromotionCore
import Synchronization

/// A TCP server on loopback that does to every connection exactly what a test says.
final class RawServer: Sendable {
    private let listener: Int32
    private let count = Mutex(0)
    let endpoint: Endpoint

    /// - Parameter serve: gets each connection after the head of a request was read.
    init(_ serve: @escaping @Sendable (Connection) -> Void) throws {
        let (listener, port) = try Self.listen(backlog: 16)
        self.listener = listener
        endpoint = Endpoint(host: "127.0.0.1", port: port)
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                self?.count.withLock { $0 += 1 }
                Thread.detachNewThread {
                    let connection = Connection(socket: connection)
                    serve(connection)
                    connection.close()
                }
            }
        }
    }

    /// A server that answers every request with these bytes and closes.
    convenience init(answering text: String) throws {
        try self.init { connection in
            connection.readHead()
            connection.send(text)
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// Connections that were accepted.
    var connections: Int { count.withLock(\.self) }

    static func listen(backlog: Int32) throws -> (socket: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && Glibc.listen(listener, backlog) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        guard listener >= 0, isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// A port on which nothing listens.
    static func closedPort() throws -> Endpoint {
        let (listener, port) = try listen(backlog: 1)
        close(listener)
        return Endpoint(host: "127.0.0.1", port: port)
    }

    /// One accepted connection.
    final class Connection: Sendable {
        private let socket: Int32

        init(socket: Int32) { self.socket = socket }

        /// Reads to the end of a request's head and returns it.
        @discardableResult
        func readHead() -> String {
            var head = ""
            var byte: UInt8 = 0
            while !head.hasSuffix("\r\n\r\n"), head.utf8.count < 65_536, recv(socket, &byte, 1, 0) == 1 {
                head.unicodeScalars.append(Unicode.Scalar(byte))
            }
            return head
        }

        /// Reads so many bytes, or what comes until the other side has gone.
        func read(_ count: Int) -> [UInt8] {
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 16_384)
            while bytes.count < count {
                let got = recv(socket, &chunk, min(chunk.count, count - bytes.count), 0)
                guard got > 0 else { break }
                bytes += chunk[..<got]
            }
            return bytes
        }

        /// - Returns: false when the other side has gone.
        @discardableResult
        func send(_ text: String) -> Bool { send(Array(text.utf8)) }

        @discardableResult
        func send(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        /// Sends the same piece again and again until the other side has gone.
        func send(forEver text: String, every pause: useconds_t = 0) {
            while send(text) { if pause > 0 { usleep(pause) } }
        }

        /// Says nothing until the other side has gone.
        func wait() {
            var byte: UInt8 = 0
            while recv(socket, &byte, 1, 0) > 0 {}
        }

        /// Closes with a reset instead of an end.
        func reset() {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        }

        func close() { Glibc.close(socket) }
    }
}
