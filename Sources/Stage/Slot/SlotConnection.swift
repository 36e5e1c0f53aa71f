internal import NIOCore
internal import NIOHTTP1
internal import PromotionCore

/// Asks a connection to close: at once if it is idle, else after the answer under way.
struct DrainEvent: Sendable {}

/// One client's connection to a slot process: a request, its answer, and again.
final class SlotConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// Leaves to receiving, closing.
        case idle
        /// Leaves to answering.
        case receiving(HTTPRequestHead, bodyInBytes: Int)
        /// Leaves to idle, closing.
        case answering
        case closing
    }

    private var state = State.idle
    private var isDraining = false
    private let digest: Digest
    private let answer: @Sendable (HTTPRequestHead) -> SlotAnswers.Answer

    init(digest: Digest, answer: @escaping @Sendable (HTTPRequestHead) -> SlotAnswers.Answer) {
        self.digest = digest
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (state, unwrapInboundIn(data)) {
        case (.idle, .head(let head)): state = .receiving(head, bodyInBytes: 0)
        case (.receiving(let head, let count), .body(let bytes)):
            let sum = count + bytes.readableBytes
            if sum > HTTPBounds.requestBodyInBytes {
                let limit = "a body of at most \(HTTPBounds.requestBodyInBytes) bytes is taken here\n"
                write(.init(status: 413, contentType: "text/plain", body: limit, after: .zero), to: head, closing: true, context)
            } else {
                state = .receiving(head, bodyInBytes: sum)
            }
        case (.receiving(let head, _), .end): respond(to: head, context)
        default: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is DrainEvent else { return context.fireUserInboundEventTriggered(event) }
        isDraining = true
        if case .idle = state { close(context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close(context) }

    private func respond(to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        state = .answering
        let answer = answer(head)
        guard answer.after > .zero else { return write(answer, to: head, closing: false, context) }
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(answer.after.count)) {
            self.write(answer, to: head, closing: false, context)
        }
    }

    private func write(
        _ answer: SlotAnswers.Answer, to request: HTTPRequestHead, closing: Bool, _ context: ChannelHandlerContext
    ) {
        guard context.channel.isActive else { return }
        let staysOpen = request.isKeepAlive && !isDraining && !closing
        state = staysOpen ? .answering : .closing
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status))
        head.headers = [
            "Content-Type": answer.contentType, "Content-Length": "\(answer.body.utf8.count)",
            StageHeader.digest: digest.description, "Connection": staysOpen ? "keep-alive" : "close",
        ]
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { _ in
            if staysOpen && !self.isDraining { self.state = .idle } else { self.close(context) }
        }
    }

    private func close(_ context: ChannelHandlerContext) {
        state = .closing
        context.close(promise: nil)
    }
}
