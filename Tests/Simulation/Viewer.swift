internal import PromotionCore
internal import PromotionRunner
import Synchronization

/// Somebody with a console: folds what is streamed, and never asks again.
final class Viewer: Sendable {
    private let board = Mutex<Board?>(nil)

    init(_ runner: Runner, _ operation: Operation) {
        operation.begin { [self] in
            let subscription = await runner.subscribe()
            board.withLock { $0 = subscription.board }
            for await change in subscription.changes { board.withLock { try? $0?.apply(change) } }
        }
    }

    /// The entry that is shown.
    var sequence: Int64? { board.withLock { $0?.projection.head.sequence } }
}
