internal import NIOCore
internal import NIOHTTP1
internal import PromotionCore

/// Carries the requests of one client to the slots of one place, each to the slot that its weight chooses.
///
/// Each request has a connection to the slot of its own: none is ever reused, so none can have been closed meanwhile, and a
/// change of weights holds from the next request on. Answers flow through; the client's pace holds back the slot's.
struct RouterProxy: Sendable {
    let place: Place
    let state: RouterState

    private typealias Outbound = NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>

    private struct Request {
        let head: HTTPRequestHead
        let body: ByteBuffer?

        /// Whether doing it twice is the same as doing it once and it changes nothing (RFC 9110, 9.2.1).
        var isSafe: Bool { [.GET, .HEAD, .OPTIONS].contains(head.method) }
    }

    private enum Outcome {
        /// Whole, with this status.
        case answered(Int)
        /// No connection came to be, so nothing was asked.
        case notAsked
        /// Asked, and nothing of an answer came.
        case noAnswer
        /// Cut off in the middle, or the client is gone: the connection cannot be used any more.
        case cut

        /// Whether it counts as an error of the slot; nil where the slot was not asked, or the client may have gone.
        var isError: Bool? {
            switch self {
            case .answered(let status): status >= 500
            case .noAnswer: true
            case .notAsked, .cut: nil
            }
        }
    }

    /// Serves a client until it closes, goes idle, or cannot be answered whole.
    func serve(_ client: ServerConnection) async {
        try? await client.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body = ByteBuffer()
            for try await part in inbound {
                switch part {
                case .head(let found): (head, body) = (found, ByteBuffer())
                case .body(var bytes):
                    guard let head else { return }
                    guard body.readableBytes + bytes.readableBytes <= HTTPBounds.requestBodyInBytes else {
                        let reason = "a body of at most \(HTTPBounds.requestBodyInBytes) bytes is taken here"
                        return try await Self.say(413, reason, to: head, closing: true, outbound)
                    }
                    body.writeBuffer(&bytes)
                case .end:
                    guard let head else { return }
                    let request = Request(head: head, body: body.readableBytes > 0 ? body : nil)
                    guard try await forward(request, outbound), head.isKeepAlive else { return }
                }
            }
        }
    }

    /// Answers one request.
    ///
    /// A slot that takes no connection may have been replaced a moment ago: the choice is made anew, a few times.
    /// - Returns: whether the client's connection can go on.
    private func forward(_ request: Request, _ outbound: Outbound) async throws -> Bool {
        var last: RouterState.Choice?
        for attempt in 0..<4 {
            if attempt > 0 { try await Task.sleep(for: .milliseconds(5 << attempt)) }
            guard let choice = state.begin(place) else { continue }
            defer { state.end(choice) }
            last = choice
            let start = ContinuousClock.now
            let outcome = await exchange(request, with: choice, outbound)
            if let isError = outcome.isError, !request.head.isLook {
                state.count(choice, of: place, isError: isError, since: start)
            }
            switch outcome {
            case .answered: return true
            case .cut: return false
            case .notAsked: continue
            case .noAnswer:
                if request.isSafe { continue }
                try await Self.say(502, "slot \(choice.slot) of \(place) gave no answer", to: request.head, outbound)
                return true
            }
        }
        guard let last else {
            try await Self.say(503, "no slot of \(place) takes traffic", to: request.head, outbound)
            return true
        }
        if !request.head.isLook { state.count(last, of: place, isError: true, since: .now) }
        let reason = "slot \(last.slot) of \(place) does not answer at 127.0.0.1:\(last.port)"
        try await Self.say(502, reason, to: request.head, outbound)
        return true
    }

    private func exchange(_ request: Request, with choice: RouterState.Choice, _ outbound: Outbound) async -> Outcome {
        let upstream: ClientConnection
        do { upstream = try await LoopbackClient.connect(port: choice.port, timeout: HTTPBounds.connect) } catch {
            return .notAsked
        }
        return await Self.ask(request, upstream: upstream, choice: choice, outbound)
    }

    private static func ask(
        _ request: Request, upstream: ClientConnection, choice: RouterState.Choice, _ outbound: Outbound
    ) async -> Outcome {
        // What has reached the client decides what may still be tried, also when the exchange ends in an error.
        var status: Int?
        do {
            return try await upstream.executeThenClose { answers, questions in
                try await questions.write(
                    .head(ProxyHeaders.forward(request.head, bodyInBytes: request.body?.readableBytes ?? 0)))
                if let body = request.body { try await questions.write(.body(.byteBuffer(body))) }
                try await questions.write(.end(nil))
                for try await part in answers {
                    switch part {
                    case .head(let head):
                        status = Int(head.status.code)
                        try await outbound.write(.head(ProxyHeaders.back(head, to: request.head, from: choice.slot)))
                    case .body(let bytes): try await outbound.write(.body(.byteBuffer(bytes)))
                    case .end:
                        try await outbound.write(.end(nil))
                        return .answered(status ?? 502)
                    }
                }
                return status == nil ? .noAnswer : .cut
            }
        } catch { return status == nil ? .noAnswer : .cut }
    }

    /// An answer of the router's own.
    private static func say(
        _ status: Int, _ reason: String, to request: HTTPRequestHead, closing: Bool = false, _ outbound: Outbound
    ) async throws {
        let text = "baton stage router: \(reason)\n"
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status))
        head.headers = [
            "Content-Type": "text/plain; charset=utf-8", "Content-Length": "\(text.utf8.count)",
            "Connection": closing || !request.isKeepAlive ? "close" : "keep-alive",
        ]
        try await outbound.write(.head(head))
        if request.method != .HEAD { try await outbound.write(.body(.byteBuffer(ByteBuffer(string: text)))) }
        try await outbound.write(.end(nil))
    }
}
