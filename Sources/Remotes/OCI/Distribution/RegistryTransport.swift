internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
package import PromotionCore

/// Connections to registries and what stands beside them: kept open, few, and each answer bounded.
///
/// It follows no redirect, unpacks nothing and sends nothing again: those are decisions, and they are made by
/// `RegistryClient`.
package final class RegistryTransport: Sendable {
    private let client: RoutedClient
    private let loop: any EventLoop
    /// Where work that is nothing but many short requests is done without changing threads.
    let executor: LoopExecutor
    private let lines: HeadLines
    private let silence: Milliseconds

    /// - Parameters:
    ///   - authority: a file with the certificates of a private authority, trusted beside the system's; nil for none.
    ///   - proxies: which requests go through a proxy, those to token servers too.
    /// - Throws: `Fault.refused` where the file holds no certificate.
    package init(
        limits: RegistryLimits = RegistryLimits(), authority: String? = nil, proxies: ProxyRules = .none
    ) throws(Fault) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: .milliseconds(limits.silence.count)), proxy: nil, decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = limits.connections
        configuration.connectionPool.idleTimeout = .seconds(30)
        // A refused connection is an answer; waiting for a better one until the deadline would hide it.
        configuration.connectionPool.retryConnectionEstablishment = false
        var security = try TrustedAuthority.configuration(authority, of: "registry")
        security.minimumTLSVersion = .tlsv12
        configuration.tlsConfiguration = security
        // One of the process's loops: a request whose asker runs there too goes out and comes back without waking anybody.
        loop = HTTPClient.defaultEventLoopGroup.next()
        executor = LoopExecutor(loop)
        silence = limits.silence
        lines = HeadLines(on: loop, limit: limits.connections, security)
        client = RoutedClient(configuration, on: loop, proxies: proxies) { channel in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
            try pipeline.addHandler(StatusLineBound(), position: .before(decoder))
        }
    }

    /// Whether requests to an address go through a proxy, which then resolves its name.
    func isProxied(_ address: RegistryAddress) -> Bool { (try? client.proxy(to: address)) != nil }

    /// Ends all connections; requests under way fail. Call once, at the end of the process.
    package func close() async {
        await lines.close()
        await client.shutdown()
    }

    /// Sends a request and reads its answer whole.
    /// - Parameter authorization: the value of `Authorization`; nil for none.
    func send(
        _ request: RegistryRequest, to address: RegistryAddress, authorization: Secret?
    ) async throws(RegistryError) -> RegistryAnswer {
        let proxy: Proxy?
        do throws(ProxyRuleError) { proxy = try client.proxy(to: address) } catch {
            throw .noAnswer(.proxy(SafeText("\(error)")))
        }
        if request.method == .HEAD, proxy == nil { return try await head(of: request, at: address, authorization) }
        let prepared = prepare(request, to: address, authorization)
        let result = await withDeadline(request.deadline, clock: ContinuousClock()) {
            await self.answer(to: prepared, request, within: request.deadline)
        }
        guard let result else { throw .noAnswer(Task.isCancelled ? .cancelled : .late(request.deadline)) }
        return try result.get()
    }

    private func answer(
        to prepared: HTTPClientRequest, _ request: RegistryRequest, within deadline: Milliseconds
    ) async -> Result<RegistryAnswer, RegistryError> {
        do {
            let response = try await client.execute(prepared, deadline: .now() + .milliseconds(deadline.count))
            let fields = response.headers
            // Of a refusal the beginning is enough; what was asked for comes whole or not at all.
            let isWanted = (200..<300).contains(response.status.code)
            let limit = isWanted ? request.limit : ErrorBody.byteLimit
            if isWanted, request.method != .HEAD, let length = fields.first(name: "content-length").flatMap({ Int64($0) }),
                length > Int64(limit)
            {
                return .failure(.tooLarge("the answer", limit: Int64(limit)))
            }
            var body: [UInt8] = []
            for try await chunk in response.body {
                body.append(contentsOf: chunk.readableBytesView.prefix(limit + 1 - body.count))
                if body.count > limit { break }
            }
            if isWanted && body.count > limit { return .failure(.tooLarge("the answer", limit: Int64(limit))) }
            return .success(RegistryAnswer(status: Int(response.status.code), fields: fields, body: body))
        } catch let error as RegistryError {
            return .failure(error)
        } catch {
            return .failure(.noAnswer(Self.problem(error, deadline)))
        }
    }

    /// Sends a request and hands the body out piece by piece.
    func stream(
        _ request: RegistryRequest, to address: RegistryAddress, authorization: Secret?
    ) async throws(RegistryError) -> StreamedAnswer {
        let prepared = prepare(request, to: address, authorization)
        do {
            let response = try await client.execute(prepared, deadline: .now() + .milliseconds(request.deadline.count))
            return StreamedAnswer(status: Int(response.status.code), fields: response.headers, body: response.body)
        } catch {
            throw .noAnswer(Self.problem(error, request.deadline))
        }
    }

    private func prepare(_ request: RegistryRequest, to address: RegistryAddress, _ authorization: Secret?) -> HTTPClientRequest {
        var prepared = HTTPClientRequest(url: address.description + request.path)
        prepared.method = request.method
        prepared.headers = Self.fields(of: request, authorization)
        switch request.body {
        case .none: break
        case .bytes(let bytes): prepared.body = .bytes(ByteBuffer(bytes: bytes))
        case .stream(let stream, let length): prepared.body = .stream(stream, length: .known(length))
        }
        return prepared
    }

    private static func fields(of request: RegistryRequest, _ authorization: Secret?) -> HTTPHeaders {
        var fields = HTTPHeaders()
        fields.reserveCapacity(request.fields.count + 4)
        fields.add(name: "user-agent", value: "baton")
        for (name, value) in request.fields { fields.add(name: name, value: value) }
        if let authorization { fields.add(name: "authorization", value: authorization.revealed) }
        return fields
    }

    /// Sends a HEAD. Thousands of them are asked for at a time, and most of what they cost is not on the line: they have lines of
    /// their own.
    private func head(
        of request: RegistryRequest, at address: RegistryAddress, _ authorization: Secret?
    ) async throws(RegistryError) -> RegistryAnswer {
        var fields = Self.fields(of: request, authorization)
        fields.add(name: "host", value: address.name)
        let head = HTTPRequestHead(version: .http1_1, method: .HEAD, uri: request.path, headers: fields)
        do {
            let answer = try await lines.answer(to: head, at: address, within: min(request.deadline, silence))
            return RegistryAnswer(status: Int(answer.status.code), fields: answer.headers, body: [])
        } catch {
            throw .noAnswer(Self.problem(error, request.deadline))
        }
    }

    static func problem(_ error: any Error, _ deadline: Milliseconds) -> HTTPFailure.Problem {
        if let error = error as? HTTPClientError, error == .deadlineExceeded || error == .readTimeout { return .late(deadline) }
        if let error = error as? RoutedClient.ProxyFailure { return problem(of: error, deadline) }
        let words = String(describing: error)
        if words.contains("CERTIFICATE_VERIFY_FAILED") {
            return .connection(
                "its certificate is signed by nobody that is trusted here: name the authority's file as registry ca")
        }
        if words.contains("failedToValidateHostname") || words.contains("HOSTNAME_MISMATCH") {
            return .connection("its certificate is for another host")
        }
        // The other side went without a farewell: the request had long been sent.
        if case NIOSSLError.uncleanShutdown = error { return .closedEarly }
        if error is NIOSSLError || words.contains("WRONG_VERSION_NUMBER") {
            return .connection(SafeText("no TLS connection (\(words))", limit: 200))
        }
        return HTTPFailure.Problem(error)
    }
}

