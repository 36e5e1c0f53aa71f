internal import PromotionCore
internal import Synchronization

/// Lines on their way to one viewer, bounded in bytes and in the time that they may wait.
final class Backlog: Sendable {
    private struct State {
        var board: [UInt8]?
        var lines: [[UInt8]] = []
        /// How many of the lines have been handed on already.
        var handedOn = 0
        var bytes = 0
        /// When a line was last handed on, or the first one came to wait.
        var movedAt = ContinuousClock.now
        var isClosed = false
        var failure: Session.End?

        var isEmpty: Bool { board == nil && handedOn == lines.count }

        mutating func drop() {
            self = State(isClosed: true)
        }

        /// The board alone, or as many lines as make one write.
        mutating func next() -> [UInt8] {
            movedAt = .now
            if let board = board.take() { return board }
            var batch: [UInt8] = []
            while handedOn < lines.count, batch.isEmpty || batch.count + lines[handedOn].count <= Backlog.writeSize {
                batch += lines[handedOn]
                handedOn += 1
            }
            bytes -= batch.count
            if handedOn == lines.count || handedOn > 1_024 {
                lines.removeFirst(handedOn)
                handedOn = 0
            }
            return batch
        }
    }

    /// How many bytes of small lines are written at once.
    private static let writeSize = 32 * 1_024

    private let bytesLimit: Int
    private let timeLimit: Duration
    private let state = Mutex(State())
    private let wakeups: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(_ limits: AgentServer.Limits) {
        bytesLimit = limits.waitingBytes
        timeLimit = limits.waiting.duration
        (wakeups, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The board, which always has room.
    func begin(with board: [UInt8]) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.board = board
            state.movedAt = .now
        }
        wake.yield()
    }

    /// A change.
    /// - Returns: false where the viewer has fallen behind: nothing of what waited will be sent, a fresh board is due.
    func take(_ line: [UInt8]) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isClosed else { return false }
            if state.isEmpty { state.movedAt = .now }
            guard state.bytes + line.count <= bytesLimit, ContinuousClock.now - state.movedAt < timeLimit else {
                state.drop()
                return false
            }
            state.lines.append(line)
            state.bytes += line.count
            return true
        }
        wake.yield()
        return isTaken
    }

    /// Why there is no board; nil while all is well.
    var failure: Session.End? { state.withLock(\.failure) }

    /// No line comes at all, and the connection has to end.
    func fail(_ failure: Session.End) { state.withLock { $0.failure = failure } }

    /// No more lines come; what waits is still sent.
    func close() {
        state.withLock { $0.isClosed = true }
        wake.yield()
    }

    /// No more lines come, and what waits is not sent.
    func end() {
        state.withLock { $0.drop() }
        wake.yield()
    }

    /// Whole lines to write next; nil after the last, and for a cancelled task.
    func next() async -> [UInt8]? {
        var waking = wakeups.makeAsyncIterator()
        while true {
            let (lines, isClosed) = state.withLock { state in
                (state.isEmpty ? nil : state.next(), state.isClosed)
            }
            if let lines { return lines }
            guard !isClosed, await waking.next() != nil else { return nil }
        }
    }
}
