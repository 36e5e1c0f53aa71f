internal import GRDB
package import PromotionCore

/// The settings that decide whether a commit is durable, as SQLite reports them.
package struct LedgerDurability: Hashable, Sendable {
    /// `PRAGMA journal_mode`; "wal" here.
    package let journal: String
    /// `PRAGMA synchronous`; 2 means FULL.
    package let synchronous: Int
    /// `PRAGMA foreign_keys`.
    package let foreignKeys: Bool

    package init(journal: String, synchronous: Int, foreignKeys: Bool) {
        self.journal = journal
        self.synchronous = synchronous
        self.foreignKeys = foreignKeys
    }
}

extension SQLiteLedger {
    /// Asks the writing connection for its settings.
    package func settings() async throws(Fault) -> LedgerDurability {
        try await record("nothing") { db in
            LedgerDurability(
                journal: try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "",
                synchronous: try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1,
                foreignKeys: try Bool.fetchOne(db, sql: "PRAGMA foreign_keys") ?? false)
        }
    }
}
