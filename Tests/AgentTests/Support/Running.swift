internal import Agent
internal import Glibc
internal import Logging
internal import PromotionCore
internal import Testing

/// A real server on a real socket, for one test.
struct Running {
    let directory: TemporaryDirectory
    let engine: TestEngine
    let server: AgentServer

    /// The account that runs the tests, as the system names it.
    static var accountName: String { getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "" }

    var path: String { directory.path("agent.sock") }

    /// Runs a test against a server and stops it.
    static func server(
        roles: [String: Role] = [:], engine: TestEngine = TestEngine(), limits: AgentServer.Limits = .init(),
        _ test: (Running) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let server = make(directory.path("agent.sock"), engine, roles, limits)
        try await server.start()
        do {
            try await test(Running(directory: directory, engine: engine, server: server))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    static func make(
        _ path: String, _ engine: TestEngine = TestEngine(), _ roles: [String: Role] = [:],
        _ limits: AgentServer.Limits = .init(), group: String? = nil
    ) -> AgentServer {
        AgentServer(
            path: path, group: group, engine: engine, roles: Roles(byAccount: roles), agent: TestEngine.description,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, limits: limits)
    }
}

/// Places and requests that tests ask with.
enum Sample {
    static let place = Place(.literal("shop"), .literal("prod"))
    static let digest = Digest(of: "image".utf8)
    static let promote = OperatorRequest.promote(PromotionRequest(place: place, digest: digest), planHash: digest)
}
