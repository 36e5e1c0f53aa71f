internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// One request that is waited for, and where its answer goes.
struct HeadAsk {
    typealias Answer = Result<HTTPResponseHead, any Error>

    let number: Int
    let head: HTTPRequestHead
    let due: NIODeadline
    let answer: CheckedContinuation<Answer, Never>
}

/// One kept connection that answers one HEAD at a time. Lives on its loop alone.
final class HeadLine: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// What becomes of the connection after an answer.
    enum End {
        case free, gone
    }

    /// How long an unused connection is kept.
    private static let idle = TimeAmount.seconds(30)

    private let ended: (HeadLine, End) -> Void
    private var context: ChannelHandlerContext?
    private var ask: HeadAsk?
    private var received: HTTPResponseHead?
    /// Whether the answer under way is here to its end.
    private var isWhole = false
    /// Whether nothing came that nobody asked for.
    private var isTrusted = true
    /// When the request under way, or the unused connection, has lasted too long.
    private var due = NIODeadline.distantFuture
    private var timer: (at: NIODeadline, scheduled: Scheduled<Void>)?
    private var isGone = false

    /// - Parameter ended: is told after each answer whether the connection can be used again.
    init(ended: @escaping (HeadLine, End) -> Void) { self.ended = ended }

    var current: Int? { ask?.number }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { leave(HTTPClientError.remoteConnectionClosed) }

    /// Sends a request. Only a line that is free is given one.
    func send(_ ask: HeadAsk) {
        guard let context, !isGone else { return ask.answer.resume(returning: .failure(HTTPClientError.remoteConnectionClosed)) }
        self.ask = ask
        received = nil
        wait(until: ask.due, context)
        context.write(Self.wrapOutboundOut(.head(ask.head)), promise: nil)
        context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head) where ask != nil && received == nil: received = head
        case .end where received != nil && !isWhole: isWhole = true
        // Something that nobody asked for: what comes next on this connection could be taken for another's answer.
        case .head, .body, .end: isTrusted = false
        }
    }

    /// An answer is handed out, and the line with it, once everything that came with it was looked at.
    func channelReadComplete(context: ChannelHandlerContext) {
        if isWhole {
            finish(context)
        } else if !isTrusted {
            end(HTTPClientError.remoteConnectionClosed, context)
        }
    }

    private func finish(_ context: ChannelHandlerContext) {
        guard let ask, let head = received else { return }
        (self.ask, received, isWhole) = (nil, nil, false)
        ask.answer.resume(returning: .success(head))
        guard isTrusted, head.isKeepAlive else { return end(HTTPClientError.remoteConnectionClosed, context) }
        wait(until: .now() + Self.idle, context)
        ended(self, .free)
    }

    /// What is wrong with bytes behind an answer is wrong with the connection, not with the answer.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard isWhole else { return end(error, context) }
        isTrusted = false
        finish(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(HTTPClientError.remoteConnectionClosed, context)
        context.fireChannelInactive()
    }

    /// Gives the request up, whose asker does not wait any longer; the answer may be on its way, so the connection goes too.
    func give(up error: any Error) {
        guard let context else { return }
        end(error, context)
    }

    private func end(_ error: any Error, _ context: ChannelHandlerContext) {
        leave(error)
        context.close(promise: nil)
    }

    private func leave(_ error: any Error) {
        timer?.scheduled.cancel()
        (timer, context) = (nil, nil)
        guard !isGone else { return }
        isGone = true
        let ask = ask
        self.ask = nil
        ask?.answer.resume(returning: .failure(error))
        ended(self, .gone)
    }

    // MARK: Time

    /// Keeps one timer for all requests: when it goes off too early for the one under way it is set again.
    private func wait(until due: NIODeadline, _ context: ChannelHandlerContext) {
        self.due = due
        if let timer, timer.at <= due { return }
        timer?.scheduled.cancel()
        let line = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = (due, context.eventLoop.scheduleTask(deadline: due) { line.value.look() })
    }

    private func look() {
        timer = nil
        guard let context else { return }
        guard NIODeadline.now() < due else { return end(HTTPClientError.deadlineExceeded, context) }
        wait(until: due, context)
    }
}
