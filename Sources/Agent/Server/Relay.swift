internal import Logging
internal import NIOCore
internal import PromotionCore
internal import Synchronization

/// One connection's subscription: a board, every change after it, and a fresh board whenever the viewer falls behind.
///
/// Two sides: one takes changes from the engine as fast as they come, the other writes as fast as the viewer reads. Between
/// them lies a bounded backlog, so that a slow viewer costs neither the engine time nor the agent memory.
final class Relay: Sendable {
    private let session: Session
    /// The backlog of the running subscription; nil before the first.
    private let current = Mutex<Backlog?>(nil)

    init(session: Session) { self.session = session }

    /// Begins a subscription, or begins the running one again with a fresh board.
    /// - Returns: true where it is the first, and `run` is to be called.
    func begin() -> Bool {
        current.withLock { current in
            guard let running = current else {
                current = Backlog(session.door.limits)
                return true
            }
            running.end()
            return false
        }
    }

    /// Relays until the connection ends.
    func run() async {
        do {
            while !Task.isCancelled {
                async let pause: Void? = try? Task.sleep(for: session.door.limits.betweenSnapshots.duration)
                try await relayOnce()
                _ = await pause
            }
        } catch let end as Session.End {
            session.door.logger.error("a board was not sent", metadata: ["reason": "\(end.reason)"])
            await session.channel.goodbye(end.reason)
        } catch {
            // The client has gone; the side that reads notices it too.
        }
    }

    /// Relays one board and what follows it, until the engine ends the stream, the viewer falls behind, or it asks for
    /// another board. Leaving this ends the side that fills.
    private func relayOnce() async throws {
        let backlog = Backlog(session.door.limits)
        current.withLock { $0 = backlog }
        async let _ = fill(backlog)
        while let lines = await backlog.next() { try await session.outbound.write(ByteBuffer(bytes: lines)) }
        if let failure = backlog.failure { throw failure }
    }

    /// Takes one subscription from its board to its end. It holds the subscription alone, so that the engine is free of it
    /// the moment that this returns.
    private func fill(_ backlog: Backlog) async {
        defer { backlog.close() }
        let subscription = await session.door.engine.subscribe()
        guard let board = try? Wire.line(AgentLine.snapshot(subscription.board)) else {
            return backlog.fail(Session.End(reason: "the board cannot be written as JSON"))
        }
        guard board.count <= Wire.answerLimit else {
            let reason: SafeText = "the board has \(board.count) bytes, a client reads \(Wire.answerLimit)"
            return backlog.fail(Session.End(reason: reason))
        }
        backlog.begin(with: board)
        for await change in subscription.changes {
            guard let line = try? Wire.line(AgentLine.change(change)), backlog.take(line) else { return }
        }
    }
}
