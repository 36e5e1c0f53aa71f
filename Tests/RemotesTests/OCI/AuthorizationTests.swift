import Foundation
import PromotionCore
import Remotes
import Synchronization
import Testing

/// A token server and a registry that believes it, in one.
private enum TokenWorld {

    static func make(
        life: Int? = 300, needs action: String = "pull", realm: String = "/token", account: String? = nil
    ) throws -> (ScriptedRegistry, Recorder<ScriptedRegistry.Request>) {
        let asked = Recorder<ScriptedRegistry.Request>()
        let registry = try ScriptedRegistry(FaultWorld.contents) { request, _ in
            if request.path.hasPrefix("/token") {
                asked.add(request)
                if let account, request.field("authorization") != account,
                    !String(decoding: request.body, as: UTF8.self).contains("refresh_token=identity")
                {
                    return .error(401, "UNAUTHORIZED", "wrong password")
                }
                let token = "t\(asked.all.count)"
                return .json(200, #"{"token":"\#(token)"\#(life.map { #","expires_in":\#($0)"# } ?? "")}"#)
            }
            if request.field("authorization")?.hasPrefix("Bearer t") == true { return nil }
            let challenge =
                #"Bearer realm="http://127.0.0.1:\#(request.port)\#(realm)",service="registry.test",scope="repository:shop/payments:\#(action)""#
            return .error(401, "UNAUTHORIZED", "who are you", ["Www-Authenticate": challenge])
        }
        return (registry, asked)
    }
}

@Suite struct `Authorization by token` {
    private func client(
        _ registry: ScriptedRegistry, _ credentials: CredentialSource = .anonymous,
        now: @escaping @Sendable () -> Timestamp = Wall.now
    ) throws -> (RegistryClient, RegistryTransport) {
        let transport = try RegistryTransport(limits: FaultWorld.limits)
        let address = try #require(registry.address)
        return (
            RegistryClient(address: address, credentials: credentials, transport: transport, limits: FaultWorld.limits, now: now),
            transport
        )
    }

    @Test func `asks once, names service and scope, and uses the token for all that follows`() async throws {
        let (registry, asked) = try TokenWorld.make()
        let (client, transport) = try client(registry)
        let name = try RepositoryName("shop/payments")
        for _ in 1...3 { _ = try await client.tagList(in: name) }
        await transport.close()
        #expect(asked.all.map(\.path) == ["/token?service=registry.test&scope=repository:shop/payments:pull"])
        #expect(registry.now.requests.count { $0.rest.hasPrefix("tags/list") } == 4, "one 401, then three answers")
    }

    @Test func `of many requests at once one asks for the token`() async throws {
        let (registry, asked) = try TokenWorld.make()
        let (client, transport) = try client(registry)
        let name = try RepositoryName("shop/payments")
        _ = try await client.digests(of: ["prod", "v1.0.0", "v1.1.0-rc.1", "nothing"].map { try Tag($0) }, in: name)
        await transport.close()
        #expect(asked.all.count <= 2, "\(asked.all.map(\.path))")
    }

    @Test func `renews at four fifths of a token's life, and sixty seconds where none is named`() async throws {
        for (life, early, late) in [(300, 239_000, 240_000), (nil, 47_000, 48_000)] as [(Int?, Int64, Int64)] {
            let (registry, asked) = try TokenWorld.make(life: life)
            let time = Recorder<Timestamp>()
            time.add(Timestamp(millisecondsSinceEpoch: 0))
            let (client, transport) = try client(registry, now: { time.all.last ?? Timestamp(millisecondsSinceEpoch: 0) })
            let name = try RepositoryName("shop/payments")
            _ = try await client.tagList(in: name)
            time.add(Timestamp(millisecondsSinceEpoch: early))
            _ = try await client.tagList(in: name)
            #expect(asked.all.count == 1)
            time.add(Timestamp(millisecondsSinceEpoch: late))
            _ = try await client.tagList(in: name)
            #expect(asked.all.count == 2)
            await transport.close()
        }
    }

