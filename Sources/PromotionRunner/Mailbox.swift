internal import PromotionCore
internal import Synchronization

/// What reaches a running promotion, in order.
final class Mailbox: Sendable {
    enum Letter: Sendable {
        /// An effect came to something.
        case happened(PromotionEvent)
        /// A copy has come so far.
        case copying(CopyProgress)
        /// The work of this number on an effect has ended.
        case finished(Effect, Int)
        /// The promotion was changed by somebody else: look again.
        case changed
        /// The wall clock was set: waits are counted anew.
        case clockStepped
    }

    let letters: AsyncStream<Letter>
    private let continuation: AsyncStream<Letter>.Continuation
    /// Measurements on their way.
    private let measurements = Mutex(0)

    /// Most measurements that wait to be recorded. While the ledger cannot be written they would pile up without end, and
    /// what they saw would be long past; outcomes of other effects come once each and are never dropped.
    private static let measurementLimit = 64

    init() {
        (letters, continuation) = AsyncStream.makeStream(of: Letter.self)
    }

    func put(_ letter: Letter) {
        if case .happened(.measured) = letter {
            let isFull = measurements.withLock { waiting in
                if waiting < Self.measurementLimit { waiting += 1 } else { return true }
                return false
            }
            if isFull { return }
        }
        continuation.yield(letter)
    }

    /// Says that a letter was taken out.
    func took(_ letter: Letter) {
        if case .happened(.measured) = letter { measurements.withLock { $0 -= 1 } }
    }

    func close() { continuation.finish() }
}
