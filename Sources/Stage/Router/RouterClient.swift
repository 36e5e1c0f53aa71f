internal import NIOCore
internal import NIOPosix
internal import PromotionCore

/// The stage's side of the router's control socket: one question a connection.
struct RouterClient: Sendable {
    let directory: StageDirectory
    var deadline = TimeAmount.seconds(3)

    /// Why there is no answer.
    enum Failure: Error, Hashable {
        /// Nothing listens: nothing was asked.
        case notListening
        /// The connection was closed before an answer, as by a router that is ending: it may have been done.
        case cutOff
        /// Asked, and no answer came in time: it may have been done.
        case noAnswer
    }

    func ask(_ request: RouterRequest) async throws(Failure) -> RouterAnswer {
        let connection: RouterControl.Connection
        do {
            connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(deadline)
                .connect(unixDomainSocketPath: directory.routerSocket) { channel in
                    channel.eventLoop.makeCompletedFuture { try RouterControl.wrap(channel) }
                }
        } catch { throw .notListening }
        let end = ContinuousClock.now + .nanoseconds(deadline.nanoseconds)
        let alarm = connection.channel.eventLoop.scheduleTask(in: deadline) { connection.channel.close(promise: nil) }
        defer { alarm.cancel() }
        do {
            let answer: RouterAnswer? = try await connection.executeThenClose { lines, outbound in
                try await outbound.write(ByteBuffer(bytes: CanonicalJSON.encode(request) + [UInt8(ascii: "\n")]))
                for try await line in lines { return try CanonicalJSON.decode(RouterAnswer.self, from: line.readableBytesView) }
                return nil
            }
            if let answer { return answer }
        } catch { throw ContinuousClock.now < end ? .cutOff : .noAnswer }
        throw ContinuousClock.now < end ? .cutOff : .noAnswer
    }
}