extension RegistryTransport {
    /// A certificate that is not believed is the server's, not the proxy's.
    private static func problem(of failure: RoutedClient.ProxyFailure, _ deadline: Milliseconds) -> HTTPFailure.Problem {
        let problem = problem(failure.underlying, deadline)
        let isOfServer = failure.underlying is NIOSSLError || "\(problem)".contains("certificate")
        return isOfServer ? problem : problem.through(failure.proxy)
    }
}

/// An answer whose body is still on its way.
struct StreamedAnswer: Sendable {
    let status: Int
    let fields: HTTPHeaders
    let body: HTTPClientResponse.Body
}

/// Ends a connection whose status line does not end: the HTTP decoder bounds header fields, and nothing before them.
final class StatusLineBound: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private static let limit = 64 << 10
    private var isInLine = true
    private var count = 0

    /// A request goes out: what comes next begins with a status line.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        (isInLine, count) = (true, 0)
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isInLine {
            let bytes = Self.unwrapInboundIn(data)
            isInLine = !bytes.readableBytesView.contains(UInt8(ascii: "\n"))
            count += bytes.readableBytes
            guard !isInLine || count <= Self.limit else {
                context.fireErrorCaught(ByteBound.Exceeded(limit: Self.limit))
                return context.close(promise: nil)
            }
        }
        context.fireChannelRead(data)
    }
}
