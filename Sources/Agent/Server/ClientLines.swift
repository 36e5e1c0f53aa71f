internal import NIOCore
internal import Platform
internal import PromotionCore

/// The lines that a client sends, as they are asked for: what is not asked for stays in the client's hands.
struct ClientLines {
    private var buffers: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    // A message's newline counts.
    private var lines = LineBuffer(limit: Wire.requestLimit - 1)

    init(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) { buffers = inbound.makeAsyncIterator() }

    /// The next line without its newline; nil when the client has gone.
    /// - Throws: `LineBuffer.LineTooLong`.
    mutating func next() async throws -> [UInt8]? {
        while true {
            if let line = try lines.next() { return line }
            guard let buffer = try await buffers.next(isolation: #isolation) else { return nil }
            lines.append(buffer.readableBytesView)
        }
    }
}