    @Test func `asks for pull and push at once for a move, and for delete where it deletes`() async throws {
        let (registry, asked) = try TokenWorld.make()
        let (client, transport) = try client(registry)
        let scratch = try Scratch()
        let port = DistributionRegistry(client: client, state: scratch.path)
        let name = try RepositoryName("shop/payments")
        let move = try await port.move(
            Tag("prod"), in: name, from: FaultWorld.old.top.digest, to: FaultWorld.new.top.digest, under: Fence(1))
        #expect(move == .moved)
        _ = try? await port.delete(FaultWorld.old.top.digest, in: name, under: Fence(1))
        await transport.close()
        let scopes = asked.all.compactMap { $0.path.split(separator: "scope=").last }
        #expect(scopes.contains("repository:shop/payments:pull,push"))
        #expect(scopes.contains("repository:shop/payments:pull,push,delete"))
    }

    @Test func `sends name and password to the token server alone`() async throws {
        let scratch = try Scratch()
        let account = try SecretFiles(in: scratch, name: "alice", password: "s3cret")
        let wanted = "Basic " + Data("alice:s3cret".utf8).base64EncodedString()
        let (registry, asked) = try TokenWorld.make(account: wanted)
        let (client, transport) = try client(registry, account.source)
        _ = try await client.tagList(in: try RepositoryName("shop/payments"))
        await transport.close()
        #expect(asked.all.map { $0.field("authorization") } == [wanted])
        let others = registry.now.requests.filter { !$0.path.hasPrefix("/token") }
        #expect(!others.contains { $0.field("authorization")?.hasPrefix("Basic") == true })
    }

    @Test func `says which account is refused, and never the password`() async throws {
        let scratch = try Scratch()
        let account = try SecretFiles(in: scratch, name: "alice", password: "s3cret")
        let (registry, _) = try TokenWorld.make(account: "Basic of somebody else")
        let (client, transport) = try client(registry, account.source)
        let port = DistributionRegistry(client: client, state: scratch.path)
        let refusal = try await fault(of: { _ = try await port.tagList(in: try RepositoryName("shop/payments")) })
        await transport.close()
        #expect(refusal.reason.text.contains("check name and password"))
        #expect(!"\(refusal)".contains("s3cret"))
    }

    @Test func `exchanges an identity token by POST, as docker login leaves it`() async throws {
        let (registry, asked) = try TokenWorld.make(account: "nobody")
        let scratch = try Scratch()
        let host = try #require(registry.address).name
        try scratch.write(#"{"auths":{"\#(host)":{"identitytoken":"identity"}}}"#.utf8, to: "config.json")
        let (client, transport) = try client(registry, .dockerConfiguration(path: "\(scratch.path)/config.json"))
        _ = try await client.tagList(in: try RepositoryName("shop/payments"))
        await transport.close()
        let request = try #require(asked.all.first)
        #expect(request.method == "POST")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "grant_type=refresh_token&client_id=baton&refresh_token=identity&service=registry.test&scope=repository:shop/payments:pull"
        )
    }

    @Test func `does not follow a redirect with its authorization to another host`() async throws {
        let stranger = try ScriptedRegistry(FaultWorld.contents) { _, _ in .answer(200, body: FaultWorld.new.blobs[0]) }
        let there = try #require(stranger.address)
        let registry = try ScriptedRegistry(FaultWorld.contents) { request, _ in
            guard request.rest.hasPrefix("blobs/") else { return nil }
            if request.field("authorization") == nil {
                return .error(401, "UNAUTHORIZED", "who", ["Www-Authenticate": "Basic realm=\"x\""])
            }
            return .answer(307, ["Location": "\(there)/bucket/blob?signature=1"])
        }
        let scratch = try Scratch()
        let (client, transport) = try client(registry, try SecretFiles(in: scratch, name: "alice", password: "s3cret").source)
        let bytes = try await client.blob(
            Digest(of: FaultWorld.new.blobs[0]), limit: 10_000, in: try RepositoryName("shop/payments"))
        await transport.close()
        #expect(bytes == FaultWorld.new.blobs[0])
        let arrived = try #require(stranger.now.requests.first)
        #expect(arrived.path == "/bucket/blob?signature=1")
        #expect(arrived.field("authorization") == nil, "another port is another host")
    }
}
