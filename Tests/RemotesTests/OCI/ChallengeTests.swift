import PromotionCore
import Remotes
import Testing

@Suite struct `A challenge that leads nowhere` {
    /// An honest registry without accounts, which one request finds changed: it answers 401, and names a strange token server.
    private func registry(_ challenges: [String]) throws -> (ScriptedRegistry, Recorder<String>) {
        let asked = Recorder<String>()
        let registry = try ScriptedRegistry(FaultWorld.contents) { request, _ in
            asked.add(request.path)
            guard request.rest.hasPrefix("tags/list"), asked.all.count == 2 else { return nil }
            return .error(401, "UNAUTHORIZED", "who are you", ["Www-Authenticate": challenges.joined(separator: ", ")])
        }
        return (registry, asked)
    }

    @Test(arguments: [
        ["Bearer realm=\"http://169.254.169.254/t\""], ["Bearer realm=\"https://169.254.169.254/t\""],
        ["Bearer realm=\"nonsense\""],
        ["Basic realm=\"x\""], ["Negotiate"],
    ])
    func `ends one answer, and no other`(_ challenges: [String]) async throws {
        let (registry, asked) = try registry(challenges)
        let transport = try RegistryTransport(limits: FaultWorld.limits)
        let client = RegistryClient(
            address: try #require(registry.address), transport: transport, limits: FaultWorld.limits, now: Wall.now)
        let name = try RepositoryName("shop/payments")
        _ = try await client.tagList(in: name)
        await #expect(throws: RegistryError.self) { _ = try await client.tagList(in: name) }
        let before = asked.all.count
        _ = try await client.tagList(in: name)
        await transport.close()
        #expect(asked.all.count > before)
    }
}
