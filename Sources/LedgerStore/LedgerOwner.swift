package import PromotionCore

/// The agent that owns a ledger, in the words that a second agent is refused with.
package struct LedgerOwner: Hashable, Sendable, Codable {
    package let account: SafeText
    /// Process number on `host`.
    package let process: Int32
    package let host: SafeText
    /// One running agent; a restarted agent is another session.
    package let session: SafeText
    package let since: Timestamp

    package init(account: SafeText, process: Int32, host: SafeText, session: SafeText, since: Timestamp) {
        self.account = account
        self.process = process
        self.host = host
        self.session = session
        self.since = since
    }

    private enum CodingKeys: String, CodingKey {
        case account
        case process = "pid"
        case host, session, since
    }
}
