internal import GRDB
package import PromotionCore

extension LedgerReader {
    /// Most damages of the file itself that are named.
    private static let fileLimit = 5

    /// Proves what an agent reads besides the chain: saved projections, leases and their fences, the rules of the tables, and
    /// the file's own order.
    /// - Parameter kept: an end of the chain that was kept elsewhere; the ledger must hold it.
    /// - Throws: `Fault.refused` where the file itself is damaged.
    package func findings(kept: LedgerHead? = nil) async throws(Fault) -> [LedgerFinding] {
        let beside = try await read { db in
            try Self.missing(kept, db) + Self.snapshots(db) + Self.fences(db)
                + LeaseRow.spoiled(in: db).map { .lease($0) } + Self.rules(db) + Self.file(db)
        }
        return beside + (try await foldedFindings())
    }

    private static func missing(_ kept: LedgerHead?, _ db: Database) throws -> [LedgerFinding] {
        guard let kept, try SnapshotRow.entryHash(at: kept.sequence, in: db) != kept.hash else { return [] }
        return [.head(kept: kept)]
    }

    private static func snapshots(_ db: Database) throws -> [LedgerFinding] {
        let rows = try Row.fetchCursor(db, sql: "\(SnapshotRow.select) ORDER BY sequence")
        var findings: [LedgerFinding] = []
        while let row = try rows.next() {
            guard try SnapshotRow(row)?.proven(in: db) == nil else { continue }
            findings.append(.snapshot(sequence: LedgerRow.integer(row[2]) ?? -1))
        }
        return findings
    }

    /// A fence is given out before the entries that carry it, so the table is never behind them.
    private static func fences(_ db: Database) throws -> [LedgerFinding] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT CAST(entry.service AS BLOB), CAST(entry.environment AS BLOB), MAX(entry.fence), lease.fence
                FROM entry LEFT JOIN lease ON lease.service = entry.service AND lease.environment = entry.environment
                WHERE entry.fence IS NOT NULL AND entry.service IS NOT NULL
                GROUP BY entry.service, entry.environment HAVING lease.fence IS NULL OR lease.fence < MAX(entry.fence)
                """)
        var findings: [LedgerFinding] = []
        while let row = try rows.next() {
            let words = [LedgerRow.text(row[0]), LedgerRow.text(row[1])].map { $0 ?? "?" }.joined(separator: " ")
            findings.append(
                .fence(place: SafeText(words, limit: 130), table: LedgerRow.integer(row[3]), used: LedgerRow.integer(row[2]) ?? 0)
            )
        }
        return findings
    }

    private static func rules(_ db: Database) throws -> [LedgerFinding] {
        let found = Set(try String.fetchAll(db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"))
        return (LedgerSchema.tables + LedgerSchema.rules).filter { !found.contains($0) }.map { rule in
            .rule(SafeText(rule.split(separator: " ").dropFirst(2).first ?? "?", limit: 60))
        }
    }

    /// What SQLite says of its own pages, indexes and constraints (sqlite.org/pragma.html#pragma_integrity_check).
    private static func file(_ db: Database) throws -> [LedgerFinding] {
        let words = try String.fetchAll(db, sql: "PRAGMA integrity_check(\(fileLimit))")
        return words == ["ok"] ? [] : words.map { .file(SafeText($0, limit: 200)) }
    }
}
