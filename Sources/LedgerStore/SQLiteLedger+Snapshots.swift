internal import FoundationEssentials
internal import GRDB
package import PromotionCore

extension SQLiteLedger {
    /// Most bytes of one part of a snapshot.
    package static let snapshotPartLimit = 67_108_864
    /// Snapshots that are kept; the older one serves where the newest cannot be read.
    static let snapshotsKept = 2

    package func snapshot(format: Int) async throws(Fault) -> LedgerSnapshot? {
        try await reader.read { db in
            let rows = try Row.fetchCursor(
                db, sql: "\(SnapshotRow.select) WHERE format = ? ORDER BY sequence DESC, id DESC", arguments: [format])
            while let row = try rows.next() {
                if let snapshot = try SnapshotRow(row)?.proven(in: db) { return snapshot }
            }
            return nil
        }
    }

    package func save(_ snapshot: LedgerSnapshot) async throws(Fault) {
        for part in snapshot.parts where part.bytes?.count ?? 0 > Self.snapshotPartLimit {
            throw Fault(
                .refused,
                """
                the part \(part.name) of a snapshot has \(part.bytes?.count ?? 0) bytes, which is over the limit of \
                \(Self.snapshotPartLimit)
                """)
        }
        try await record("the snapshot at entry \(String(snapshot.sequence))") { db in
            guard let hash = try SnapshotRow.entryHash(at: snapshot.sequence, in: db) else {
                throw Fault(.refused, "a snapshot stands at entry \(String(snapshot.sequence)), which the ledger does not hold")
            }
            try Self.write(snapshot, at: hash, in: db)
            try db.execute(
                sql: "DELETE FROM snapshot WHERE id NOT IN (SELECT id FROM snapshot ORDER BY sequence DESC, id DESC LIMIT ?)",
                arguments: [Self.snapshotsKept])
            try db.execute(sql: "DELETE FROM snapshot_bytes WHERE digest NOT IN (SELECT digest FROM snapshot_part)")
        }
    }

    /// Forgets every saved projection: whoever opens the ledger next folds its entries from the first one.
    package func forgetSnapshots() async throws(Fault) {
        try await record("that saved projections are forgotten") { db in
            try db.execute(sql: "DELETE FROM snapshot; DELETE FROM snapshot_part; DELETE FROM snapshot_bytes")
        }
    }

    private static func write(_ snapshot: LedgerSnapshot, at hash: Digest, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO snapshot (format, sequence, entry_hash, digest) VALUES (?, ?, ?, ?)",
            arguments: [snapshot.format, snapshot.sequence, hash.hex, snapshot.digest.hex])
        let id = db.lastInsertedRowID
        for part in snapshot.parts {
            if let bytes = part.bytes {
                // Bytes that are there may have been spoiled since.
                try db.cachedStatement(
                    sql:
                        "INSERT INTO snapshot_bytes (digest, bytes) VALUES (?, ?) ON CONFLICT DO UPDATE SET bytes = excluded.bytes"
                ).execute(arguments: [part.digest.hex, Data(bytes)])
            }
            // The reference refuses a part whose bytes are not there.
            try db.cachedStatement(sql: "INSERT INTO snapshot_part (snapshot, name, digest) VALUES (?, ?, ?)")
                .execute(arguments: [id, part.name, part.digest.hex])
        }
    }
}

/// A snapshot as the tables hold it, its parts not yet read.
struct SnapshotRow {
    let id: Int64
    let format: Int64
    let sequence: Int64
    /// What the entry that it stands at was when it was saved.
    private let entryHash: Digest
    private let digest: Digest

    static let select = "SELECT id, format, sequence, CAST(entry_hash AS BLOB), CAST(digest AS BLOB) FROM snapshot"

    /// Nil where a column holds what was never written.
    init?(_ row: Row) {
        guard let id = LedgerRow.integer(row[0]), let format = LedgerRow.integer(row[1]),
            let sequence = LedgerRow.integer(row[2]),
            let entryHash = LedgerRow.digest(row[3]), let digest = LedgerRow.digest(row[4])
        else { return nil }
        (self.id, self.format, self.sequence, self.entryHash, self.digest) = (id, format, sequence, entryHash, digest)
    }

    /// The snapshot, if its parts are what was saved, at an entry that is what it was then; nil otherwise.
    func proven(in db: Database) throws -> LedgerSnapshot? {
        guard try Self.entryHash(at: sequence, in: db) == entryHash else { return nil }
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT CAST(name AS BLOB), CAST(snapshot_part.digest AS BLOB), bytes
                FROM snapshot_part JOIN snapshot_bytes USING (digest) WHERE snapshot = ? ORDER BY name
                """, arguments: [id])
        var parts: [LedgerSnapshot.Part] = []
        while let row = try rows.next() {
            guard let name = LedgerRow.text(row[0]), case .blob(let data) = (row[2] as DatabaseValue).storage else { return nil }
            let part = LedgerSnapshot.Part(name: name, bytes: Array(data))
            guard part.digest == LedgerRow.digest(row[1]) else { return nil }
            parts.append(part)
        }
        let snapshot = LedgerSnapshot(sequence: sequence, format: Int(format), parts: parts)
        return snapshot.digest == digest ? snapshot : nil
    }

    /// The hash of an entry, or of the beginning; nil where the ledger does not hold it.
    static func entryHash(at sequence: Int64, in db: Database) throws -> Digest? {
        if sequence == 0 { return LedgerHead.empty.hash }
        let statement = try db.cachedStatement(sql: "SELECT CAST(hash AS BLOB) FROM entry WHERE sequence = ?")
        return try Row.fetchOne(statement, arguments: [sequence]).flatMap { LedgerRow.digest($0[0]) }
    }
}
