internal import NIOCore

/// Ends a connection that has sent too many bytes, whatever they were.
///
/// The HTTP decoder bounds header fields, but an endless status line passes it.
final class ByteBound: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// The connection sent more than it may.
    struct Exceeded: Error {
        let limit: Int
    }

    private let limit: Int
    private var count = 0

    /// - Parameter limit: in bytes, over the life of the connection.
    init(limit: Int) { self.limit = limit }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        count += Self.unwrapInboundIn(data).readableBytes
        guard count <= limit else {
            context.fireErrorCaught(Exceeded(limit: limit))
            context.close(promise: nil)
            return
        }
        context.fireChannelRead(data)
    }
}
