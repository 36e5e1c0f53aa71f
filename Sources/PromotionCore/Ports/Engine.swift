/// What the agent's door passes requests on to: the one place that decides and records.
package protocol Engine: Sendable {
    /// Answers a request of an account whose right to ask it has been checked.
    func answer(_ request: OperatorRequest, by account: Account) async -> Answer
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
