internal import FoundationEssentials
internal import GRDB
package import PromotionCore

extension SQLiteLedger {
    /// Most bytes of one snapshot.
    package static let snapshotLimit = 67_108_864
    /// Snapshots that are kept; the older one serves where the newest cannot be read.
    static let snapshotsKept = 2

    package func snapshot(format: Int) async throws(Fault) -> LedgerSnapshot? {
        try await reader.read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT sequence, CAST(digest AS BLOB), bytes, CAST(entry_hash AS BLOB) FROM snapshot
                    WHERE format = ? ORDER BY sequence DESC, id DESC
                    """, arguments: [format])
            while let row = try rows.next() {
                if let snapshot = try Self.proven(row, format: format, in: db) { return snapshot }
            }
            return nil
        }
    }

    package func save(_ snapshot: LedgerSnapshot) async throws(Fault) {
        guard snapshot.bytes.count <= Self.snapshotLimit else {
            throw Fault(.refused, "a snapshot of \(snapshot.bytes.count) bytes is over the limit of \(Self.snapshotLimit)")
        }
        let bytes = Data(snapshot.bytes)
        let digest = Digest(of: snapshot.bytes)
        try await record("the snapshot at entry \(String(snapshot.sequence))") { db in
            guard let hash = try Self.hash(at: snapshot.sequence, in: db) else {
                throw Fault(.refused, "a snapshot stands at entry \(String(snapshot.sequence)), which the ledger does not hold")
            }
            try db.execute(
                sql: "INSERT INTO snapshot (format, sequence, entry_hash, digest, bytes) VALUES (?, ?, ?, ?, ?)",
                arguments: [snapshot.format, snapshot.sequence, hash.hex, digest.hex, bytes])
            try db.execute(
                sql: "DELETE FROM snapshot WHERE id NOT IN (SELECT id FROM snapshot ORDER BY sequence DESC, id DESC LIMIT ?)",
                arguments: [Self.snapshotsKept])
        }
    }

    /// A snapshot whose bytes are what was saved, at an entry that is what it was then; nil otherwise.
    private static func proven(_ row: Row, format: Int, in db: Database) throws -> LedgerSnapshot? {
        guard let sequence = LedgerRow.integer(row[0]), case .blob(let data) = (row[2] as DatabaseValue).storage,
            LedgerRow.digest(row[1]) == Digest(of: data), let hash = try hash(at: sequence, in: db),
            LedgerRow.digest(row[3]) == hash
        else { return nil }
        return LedgerSnapshot(sequence: sequence, format: format, bytes: Array(data))
    }

    private static func hash(at sequence: Int64, in db: Database) throws -> Digest? {
        if sequence == 0 { return LedgerHead.empty.hash }
        let statement = try db.cachedStatement(sql: "SELECT CAST(hash AS BLOB) FROM entry WHERE sequence = ?")
        return try Row.fetchOne(statement, arguments: [sequence]).flatMap { LedgerRow.digest($0[0]) }
    }
}
