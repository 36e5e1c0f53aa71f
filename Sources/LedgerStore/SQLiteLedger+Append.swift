internal import GRDB
package import PromotionCore
internal import Synchronization

extension SQLiteLedger: Ledger {
    package func append(_ draft: LedgerDraft) async throws(Fault) -> LedgerEntry {
        try LedgerRow.admit(draft)
        let next = Mutex<LedgerHead?>(nil)
        return try await record("the entry \(draft.kind)") { result in
            self.known.withLock { $0.settle(result, next: next.withLock { $0 }) }
        } _: { db in
            let head = try self.currentHead(db)
            let entry = LedgerEntry(draft, after: head)
            next.withLock { $0 = entry.head }
            try db.cachedStatement(sql: LedgerRow.insert).execute(arguments: LedgerRow.arguments(entry))
            return entry
        }
    }

    /// The end of the chain in the database, proven to be where this agent left it.
    private func currentHead(_ db: Database) throws -> LedgerHead {
        let found = try LedgerReader.head(db, at: directory)
        return try known.withLock { known in
            guard !known.accept(found) else { return found }
            throw Fault(
                .refused,
                """
                another program wrote to the ledger at \(directory.path): it ends at entry \(String(found.sequence)), this \
                agent left it at \(String(known.head.sequence)); nothing was recorded; find that program, then start the agent again
                """)
        }
    }

    package func entries(after sequence: Int64, limit: Int) async throws(Fault) -> [LedgerEntry] {
        try await reader.entries(after: sequence, limit: limit)
    }

    package func head() async throws(Fault) -> LedgerHead { try await reader.head() }
}
