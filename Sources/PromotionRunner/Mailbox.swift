internal import PromotionCore

/// What reaches a running promotion, in order.
struct Mailbox: Sendable {
    enum Letter: Sendable {
        /// An effect came to something.
        case happened(PromotionEvent)
        /// The task of an effect has ended.
        case finished(Effect)
        /// The promotion was changed by somebody else: look again.
        case changed
    }

    let letters: AsyncStream<Letter>
    private let continuation: AsyncStream<Letter>.Continuation

    init() {
        (letters, continuation) = AsyncStream.makeStream(of: Letter.self)
    }

    func put(_ letter: Letter) { continuation.yield(letter) }
    func close() { continuation.finish() }
}
