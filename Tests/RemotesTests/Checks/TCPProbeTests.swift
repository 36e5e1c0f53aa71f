import Glibc
import PromotionCore
import Remotes
import Testing

@Suite struct `A probe by TCP connection` {
    @Test(arguments: ["127.0.0.1", "localhost"])
    func `connects by address and by name`(host: String) async throws {
        let server = try RawServer { $0.wait() }
        let sample = try await withProbe { probe in
            await probe.sample(check(.tcp), at: Endpoint(host: host, port: server.endpoint.port), expecting: expected)
        }
        #expect(sample.answer == .connected)
        #expect(sample.identities.isEmpty)
        try await eventually { server.connections == 1 }
    }

    @Test func `a server that takes no more connections is told in time`() async throws {
        let (listener, port) = try RawServer.listen(backlog: 0)
        defer { close(listener) }
        let endpoint = Endpoint(host: "127.0.0.1", port: port)
        try await withProbe { probe in
            var waiting: [Int32] = []
            defer { for connection in waiting { close(connection) } }
            for _ in 0..<16 { waiting.append(connectWithoutWaiting(to: port)) }
            let sample = await probe.sample(check(.tcp, timeout: Milliseconds(200)), at: endpoint, expecting: expected)
            let problem = try #require(sample.problem)
            #expect(problem.contains("no connection"))
            #expect(sample.latency < .seconds(20))
        }
    }

    @Test(arguments: [0, -1, 65_536, Int.max])
    func `a port that is none is told`(port: Int) async throws {
        let sample = try await withProbe { probe in
            await probe.sample(check(.tcp), at: Endpoint(host: "127.0.0.1", port: port), expecting: expected)
        }
        #expect(sample.problem?.contains("is no port") == true)
    }

    private func connectWithoutWaiting(to port: Int) -> Int32 {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = connect(connection, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return connection
    }
}
