package import Logging
internal import NIOCore
internal import NIOPosix
internal import Platform
package import PromotionCore

/// The Unix socket in front of an engine: who is there, what they may ask, and what they see.
package actor AgentServer {
    /// Bounds of the server; the defaults are what an agent runs with.
    package struct Limits: Sendable {
        package var connections = 64
        /// Connections of one account that may only look.
        package var connectionsOfViewer = 8
        /// Connections that are kept for the agent's own account, root, gateways and roles from operator up.
        package var reserve = 16
        /// Connections whose account is not known yet.
        package var unknown = 64
        /// Questions that cost the agent much, and are being worked on at a time.
        package var questions = 4
        /// Of these, how many may be of accounts that may only look.
        package var questionsOfViewers = 2
        /// The same of one account, until their answers are read.
        package var questionsOfAccount = 2
        /// How long a client may leave an answer unread.
        package var unread = Milliseconds.minutes(1)
        /// Requests of one connection that may wait for their answers.
        package var requestsInFlight = 16
        /// How long a client may take to say hello.
        package var hello = Milliseconds.seconds(5)
        /// Changes that may wait for one slow viewer, in bytes.
        package var waitingBytes = 1_024 * 1_024
        /// How long changes may wait for one slow viewer.
        package var waiting = Milliseconds.seconds(10)
        /// Least time between two boards sent to the same viewer.
        package var betweenSnapshots = Milliseconds(250)

        package init() {}
    }

    private let path: String
    private let group: String?
    private let door: Door
    private var listening: (socket: ListeningSocket, channel: any Channel, present: Present)?

    /// - Parameters:
    ///   - path: the socket file, at most 107 bytes long; its directory is made if it is missing.
    ///   - group: name of the group whose members may connect as well; nil for the agent's own account and root alone.
    ///   - agent: what viewers are told about this agent.
    package init(
        path: String, group: String? = nil, engine: any Engine, roles: Roles, agent: AgentDescription, logger: Logger,
        limits: Limits = Limits()
    ) {
        self.path = path
        self.group = group
        door = Door(
            engine: engine, roles: roles, agent: agent, limits: limits, questions: QuestionQueue(limits), logger: logger)
    }

    /// Claims the socket and lets clients in; it returns once they can connect.
    /// - Throws: `ListenFault`, `SocketDirectoryFault` or `SystemFault`; nothing that somebody else uses was touched.
    package func start() async throws {
        guard listening == nil else { throw ListenFault.alreadyListening(SafeText(path)) }
        let socket = try ListeningSocket(path, group: group)
        let present = Present(door.limits)
        do {
            let channel = try await listen(on: socket.descriptor, present)
            listening = (socket, channel, present)
        } catch {
            socket.remove()
            throw error
        }
        door.logger.info("the agent listens", metadata: ["path": "\(SafeText(path))"])
    }

    /// Says goodbye to every client, closes, and removes the socket file; it takes at most a few seconds.
    package func stop() async {
        guard let (socket, channel, present) = listening else { return }
        listening = nil
        socket.remove()
        try? await channel.close()
        let reason: SafeText = "the agent stops"
        await withDiscardingTaskGroup { group in
            for client in present.close(because: reason) { group.addTask { await client.goodbye(reason) } }
        }
        // A request that takes longer is the engine's to end.
        await present.wait(atMost: .seconds(5))
        door.logger.info("the agent stopped listening", metadata: ["path": "\(SafeText(path))"])
    }

    /// Little is read ahead of what a connection asks for: what the agent does not take stays with the client.
    ///
    /// Each connection has its task from its first moment: one that was accepted and then lost on its way to a task would
    /// be a programming error to NIO and end the agent.
    private func listen(on descriptor: CInt, _ present: Present) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16 * 1_024))
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { [door] channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = try Connection(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2)))
                    Task { await door.serve(connection, present) }
                }
            }
            .withBoundSocket(descriptor).get()
    }
}

/// One client's bytes, in and out; both sides wait for each other.
typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>
