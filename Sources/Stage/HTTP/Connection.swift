internal import NIOCore
internal import NIOHTTP1

/// A client's connection to one of the stage's servers.
typealias ServerConnection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
/// A connection to a slot.
typealias ClientConnection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

/// Bounds that hold on every connection of the stage.
enum HTTPBounds {
    /// Most bytes of a request's body.
    static let requestBodyInBytes = 1 << 20
    static let connections = 1_024
    /// After which a connection on which nothing moves is closed.
    static let idle = TimeAmount.seconds(60)
    static let connect = TimeAmount.seconds(1)
    /// For the answer of a slot to begin or go on.
    static let answer = TimeAmount.seconds(30)
}

/// Names of headers that the stage's processes give each other.
enum StageHeader {
    static let digest = "X-Baton-Digest"
    /// Set by the router alone.
    static let routed = "X-Baton-Stage-Routed"
    static let slot = "X-Baton-Stage-Slot"
    /// Set by a look at the port: the slot answers it as one that asks the slot itself, and it counts as no user's request.
    static let look = "X-Baton-Stage-Look"
}

/// Closes a connection when the idle handler before it says that nothing moves.
final class IdleCloser: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.fireChannelRead(data) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        context.close(promise: nil)
    }
}
