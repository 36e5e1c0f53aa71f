import Foundation
import Glibc
import PromotionCore
import Remotes
import Testing

/// Debian's tinyproxy in a process of its own on a free loopback port.
///
/// Nothing on loopback is asked for through a proxy, so what is behind it has a name that nothing else knows
/// (`registry.test`, RFC 6761); a second proxy, to which it sends everything on, takes all such names for loopback.
final class ForwardProxy: Sendable {
    static let program = "/usr/bin/tinyproxy"
    static let isInstalled = access(program, X_OK) == 0

    let port: Int
    private let scratch: Scratch
    private let process: Process
    private let names: LoopbackNames

    /// - Parameters:
    ///   - lines: more of its configuration.
    ///   - names: names that it lets through, as regular expressions; `nil` for all.
    init(_ lines: [String] = [], names allowed: [String]? = nil) async throws {
        scratch = try Scratch()
        names = try LoopbackNames()
        port = try RawServer.closedPort().port
        var configuration = [
            "Port \(port)", "Listen 127.0.0.1", "Timeout 30", "LogLevel Connect", "LogFile \"\(scratch.path)/log\"",
            "MaxClients 50", "Upstream http 127.0.0.1:\(names.port)",
        ]
        if let allowed {
            try scratch.write((allowed.joined(separator: "\n") + "\n").utf8, to: "filter")
            configuration += ["Filter \"\(scratch.path)/filter\"", "FilterDefaultDeny Yes"]
        }
        try scratch.write(((configuration + lines).joined(separator: "\n") + "\n").utf8, to: "tinyproxy.conf")
        process = Process()
        process.executableURL = URL(filePath: Self.program)
        process.arguments = ["-d", "-c", "\(scratch.path)/tinyproxy.conf"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let port = port
        try await eventually { Loopback.connect(to: port).map { close($0) } != nil }
    }

    deinit {
        // Asked politely, it waits for every connection that somebody keeps open.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Rules that send everything through it.
    func rules(_ account: String = "", exceptions: String = "") -> ProxyRules {
        let url = "http://\(account)127.0.0.1:\(port)"
        return ProxyRules { ["HTTPS_PROXY": url, "HTTP_PROXY": url, "NO_PROXY": exceptions][$0] }
    }

    /// What it was asked for, in its own words.
    func log() throws -> String { try scratch.text("log") }
}

/// A proxy that takes every name for this machine itself.
private final class LoopbackNames: Sendable {
    let port: Int
    private let listener: Int32

    init() throws {
        let (listener, port) = try RawServer.listen(backlog: 16)
        (self.listener, self.port) = (listener, port)
        Thread.detachNewThread {
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread {
                    Self.serve(client)
                    close(client)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func serve(_ client: Int32) {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual(Array("\r\n\r\n".utf8)) {
            var byte: UInt8 = 0
            guard read(client, &byte, 1) == 1 else { return }
            head.append(byte)
        }
        let words = String(decoding: head, as: UTF8.self).split(separator: " ").map(String.init)
        let authority = words[1].replacing("http://", with: "").prefix { $0 != "/" }
        guard let port = authority.split(separator: ":").last.flatMap({ Int($0) }), let server = Loopback.connect(to: port) else {
            return
        }
        defer { close(server) }
        let isTunnel = words[0] == "CONNECT"
        let first = isTunnel ? Array("HTTP/1.1 200 OK\r\n\r\n".utf8) : head
        _ = send(isTunnel ? client : server, first, first.count, Int32(MSG_NOSIGNAL))
        relay(client, server)
    }

    private static func relay(_ client: Int32, _ server: Int32) {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        var files = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        while poll(&files, 2, 30_000) > 0 {
            for (from, to) in [(0, 1), (1, 0)] where files[from].revents != 0 {
                let count = read(files[from].fd, &chunk, chunk.count)
                guard count > 0, send(files[to].fd, chunk, count, Int32(MSG_NOSIGNAL)) == count else { return }
            }
        }
    }
}

/// Connections to this machine itself.
enum Loopback {
    /// A connected socket; `nil` if nothing listens.
    static func connect(to port: Int) -> Int32? {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Glibc.connect(socket, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isConnected { return socket }
        close(socket)
        return nil
    }
}
