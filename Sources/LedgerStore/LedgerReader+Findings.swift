internal import GRDB
package import PromotionCore

extension LedgerReader {
    /// Proves what an agent reads besides the chain: saved projections, fences and the rules of the tables.
    /// - Throws: `Fault.refused` where the file itself is damaged.
    package func findings() async throws(Fault) -> [LedgerFinding] {
        try await read { db in try Self.snapshots(db) + Self.fences(db) + Self.rules(db) }
    }

    private static func snapshots(_ db: Database) throws -> [LedgerFinding] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT snapshot.sequence, CAST(digest AS BLOB), bytes, CAST(entry_hash AS BLOB), CAST(entry.hash AS BLOB)
                FROM snapshot LEFT JOIN entry ON entry.sequence = snapshot.sequence ORDER BY snapshot.sequence
                """)
        var findings: [LedgerFinding] = []
        while let row = try rows.next() {
            let sequence = LedgerRow.integer(row[0]) ?? -1
            let isEmpty = sequence == 0 && LedgerRow.digest(row[3]) == LedgerHead.empty.hash
            guard case .blob(let bytes) = (row[2] as DatabaseValue).storage, let digest = LedgerRow.digest(row[1]),
                digest == Digest(of: bytes), let stood = LedgerRow.digest(row[3]),
                isEmpty || stood == LedgerRow.digest(row[4])
            else {
                findings.append(.snapshot(sequence: sequence))
                continue
            }
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
        let found = Set(try String.fetchAll(db, sql: "SELECT sql FROM sqlite_schema WHERE type = 'trigger'"))
        return LedgerSchema.rules.filter { !found.contains($0) }.map { rule in
            .rule(SafeText(rule.split(separator: " ").dropFirst(2).first ?? "?", limit: 60))
        }
    }
}
