import Foundation
import Glibc
import PromotionCore
import Synchronization

/// A server in front of a real registry that has one habit of another one.
final class RegistryFront: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        var fields: [(name: String, value: String)]
        var body: [UInt8]
    }

    struct Answer: Sendable {
        var status: Int
        var fields: [(name: String, value: String)] = []
        var body: [UInt8] = []

        static func error(_ status: Int, _ code: String, _ message: String, _ fields: [(String, String)] = []) -> Answer {
            Answer(
                status: status, fields: [("Content-Type", "application/json")] + fields,
                body: Array(#"{"errors":[{"code":"\#(code)","message":"\#(message)"}]}"#.utf8))
        }

        func field(_ name: String) -> String? { fields.first { $0.name.lowercased() == name.lowercased() }?.value }
    }

    /// Answers a request, with the registry behind at hand.
    typealias Habit = @Sendable (Request, (Request) -> Answer) -> Answer

    private let server: RawServer
    private let count = Mutex<[String: Int]>([:])

    init(of port: Int, _ habit: @escaping Habit) throws {
        server = try RawServer { connection in
            let lines = connection.readHead().split(separator: "\r\n", omittingEmptySubsequences: true).map(String.init)
            let words = lines.first?.split(separator: " ").map(String.init) ?? []
            guard words.count == 3 else { return }
            var request = Request(method: words[0], path: words[1], fields: Self.fields(lines.dropFirst()), body: [])
            let length = request.fields.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
            request.body = connection.read(length)
            let answer = habit(request) { (try? Self.ask($0, port)) ?? .error(502, "UNKNOWN", "nothing is behind") }
            Self.send(answer, to: request, over: connection)
        }
    }

    var port: Int { server.endpoint.port }

    private static func fields(_ lines: some Sequence<String>) -> [(name: String, value: String)] {
        lines.compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (
                String(line[..<colon]), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            )
        }
    }

    /// Asks the registry behind; by HTTP/1.0, whose answers end with the connection.
    private static func ask(_ request: Request, _ port: Int) throws -> Answer {
        let connection = try RawServer.Connection(to: port)
        defer { connection.close() }
        var head = "\(request.method) \(request.path) HTTP/1.0\r\n"
        for field in request.fields where !["connection", "expect"].contains(field.name.lowercased()) {
            head += "\(field.name): \(field.value)\r\n"
        }
        connection.send(Array("\(head)\r\n".utf8) + request.body)
        let lines = connection.readHead().split(separator: "\r\n").map(String.init)
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 502
        return Answer(status: status, fields: fields(lines.dropFirst()), body: connection.read(64 << 20))
    }

    private static func send(_ answer: Answer, to request: Request, over connection: RawServer.Connection) {
        var head = "HTTP/1.1 \(answer.status) X\r\nConnection: close\r\n"
        let own = ["connection", "content-length", "transfer-encoding"]
        for field in answer.fields where !own.contains(field.name.lowercased()) { head += "\(field.name): \(field.value)\r\n" }
        let announced = request.method == "HEAD" ? answer.field("content-length") : nil
        head += "Content-Length: \(announced ?? "\(answer.body.count)")\r\n\r\n"
        connection.send(head)
        if request.method != "HEAD" { connection.send(answer.body) }
    }
}

extension RawServer.Connection {
    /// Connects to a server on loopback.
    convenience init(to port: Int) throws {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                connect(socket, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            Glibc.close(socket)
            throw POSIXError(.ECONNREFUSED)
        }
        self.init(socket: socket)
    }
}
