/// What the agent's door passes requests on to: the one place that decides and records.
package protocol Engine: Sendable {
    /// Answers a request of an account that may ask it somewhere; whether it may here is looked at once the place is known.
    func answer(_ request: OperatorRequest, by account: Account, with grant: Grant) async -> Answer
    /// Keeps in the ledger that an account asked for what it may not do.
    func noteDenial(of wanted: SafeText, to account: Account, at place: Place?, because reason: SafeText) async
    /// The board now and every change after it, without a gap. The stream ends when the subscriber falls behind; whoever
    /// wants to go on subscribes again.
    func subscribe() async -> Subscription
}

/// A board and what happens to it from then on.
package struct Subscription: Sendable {
    package let board: Board
    package let changes: AsyncStream<BoardChange>

    package init(board: Board, changes: AsyncStream<BoardChange>) {
        self.board = board
        self.changes = changes
    }
}
