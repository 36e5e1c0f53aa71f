internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
package import PromotionCore

/// The one HTTP client of the process.
///
/// It follows no redirect and unpacks nothing: what answers is what was asked. Every request makes a connection of its own,
/// because a kept one may still lead to a process that is being replaced. It goes through a proxy only where its owner gives
/// rules for that: a probe of a slot never does, since it must reach that slot and nothing else.
/// Header fields are bounded by the HTTP decoder (256 fields, 80 KiB each, 2 MiB together), all bytes of an answer by
/// `byteLimit`.
package final class OutboundHTTP: Sendable {
    private let client: RoutedClient

    /// Bytes that one answer may have on the wire.
    package static let byteLimit = 8 << 20

    /// - Parameter proxies: which requests go through a proxy.
    package convenience init(proxies: ProxyRules = .none) {
        self.init(trusting: .makeClientConfiguration(), proxies)
    }

    /// A client that trusts a private authority next to the system's.
    /// - Parameters:
    ///   - authority: a file with the authority's certificates.
    ///   - owner: what the authority is of, for the reason: `webhook`.
    ///   - proxies: which requests go through a proxy.
    /// - Throws: `Fault.refused` where the file holds no certificate.
    package convenience init(
        authority: String, of owner: SafeText, proxies: ProxyRules = .none
    ) throws(Fault) {
        self.init(trusting: try TrustedAuthority.configuration(authority, of: owner), proxies)
    }

    private init(trusting security: TLSConfiguration, _ proxies: ProxyRules) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, proxy: nil, decompression: .disabled)
        configuration.tlsConfiguration = security
        configuration.httpVersion = .http1Only
        configuration.maximumUsesPerConnection = 1
        // A refused connection is an answer; waiting for a better one until the deadline would hide it.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = RoutedClient(configuration, proxies: proxies) { channel in
            try channel.pipeline.syncOperations.addHandler(ByteBound(limit: Self.byteLimit), position: .first)
        }
    }

    /// Ends the client; requests under way fail. Call once, at the end of the process.
    package func close() async { await client.shutdown() }

    /// Asks for a resource, within a deadline for everything: connecting, header and body.
    /// - Parameter bodyLimit: bytes of the body that are read; of a longer one the beginning is returned.
    /// - Throws: `HTTPFailure` where no whole answer came.
    package func get(
        _ url: String, within deadline: Milliseconds, bodyLimit: Int, clock: any Clock<Duration> = ContinuousClock()
    ) async throws(HTTPFailure) -> HTTPAnswer {
        try await ask(HTTPClientRequest(url: url), within: deadline, bodyLimit: bodyLimit, clock: clock)
    }

    /// Sends a body, within a deadline for everything.
    /// - Throws: `HTTPFailure` where no whole answer came; the server may have taken the body all the same.
    package func post(
        _ body: [UInt8], to url: String, fields: [(name: String, value: String)], within deadline: Milliseconds, bodyLimit: Int,
        clock: any Clock<Duration> = ContinuousClock()
    ) async throws(HTTPFailure) -> HTTPAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for field in fields { request.headers.add(name: field.name, value: field.value) }
        request.body = .bytes(body)
        return try await ask(request, within: deadline, bodyLimit: bodyLimit, clock: clock)
    }

    private func ask(
        _ request: HTTPClientRequest, within deadline: Milliseconds, bodyLimit: Int, clock: any Clock<Duration>
    ) async throws(HTTPFailure) -> HTTPAnswer {
        let result = await withDeadline(deadline, clock: clock) { await self.answer(to: request, bodyLimit: bodyLimit) }
        guard let result else {
            throw HTTPFailure(url: SafeText(request.url), problem: Task.isCancelled ? .cancelled : .late(deadline))
        }
        return try result.get()
    }

    private func answer(to asked: HTTPClientRequest, bodyLimit: Int) async -> Result<HTTPAnswer, HTTPFailure> {
        do {
            var request = asked
            request.headers.add(name: "user-agent", value: "baton")
            request.headers.add(name: "accept", value: "*/*")
            // Far beyond every deadline of a check; the caller's cancels this task.
            let response = try await client.execute(request, deadline: .now() + .hours(1))
            var body: [UInt8] = []
            for try await chunk in response.body {
                body += chunk.readableBytesView.prefix(bodyLimit + 1 - body.count)
                if body.count > bodyLimit { break }
            }
            return .success(
                HTTPAnswer(
                    status: Int(response.status.code), phrase: SafeText(response.status.reasonPhrase, limit: 60),
                    fields: response.headers.map { HTTPAnswer.Field(name: $0.name, value: $0.value) },
                    body: Array(body.prefix(bodyLimit)), isCut: body.count > bodyLimit))
        } catch {
            return .failure(HTTPFailure(url: SafeText(asked.url), problem: .init(error)))
        }
    }
}
