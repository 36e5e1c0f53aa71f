import Foundation
import PromotionCore
import Remotes
import Testing

/// A real registry behind a real forward proxy, under a name that only the proxy knows.
@Suite(
    .enabled(
        if: RealRegistry.isInstalled && ForwardProxy.isInstalled, "docker-registry and tinyproxy are wanted: make setup"))
struct `A registry behind a forward proxy` {
    private let repository: RepositoryName

    init() throws { repository = try RepositoryName("shop/payments") }

    /// What reading the registry's tags and one digest gives.
    private func read(_ registry: RealRegistry, _ rules: ProxyRules) async throws -> [String] {
        let scheme = registry.address.scheme == .https ? "https" : "http"
        let address = try #require(RegistryAddress("\(scheme)://registry.test:\(registry.address.port)"))
        let limits = RegistryLimits()
        let transport = try RegistryTransport(limits: limits, authority: try Certificates.shared.get().authority, proxies: rules)
        let client = RegistryClient(
            address: address, credentials: registry.credentials, transport: transport, limits: limits, now: Wall.now)
        let port = DistributionRegistry(client: client, state: "\(registry.scratch.path)/state")
        let result = await Task {
            let tags = try await port.tagList(in: repository).tags
            _ = try await client.digests(of: tags, in: repository)
            return tags.map(\.text)
        }.result
        await transport.close()
        return try result.get()
    }

    private func registry(_ manner: RealRegistry.Manner) async throws -> RealRegistry {
        let registry = try await RealRegistry(manner)
        try await registry.push(SampleImage.single("v1.0.0"), tags: ["v1.0.0"])
        return registry
    }

    @Test func `is reached by a tunnel, with its own certificate and password`() async throws {
        let (registry, proxy) = (try await registry(.init(isEncrypted: true, needsPassword: true)), try await ForwardProxy())
        #expect(try await read(registry, proxy.rules()) == ["v1.0.0"])
        let log = try proxy.log()
        #expect(log.contains("CONNECT registry.test:\(registry.address.port)"), "\(log)")
        #expect(!log.contains("hunter2"))
    }

    @Test func `is asked by its whole address where it speaks http`() async throws {
        let (registry, proxy) = (try await registry(RealRegistry.plain), try await ForwardProxy())
        #expect(try await read(registry, proxy.rules()) == ["v1.0.0"])
        let log = try proxy.log()
        #expect(log.contains("GET http://registry.test:\(registry.address.port)/v2/shop/payments/tags/list"), "\(log)")
        #expect(!log.contains("CONNECT registry"), "\(log)")
    }

    @Test(arguments: [true, false])
    func `is asked directly where NO_PROXY names it`(_ isEncrypted: Bool) async throws {
        let (registry, proxy) = (try await registry(.init(isEncrypted: isEncrypted)), try await ForwardProxy())
        let fault = try await fault(of: { _ = try await read(registry, proxy.rules(exceptions: ".test")) })
        #expect(fault.reason.text.contains("the host name does not resolve"), "\(fault.reason)")
        #expect(try !proxy.log().contains("registry.test"))
    }

    @Test(arguments: [true, false])
    func `is reached with the proxy's own name and password, and without them the proxy is named`(
        _ isEncrypted: Bool
    ) async throws {
        let registry = try await registry(.init(isEncrypted: isEncrypted))
        let proxy = try await ForwardProxy(["BasicAuth me s3cret"])
        #expect(try await read(registry, proxy.rules("me:s3cret@")) == ["v1.0.0"])
        let words = "the proxy 127.0.0.1:\(proxy.port) of \(isEncrypted ? "HTTPS_PROXY" : "HTTP_PROXY"): "
        let none = try await fault(of: { _ = try await read(registry, proxy.rules()) })
        #expect(none.reason.text.contains(words + "it asks for a name and password"), "\(none.reason)")
        // With a wrong password this proxy answers 401: of what is not in a tunnel nobody can tell whose that is.
        let wrong = try await fault(of: { _ = try await read(registry, proxy.rules("me:wr0ng@")) })
        #expect(!isEncrypted || wrong.reason.text.contains(words + "it does not connect to this host"), "\(wrong.reason)")
        #expect(!wrong.reason.text.contains("wr0ng"))
    }

    @Test func `that the proxy does not let through is not told to be down`() async throws {
        let registry = try await registry(.init(isEncrypted: true))
        let proxy = try await ForwardProxy(names: ["other.test"])
        let fault = try await fault(of: { _ = try await read(registry, proxy.rules()) })
        #expect(
            fault.reason.text.contains(
                "the proxy 127.0.0.1:\(proxy.port) of HTTPS_PROXY: it does not connect to this host: see its rules and accounts, or name the host in NO_PROXY"
            ),
            "\(fault.reason)")
    }

    @Test func `whose proxy is down is not told to be down itself`() async throws {
        let registry = try await registry(.init(isEncrypted: true))
        let port = try RawServer.closedPort().port
        let rules = ProxyRules { ["HTTPS_PROXY": "127.0.0.1:\(port)"][$0] }
        let down = try await fault(of: { _ = try await read(registry, rules) })
        #expect(down.reason.text.contains("the proxy 127.0.0.1:\(port) of HTTPS_PROXY: connection refused"), "\(down.reason)")
        let wrong = ProxyRules { ["HTTPS_PROXY": "https://me:s3cret@proxy.test"][$0] }
        let refusal = try await fault(of: { _ = try await read(registry, wrong) })
        #expect(refusal.reason.text.contains("HTTPS_PROXY is no address of a proxy that can be used"), "\(refusal.reason)")
        #expect(!refusal.reason.text.contains("s3cret"))
    }

    /// Webhooks go out through it; what has no rules, as probes have none, never does.
    @Test func `is no way for a probe, and one for a webhook`() async throws {
        let server = try RawServer(answering: "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n")
        let proxy = try await ForwardProxy()
        setenv("http_proxy", "http://127.0.0.1:\(proxy.port)", 1)
        defer { unsetenv("http_proxy") }
        let (direct, routed) = (OutboundHTTP(), OutboundHTTP(proxies: proxy.rules()))
        let url = "http://hooks.test:\(server.endpoint.port)/T0K3N?a=1"
        let answer = try await routed.post(Array("{}".utf8), to: url, fields: [], within: .seconds(30), bodyLimit: 100)
        #expect(answer.status == 204)
        #expect(try proxy.log().contains("POST \(url)"))
        let failure = await #expect(throws: HTTPFailure.self) {
            try await direct.get(url, within: .seconds(30), bodyLimit: 100)
        }
        #expect(failure?.problem == .unknownHost)
        await direct.close()
        await routed.close()
    }
}
