internal import GRDB
package import PromotionCore
internal import Synchronization

/// The embedded ledger: one SQLite file that one agent owns and writes.
package final class SQLiteLedger: Sendable {
    /// Reading beside the writing.
    package let reader: LedgerReader
    private let ownership: LedgerOwnership
    private let pool: DatabasePool
    /// Where this agent knows the chain to end; touched on the writer's queue alone.
    let known: Mutex<KnownHead>
    private let isClosed = Mutex(false)

    var directory: LedgerDirectory { ownership.directory }

    private init(_ pool: DatabasePool, ownership: LedgerOwnership, head: LedgerHead) {
        self.pool = pool
        self.ownership = ownership
        reader = LedgerReader(pool, at: ownership.directory)
        known = Mutex(KnownHead(head: head))
    }

    /// Opens the ledger of an ownership, and makes it where there is none.
    ///
    /// Only the last entry is proven against the remembered head; `LedgerReader.verify()` proves the whole chain.
    /// - Throws: `Fault.refused` for a ledger that is damaged or was written by a newer version, `Fault.broke` for a disk
    ///   that is full or fails.
    package static func open(_ ownership: LedgerOwnership) throws(Fault) -> SQLiteLedger {
        let directory = ownership.directory
        guard ownership.isHeld else {
            throw Fault(.refused, "the ledger at \(directory.path) was given back: take it again before opening it")
        }
        do {
            if try !LedgerHeader.examine(directory) { try LedgerConnection.create(directory) }
            directory.tighten(directory.database)
            let head = try provenHead(of: directory)
            return SQLiteLedger(try LedgerConnection.open(directory), ownership: ownership, head: head)
        } catch {
            throw opening(error, at: directory)
        }
    }

    private static func opening(_ error: any Error, at directory: LedgerDirectory) -> Fault {
        guard let code = (error as? DatabaseError)?.resultCode, code != .SQLITE_CORRUPT, code != .SQLITE_NOTADB else {
            return LedgerFault.fault(error, while: .reading, at: directory)
        }
        return LedgerFault.fault(error, while: .recording("opening the ledger"), at: directory)
    }

    /// Proves a ledger over a connection that cannot write, because GRDB's writer writes while it opens, and a damaged file
    /// should stay as it was found.
    private static func provenHead(of directory: LedgerDirectory) throws -> LedgerHead {
        let queue = try DatabaseQueue(path: directory.database, configuration: LedgerConnection.reading)
        defer { try? queue.close() }
        return try queue.read { db in
            try LedgerSchema.prove(db, at: directory.database)
            return try provenHead(db, at: directory)
        }
    }

    private static func provenHead(_ db: Database, at directory: LedgerDirectory) throws -> LedgerHead {
        let head = try LedgerReader.head(db, at: directory)
        let sql = "SELECT \(LedgerRow.columns) FROM entry ORDER BY sequence DESC LIMIT 1"
        guard let row = try Row.fetchOne(db, sql: sql) else {
            guard head == .empty else { throw broken(.cut(last: 0, remembered: head.sequence), at: directory) }
            return head
        }
        guard let last = LedgerRow.entry(row) else { throw LedgerReader.unreadable(row, at: directory) }
        do {
            try last.prove(after: LedgerHead(sequence: last.sequence - 1, hash: last.previous))
        } catch {
            throw broken(error, at: directory)
        }
        guard last.sequence >= head.sequence else {
            throw broken(.cut(last: last.sequence, remembered: head.sequence), at: directory)
        }
        guard last.head == head else { throw broken(.altered(sequence: last.sequence), at: directory) }
        return head
    }

    private static func broken(_ fault: ChainFault, at directory: LedgerDirectory) -> Fault {
        LedgerHeader.damaged(directory.database, "\(fault.description)")
    }

    /// Ends the ledger once what was begun is done, and gives its ownership back; a second time it does nothing.
    ///
    /// It waits on the calling thread, for as long as the transactions under way take.
    /// - Throws: `Fault.broke` where SQLite does not let go of the file; the ownership then stays.
    package func close() throws(Fault) {
        do {
            try pool.barrierWriteWithoutTransaction { _ in isClosed.withLock { $0 = true } }
            // SQLite folds the log into the database when a writer is the last to close; GRDB closes its readers last.
            pool.invalidateReadOnlyConnections()
            try pool.close()
        } catch {
            throw LedgerFault.fault(error, while: .reading, at: directory)
        }
        ownership.release()
    }

    private static func closed(_ directory: LedgerDirectory) -> Fault {
        Fault(.refused, "the ledger at \(directory.path) was given back: nothing is recorded any more")
    }

    /// Performs one transaction on the writer's queue; once begun it is not cancelled.
    /// - Parameters:
    ///   - what: what is recorded, as a fault names it.
    ///   - settle: takes the outcome before the next transaction begins.
    func record<Value: Sendable>(
        _ what: SafeText, settle: @escaping @Sendable (Result<Value, Fault>) -> Void = { _ in },
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(Fault) -> Value {
        guard ownership.isHeld, !isClosed.withLock({ $0 }) else { throw Self.closed(directory) }
        let result = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { [directory] db in
                let result =
                    self.isClosed.withLock { $0 }
                    ? .failure(Self.closed(directory)) : Self.transaction(what, in: db, at: directory, body)
                settle(result)
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    private static func transaction<Value>(
        _ what: SafeText, in db: Database, at directory: LedgerDirectory, _ body: (Database) throws -> Value
    ) -> Result<Value, Fault> {
        rollBack(db)
        let value: Value
        do {
            try db.beginTransaction(.immediate)
            value = try body(db)
        } catch {
            rollBack(db)
            return .failure(LedgerFault.fault(error, while: .recording(what), at: directory))
        }
        do {
            try db.commit()
            return .success(value)
        } catch {
            rollBack(db)
            return .failure(LedgerFault.fault(error, while: .committing(what), at: directory))
        }
    }

    /// Ends a transaction that is still open; where that fails too, the next one tries again before it begins.
    private static func rollBack(_ db: Database) {
        if db.isInsideTransaction { try? db.rollback() }
    }
}
