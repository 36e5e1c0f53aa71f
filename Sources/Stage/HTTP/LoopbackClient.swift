internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import PromotionCore

/// One HTTP/1.1 GET to a port of this machine, with a deadline and a bound on the body.
enum LoopbackClient {
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        /// The digest that every slot names in its answers.
        var digest: Digest? { headers.first(name: StageHeader.digest).flatMap { try? Digest(parsing: $0) } }
    }

    /// Why there is no answer.
    enum Failure: Error, CustomStringConvertible {
        case noConnection(port: Int)
        case noAnswer(port: Int)
        case tooLarge(port: Int, limitInBytes: Int)

        var description: String {
            switch self {
            case .noConnection(let port): "nothing takes connections at 127.0.0.1:\(port)"
            case .noAnswer(let port): "127.0.0.1:\(port) gave no whole answer in time"
            case .tooLarge(let port, let limit): "the answer of 127.0.0.1:\(port) is larger than \(limit) bytes"
            }
        }
    }

    static func get(
        _ path: String, port: Int, deadline: TimeAmount = .seconds(1), limitInBytes: Int = 64 * 1_024, isLook: Bool = false
    ) async throws(Failure) -> Answer {
        let connection: ClientConnection
        do { connection = try await connect(port: port, timeout: deadline) } catch { throw .noConnection(port: port) }
        let alarm = connection.channel.eventLoop.scheduleTask(in: deadline) { connection.channel.close(promise: nil) }
        defer { alarm.cancel() }
        do {
            return try await connection.executeThenClose { inbound, outbound in
                var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path)
                head.headers = ["Host": "127.0.0.1:\(port)", "Connection": "close"]
                if isLook { head.headers.add(name: StageHeader.look, value: "1") }
                try await outbound.write(contentsOf: [.head(head), .end(nil)])
                return try await collect(inbound, port: port, limitInBytes: limitInBytes)
            }
        } catch let failure as Failure { throw failure } catch { throw .noAnswer(port: port) }
    }

    /// A connection to a port of this machine that closes itself when the slot goes quiet.
    static func connect(port: Int, timeout: TimeAmount) async throws -> ClientConnection {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(timeout)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        IdleStateHandler(readTimeout: HTTPBounds.answer), IdleCloser(),
                    ])
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try ClientConnection(wrappingChannelSynchronously: channel)
                }
            }
    }

    private static func collect(
        _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>, port: Int, limitInBytes: Int
    ) async throws -> Answer {
        var head: HTTPResponseHead?
        var body: [UInt8] = []
        for try await part in inbound {
            switch part {
            case .head(let found): head = found
            case .body(let bytes):
                guard body.count + bytes.readableBytes <= limitInBytes else {
                    throw Failure.tooLarge(port: port, limitInBytes: limitInBytes)
                }
                body += bytes.readableBytesView
            case .end:
                guard let head else { throw Failure.noAnswer(port: port) }
                return Answer(status: Int(head.status.code), headers: head.headers, body: body)
            }
        }
        throw Failure.noAnswer(port: port)
    }
}
