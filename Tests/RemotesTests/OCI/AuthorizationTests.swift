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

@Suite struct `The credentials of an account` {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let file: String
        let address: String
        let entry: DockerConfiguration.Entry?
        var testDescription: String { what }
    }

    private static let pair = Data("me:pa:ss".utf8).base64EncodedString()
    private static let basic = DockerConfiguration.Entry.credentials(.basic(username: "me", password: Secret("pa:ss")))

    static let cases = [
        Case(
            what: "a host with its port", file: #"{"auths":{"r.example:5000":{"auth":"\#(pair)"}}}"#,
            address: "https://r.example:5000", entry: basic),
        Case(
            what: "the scheme's own port is not written", file: #"{"auths":{"r.example":{"auth":"\#(pair)"}}}"#,
            address: "https://r.example:443", entry: basic),
        Case(
            what: "a URL of old", file: #"{"auths":{"https://r.example/v2/":{"auth":"\#(pair)"}}}"#, address: "https://r.example",
            entry: basic),
        Case(
            what: "another port is another registry", file: #"{"auths":{"r.example":{"auth":"\#(pair)"}}}"#,
            address: "https://r.example:5000", entry: nil),
        Case(
            what: "Docker Hub under its name of old", file: #"{"auths":{"https://index.docker.io/v1/":{"auth":"\#(pair)"}}}"#,
            address: "https://registry-1.docker.io", entry: basic),
        Case(
            what: "an identity token", file: #"{"auths":{"r.example":{"identitytoken":"x"}}}"#, address: "https://r.example",
            entry: .credentials(.identityToken(Secret("x")))),
        Case(
            what: "the registry's own helper before all",
            file: #"{"credsStore":"all","credHelpers":{"r.example":"ecr-login"},"auths":{"r.example":{"auth":"\#(pair)"}}}"#,
            address: "https://r.example", entry: .helper("ecr-login")),
        Case(
            what: "the common helper before the file", file: #"{"credsStore":"pass","auths":{"r.example":{"auth":"\#(pair)"}}}"#,
            address: "https://r.example", entry: .helper("pass")),
        Case(
            what: "an entry that the helper left", file: #"{"auths":{"r.example":{}}}"#, address: "https://r.example", entry: nil),
    ]

    @Test(arguments: cases)
    func `are found in config.json`(_ example: Case) throws {
        let address = try #require(RegistryAddress(example.address))
        #expect(try DockerConfiguration(parsing: Array(example.file.utf8)).entry(for: address) == example.entry)
    }

    @Test(arguments: [
        ("[]", "no JSON object"), (#"{"credsStore":"../../bin/sh"}"#, "not the name of a program"),
        (#"{"credHelpers":{"r":"a b"}}"#, "not the name of a program"), (#"{"auths":{"r":{"auth":"!!"}}}"#, "not base64"),
    ])
    func `in a config.json that is wrong are named by their place`(_ text: String, _ words: String) throws {
        let error = #expect(throws: DockerConfigurationError.self) { try DockerConfiguration(parsing: Array(text.utf8)) }
        #expect(try #require(error).description.contains(words))
    }

    @Test func `come from a helper that is given the host and answers in JSON`() async throws {
        let scratch = try Scratch()
        try scratch.write(
            "#!/bin/sh\nread host\nprintf '{\"Username\":\"%s\",\"Secret\":\"s3cret\"}' \"$host\"\n".utf8,
            to: "docker-credential-test")
        chmod("\(scratch.path)/docker-credential-test", 0o755)
        try scratch.write(#"{"credsStore":"test"}"#.utf8, to: "config.json")
        let path = try #require(getenv("PATH").map { String(cString: $0) })
        setenv("PATH", "\(scratch.path):\(path)", 1)
        defer { setenv("PATH", path, 1) }
        let address = try #require(RegistryAddress("https://r.example:5000"))
        let found = try await CredentialSource.dockerConfiguration(path: "\(scratch.path)/config.json").credentials(for: address)
        #expect(found == .basic(username: "r.example:5000", password: Secret("s3cret")))
    }

    @Test func `of a helper that is not there are a fault, never anonymous`() async throws {
        let scratch = try Scratch()
        try scratch.write(#"{"credsStore":"surely-not-installed"}"#.utf8, to: "config.json")
        let address = try #require(RegistryAddress("https://r.example"))
        let refusal = try await fault(of: {
            _ = try await CredentialSource.dockerConfiguration(path: "\(scratch.path)/config.json").credentials(for: address)
        })
        #expect(refusal.reason.text.contains("docker-credential-surely-not-installed"))
    }

    @Test func `are never shown`() throws {
        let credentials = Credentials.basic(username: "me", password: Secret("s3cret"))
        for text in ["\(credentials)", String(reflecting: credentials), "\(Secret("s3cret"))"] {
            #expect(!text.contains("s3cret"))
        }
    }
}

@Suite struct `Words of the wire` {
    @Test(
        arguments: [
            ([#"Basic realm="x""#], Challenge.basic),
            (
                [#"Bearer realm="https://a/t",service="s",scope="repository:a/b:pull,push""#],
                .bearer(realm: "https://a/t", service: "s", scope: "repository:a/b:pull,push")
            ),
            ([#"Basic realm="x", Bearer realm=https://a/t"#], .bearer(realm: "https://a/t", service: nil, scope: nil)),
            ([#"Negotiate"#, #"bearer  REALM = "https://a/\"t""#], .bearer(realm: #"https://a/"t"#, service: nil, scope: nil)),
            (["Negotiate"], nil), ([], nil), ([#"Bearer realm="""#], nil),
            ([#"Bearer realm="open"#], .bearer(realm: "open", service: nil, scope: nil)),
        ] as [([String], Challenge?)])
    func `of a challenge are read`(_ fields: [String], _ challenge: Challenge?) {
        #expect(Challenge(fields) == challenge)
    }

    @Test(
        arguments: [
            ([#"</v2/a/tags/list?last=b>; rel="next""#], "/v2/a/tags/list?last=b"),
            ([#"<https://other/v2/a?x=1,2>; rel=next"#], "/v2/a?x=1,2"),
            ([#"</p>; rel="prev", </n>; rel="next""#], "/n"), ([#"</p>; rel="prev""#], nil), (["</n>"], nil), (["rel=next"], nil),
            ([], nil),
        ] as [([String], String?)])
    func `of a next page are read`(_ fields: [String], _ next: String?) {
        #expect(LinkHeader.next(in: fields) == next)
    }

    @Test(
        arguments: [
            ("5", "", 5_000), ("Sun, 06 Nov 1994 08:49:47 GMT", "", 10_000), ("Sun, 06 Nov 1994 08:49:27 GMT", "", 0),
            (nil, "slow down, retry-after: 10.305464ms, allowed", 11), (nil, "Retry-After: 1m2.5s", 62_500),
            (nil, "no idea", nil),
            ("soon", "", nil), ("-3", "", 0), ("99999999999999999999", "", nil),
        ] as [(String?, String, Int64?)])
    func `of a wait are read`(_ field: String?, _ message: String, _ milliseconds: Int64?) throws {
        let now = try #require(HTTPDate.parse("Sun, 06 Nov 1994 08:49:37 GMT"))
        #expect(RetryAfter.wait(field: field, message: message, now: now) == milliseconds.map(Milliseconds.init))
    }

    @Test(
        arguments: [
            ("https://r.example", "https://r.example"), ("https://R.Example:443/v2", "https://r.example"),
            ("http://[::1]:5000", "http://[::1]:5000"),
            ("https://me:secret@r.example", nil), ("ftp://r.example", nil), ("https://", nil), ("https://r:99999", nil),
            ("https://a b", nil),
        ] as [(String, String?)])
    func `of an address are read`(_ text: String, _ address: String?) {
        #expect(RegistryAddress(text)?.description == address)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("10.1.2.3", true), ("172.31.0.1", true), ("172.32.0.1", false), ("192.168.1.1", true),
        ("169.254.169.254", true),
        ("100.64.0.1", true), ("8.8.8.8", false), ("::1", true), ("fe80::1", true), ("fd00::1", true), ("::ffff:10.0.0.1", true),
        ("2001:4860:4860::8888", false), ("localhost", true), ("0x7f.1", true),
    ])
    func `of a private network are known`(_ host: String, _ isPrivate: Bool) {
        #expect(AddressRule.isPrivate(host) == isPrivate)
    }

    @Test func `kept within a bound go in the order they came`() {
        var cache = BoundedCache<Int, String>(limit: 10)
        for number in 1...5 { cache.insert("\(number)", for: number, weight: 3) }
        #expect([1, 2, 3, 4, 5].map { cache[$0] } == [nil, nil, "3", "4", "5"])
        cache.insert("3 again", for: 3, weight: 3)
        cache.insert("6", for: 6, weight: 3)
        #expect([3, 4, 5, 6].map { cache[$0] } == ["3 again", nil, "5", "6"])
        cache.insert("too heavy", for: 7, weight: 11)
        #expect(cache[7] == nil && cache.weight == 9)
    }
}
