internal import NIOCore
internal import NIOPosix
internal import Platform
internal import PromotionCore

/// The router's side of its control socket.
enum RouterControl {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>
    typealias Listener = NIOAsyncChannel<Connection, Never>

    /// Takes the socket's path over from a router that is gone; the router's lock says that it is.
    static func listen(at path: String) async throws -> Listener {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        IdleStateHandler(allTimeout: HTTPBounds.idle), IdleCloser(),
                    ])
                    return try wrap(channel)
                }
            }
        try Permissions.set(0o600, of: path)
        return listener
    }

    /// One end of the control socket, line by line.
    static func wrap(_ channel: any Channel) throws -> Connection {
        try channel.pipeline.syncOperations.addHandler(
            ByteToMessageHandler(LineDecoder(limitInBytes: RouterControlBounds.lineInBytes)))
        return try Connection(wrappingChannelSynchronously: channel)
    }

    /// Answers one client until it closes.
    static func serve(_ client: Connection, by router: Router) async {
        try? await client.executeThenClose { lines, outbound in
            for try await line in lines {
                let answer: RouterAnswer
                do {
                    answer = await router.answer(try CanonicalJSON.decode(RouterRequest.self, from: line.readableBytesView))
                } catch {
                    answer = .refused("not a message of the router: \(SafeText("\(error)", limit: 200))")
                }
                try await outbound.write(ByteBuffer(bytes: CanonicalJSON.encode(answer) + [UInt8(ascii: "\n")]))
            }
        }
    }
}
