internal import GRDB
package import PromotionCore

/// Reads a ledger; it needs no ownership and works beside the agent that writes.
package struct LedgerReader: Sendable {
    package let directory: LedgerDirectory
    private let database: any DatabaseReader

    init(_ database: any DatabaseReader, at directory: LedgerDirectory) {
        self.database = database
        self.directory = directory
    }

    /// Most entries of one answer.
    package static let answerLimit = 10_000

    /// Opens a ledger that exists for reading alone.
    /// - Throws: `Fault.refused` where there is none, where it is damaged, or where a newer version wrote it.
    package static func open(_ directory: LedgerDirectory) throws(Fault) -> LedgerReader {
        guard try LedgerHeader.examine(directory) else {
            throw Fault(.refused, "there is no ledger at \(directory.path): name the directory that the agent keeps it in")
        }
        do {
            let queue = try DatabaseQueue(path: directory.database, configuration: LedgerConnection.reading)
            try queue.read { db in try LedgerSchema.prove(db, at: directory.database) }
            return LedgerReader(queue, at: directory)
        } catch {
            throw LedgerFault.fault(error, while: .reading, at: directory)
        }
    }

    /// The end of the chain, as the store remembers it.
    package func head() async throws(Fault) -> LedgerHead { try await read { db in try Self.head(db, at: directory) } }

    /// Entries after a sequence number, in order, at most `limit` and never more than `answerLimit`.
    package func entries(after sequence: Int64, limit: Int) async throws(Fault) -> [LedgerEntry] {
        try await fetch("WHERE sequence > ? ORDER BY sequence LIMIT ?", [sequence, Self.bounded(limit)])
    }

    /// Entries of one promotion after a sequence number, in order, at most `limit` and never more than `answerLimit`.
    package func entries(
        of promotion: PromotionNumber, after sequence: Int64, limit: Int
    ) async throws(Fault) -> [LedgerEntry] {
        try await fetch(
            "WHERE promotion = ? AND sequence > ? ORDER BY sequence LIMIT ?",
            [promotion.number, sequence, Self.bounded(limit)])
    }

    /// Entries from the newest backwards, at most `limit` and never more than `answerLimit`.
    /// - Parameters:
    ///   - service: nil for all services, and for facts of none.
    ///   - before: only entries with a smaller sequence number; nil from the newest.
    ///   - kinds: only these kinds of facts, at most 100; nil for all.
    package func history(
        of service: ServiceName?, before sequence: Int64?, kinds: [String]?, limit: Int
    ) async throws(Fault) -> [LedgerEntry] {
        guard kinds?.count ?? 0 <= 100 else { throw Fault(.refused, "a history is asked for at most 100 kinds of facts") }
        var conditions = ["sequence < ?"]
        var arguments: StatementArguments = [sequence ?? .max]
        if let service {
            conditions.append("service = ?")
            arguments += [service.text]
        }
        if let kinds {
            conditions.append("kind IN (" + kinds.map { _ in "?" }.joined(separator: ", ") + ")")
            arguments += StatementArguments(kinds)
        }
        arguments += [Self.bounded(limit)]
        let clause = "WHERE " + conditions.joined(separator: " AND ") + " ORDER BY sequence DESC LIMIT ?"
        return try await fetch(clause, arguments)
    }

    private static func bounded(_ limit: Int) -> Int { min(max(limit, 0), answerLimit) }

    private func fetch(_ clause: String, _ arguments: StatementArguments) async throws(Fault) -> [LedgerEntry] {
        let directory = directory
        return try await read { db in
            let statement = try db.cachedStatement(sql: "SELECT \(LedgerRow.columns) FROM entry \(clause)")
            let rows = try Row.fetchCursor(statement, arguments: arguments)
            var entries: [LedgerEntry] = []
            while let row = try rows.next() {
                guard let entry = LedgerRow.entry(row) else { throw Self.unreadable(row, at: directory) }
                entries.append(entry)
            }
            return entries
        }
    }

    /// Performs a read on one unchanging state of the database, off the caller's thread.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(Fault) -> Value {
        do {
            return try await database.read(body)
        } catch is CancellationError {
            throw Fault(.broke, "the ledger at \(directory.path) was not read to the end: the reading was cancelled")
        } catch {
            throw LedgerFault.fault(error, while: .reading, at: directory)
        }
    }
}

extension LedgerReader {
    /// The row that remembers the end of the chain.
    static func head(_ db: Database, at directory: LedgerDirectory) throws -> LedgerHead {
        let statement = try db.cachedStatement(sql: "SELECT sequence, CAST(hash AS BLOB) FROM head WHERE id = 1")
        guard let row = try Row.fetchOne(statement), let sequence = LedgerRow.integer(row[0]),
            let hash = LedgerRow.digest(row[1])
        else { throw LedgerHeader.damaged(directory.database, "it no longer remembers where its chain ends") }
        return LedgerHead(sequence: sequence, hash: hash)
    }

    static func unreadable(_ row: Row, at directory: LedgerDirectory) -> Fault {
        let sequence = LedgerRow.sequence(row).map(String.init) ?? "without a number"
        return LedgerHeader.damaged(directory.database, "entry \(sequence) holds what was never written")
    }
}
