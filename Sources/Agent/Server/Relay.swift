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
                let backlog = Backlog(session.door.limits)
                current.withLock { $0 = backlog }
                async let filling: Void = fill(backlog)
                async let pause: Void? = try? Task.sleep(for: session.door.limits.betweenSnapshots.duration)
                while let lines = await backlog.next() { try await session.outbound.write(ByteBuffer(bytes: lines)) }
                try await filling
                _ = await pause
            }
        } catch let end as Session.End {
            session.door.logger.error("a board was not sent", metadata: ["reason": "\(end.reason)"])
            await session.channel.goodbye(end.reason)
        } catch {
            // The client has gone; the side that reads notices it too.
        }
    }

    /// Takes one subscription from its board to its end. It holds the subscription alone, so that the engine is free of it
    /// the moment that this returns.
    private func fill(_ backlog: Backlog) async throws {
        defer { backlog.close() }
        let subscription = await session.door.engine.subscribe()
        let board = try Wire.line(AgentLine.snapshot(subscription.board))
        guard board.count <= Wire.answerLimit else {
            throw Session.End(reason: "the board has \(board.count) bytes, a client reads \(Wire.answerLimit)")
        }
        backlog.begin(with: board)
        for await change in subscription.changes {
            guard backlog.take(try Wire.line(AgentLine.change(change))) else { return }
        }
    }
}
