internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import PromotionCore
internal import Synchronization

/// HTTP clients by the way that a request takes: directly, or through a proxy of the environment.
///
/// What an https request says is between Baton and the server: a proxy is asked for a tunnel (`CONNECT`, RFC 9110, 9.3.6). A
/// request for http is sent to the proxy as a whole address (RFC 9112, 3.2.2): most proxies open tunnels to port 443 alone.
final class RoutedClient: Sendable {
    /// The way of a request.
    private enum Route: Hashable {
        case direct
        case tunnel(Proxy)
        case forward(Proxy)
    }

    /// Why a request did not get through a proxy.
    struct ProxyFailure: Error {
        let proxy: Proxy
        let underlying: any Error
    }

    private let proxies: ProxyRules
    private let configuration: HTTPClient.Configuration
    private let loop: (any EventLoop)?
    private let prepare: @Sendable (any Channel) throws -> Void
    private let clients = Mutex<[Route: HTTPClient]>([:])

    /// - Parameters:
    ///   - loop: where all connections are served; `nil` for any.
    ///   - prepare: adds handlers to a connection, on its loop.
    init(
        _ configuration: HTTPClient.Configuration, on loop: (any EventLoop)? = nil, proxies: ProxyRules,
        prepare: @escaping @Sendable (any Channel) throws -> Void
    ) {
        self.configuration = configuration
        self.loop = loop
        self.proxies = proxies
        self.prepare = prepare
    }

    /// The proxy that requests to an address go through; `nil` for none.
    func proxy(to address: RegistryAddress) throws(ProxyRuleError) -> Proxy? { try proxies.proxy(to: address) }

    /// Sends a request.
    /// - Throws: `ProxyRuleError`, `ProxyFailure`, or what the library throws.
    func execute(_ request: HTTPClientRequest, deadline: NIODeadline) async throws -> HTTPClientResponse {
        let address = RegistryAddress(Self.withoutAccount(request.url))
        guard let address, let proxy = try proxies.proxy(to: address) else {
            return try await client(.direct).execute(request, deadline: deadline)
        }
        do {
            guard proxy.kind == .http, address.scheme == .http else {
                return try await client(.tunnel(proxy)).execute(request, deadline: deadline)
            }
            let response = try await client(.forward(proxy)).execute(Self.forwarded(request, address, proxy), deadline: deadline)
            if response.status == .proxyAuthenticationRequired { throw HTTPClientError.proxyAuthenticationRequired }
            return response
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout || error == .cancelled {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw ProxyFailure(proxy: proxy, underlying: error)
        }
    }

    /// Ends all clients; requests under way fail.
    func shutdown() async { for client in clients.withLock({ Array($0.values) }) { try? await client.shutdown() } }

    private func client(_ route: Route) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[route] { return client }
            var configuration = configuration
            var forwards: Secret??
            switch route {
            case .direct: break
            case .tunnel(let proxy):
                configuration.proxy =
                    proxy.kind == .socks
                    ? .socksServer(host: proxy.host, port: proxy.port)
                    : .server(
                        host: proxy.host, port: proxy.port,
                        authorization: proxy.authorization.map { .basic(credentials: String($0.revealed.dropFirst(6))) })
            case .forward(let proxy): forwards = .some(proxy.authorization)
            }
            let prepare = prepare
            let forward = forwards.map { $0 }
            configuration.http1_1ConnectionDebugInitializer = { channel in
                channel.eventLoop.submit {
                    try prepare(channel)
                    guard let forward else { return }
                    let encoder = try channel.pipeline.syncOperations.handler(type: HTTPRequestEncoder.self)
                    try channel.pipeline.syncOperations.addHandler(AbsoluteForm(forward), position: .after(encoder))
                }
            }
            let client =
                loop.map { HTTPClient(eventLoopGroup: $0, configuration: configuration) }
                ?? HTTPClient(configuration: configuration)
            clients[route] = client
            return client
        }
    }

    /// The request as it is sent to the proxy: its host field names the server.
    private static func forwarded(_ request: HTTPClientRequest, _ address: RegistryAddress, _ proxy: Proxy) -> HTTPClientRequest {
        let start = request.url.firstRange(of: "://").map { request.url[$0.upperBound...] } ?? ""
        let target = start.firstIndex { $0 == "/" || $0 == "?" }.map { start[$0...] } ?? "/"
        let host = proxy.host.contains(":") ? "[\(proxy.host)]" : proxy.host
        var forwarded = request
        forwarded.url = "http://\(host):\(proxy.port)" + (target.hasPrefix("/") ? target : "/" + target)
        forwarded.headers.replaceOrAdd(name: "host", value: address.name)
        return forwarded
    }

    private static func withoutAccount(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let sign = authority.lastIndex(of: "@") else { return url }
        return String(url[..<scheme.upperBound] + url[url.index(after: sign)...])
    }
}

/// Makes the target of every request a whole address, as a proxy wants it.
private final class AbsoluteForm: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    private let authorization: Secret?

    init(_ authorization: Secret?) { self.authorization = authorization }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var part = Self.unwrapOutboundIn(data)
        if case .head(var head) = part {
            head.uri = "http://" + (head.headers.first(name: "host") ?? "") + head.uri
            if let authorization { head.headers.replaceOrAdd(name: "proxy-authorization", value: authorization.revealed) }
            part = .head(head)
        }
        context.write(Self.wrapOutboundOut(part), promise: promise)
    }
}
