internal import GRDB
internal import PromotionCore

/// The tables of a ledger, and what SQLite itself refuses in them.
enum LedgerSchema {
    /// Counts up with every change of the tables, and whenever entries can say what the version before cannot read; kept as
    /// `PRAGMA user_version`. The tables are those of format 1; format 2 has more kinds of facts, and format 3 says of a final tag
    /// that it is one, because services write their versions in their own way.
    static let version: Int64 = 3
    /// "BATN": says in the file's header whose database it is (sqlite.org/fileformat.html, 1.3.19).
    static let application: Int64 = 0x4241_544E

    /// Makes the tables of an empty database.
    static func create(in db: Database) throws {
        for statement in tables + rules { try db.execute(sql: statement) }
        try db.execute(
            sql: "INSERT INTO head (id, sequence, hash) VALUES (1, ?, ?)",
            arguments: [LedgerHead.empty.sequence, LedgerHead.empty.hash.hex])
        try db.execute(sql: "PRAGMA application_id = \(application)")
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// Proves that a database is a ledger that this version reads.
    /// - Throws: `Fault.refused` where it is not, or where a newer version wrote it.
    static func prove(_ db: Database, at path: String) throws {
        let found = try Int64.fetchOne(db, sql: "PRAGMA application_id")
        guard found == application else { throw LedgerHeader.damaged(path, "it is the database of something else") }
        let written = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard written <= version else {
            throw Fault(
                .refused,
                """
                the ledger at \(path) was written by a newer version of baton (format \(String(written)), this one knows \
                \(String(version))): install that version again
                """)
        }
        guard written > 0 else { throw LedgerHeader.damaged(path, "its format \(String(written)) never existed") }
    }

    /// Notes that this version writes the ledger from now on, so that an older one refuses it instead of stumbling over an entry.
    static func upgrade(_ db: Database) throws {
        guard try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0 < version else { return }
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    static let tables = [
        """
        CREATE TABLE entry (
            sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
            at INTEGER NOT NULL,
            service TEXT,
            environment TEXT,
            promotion INTEGER,
            fence INTEGER,
            kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 100),
            actor TEXT NOT NULL,
            user_id INTEGER CHECK (user_id BETWEEN 0 AND 4294967295),
            host TEXT NOT NULL,
            previous TEXT NOT NULL CHECK (length(previous) = 64),
            hash TEXT NOT NULL CHECK (length(hash) = 64),
            payload BLOB NOT NULL CHECK (length(payload) <= \(LedgerRow.payloadLimit)),
            gateway TEXT CHECK (gateway IS NULL OR user_id IS NOT NULL),
            CHECK ((service IS NULL) = (environment IS NULL))
        ) STRICT
        """,
        "CREATE INDEX entry_service ON entry (service) WHERE service IS NOT NULL",
        "CREATE INDEX entry_promotion ON entry (promotion) WHERE promotion IS NOT NULL",
        """
        CREATE TABLE head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            sequence INTEGER NOT NULL,
            hash TEXT NOT NULL CHECK (length(hash) = 64)
        ) STRICT
        """,
        """
        CREATE TABLE lease (
            service TEXT NOT NULL,
            environment TEXT NOT NULL,
            fence INTEGER NOT NULL CHECK (fence > 0),
            holder BLOB,
            since INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            PRIMARY KEY (service, environment)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE snapshot (
            id INTEGER PRIMARY KEY,
            format INTEGER NOT NULL,
            sequence INTEGER NOT NULL CHECK (sequence >= 0),
            entry_hash TEXT NOT NULL CHECK (length(entry_hash) = 64),
            digest TEXT NOT NULL CHECK (length(digest) = 64)
        ) STRICT
        """,
        """
        CREATE TABLE snapshot_part (
            snapshot INTEGER NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            digest TEXT NOT NULL REFERENCES snapshot_bytes (digest),
            PRIMARY KEY (snapshot, name)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX snapshot_part_digest ON snapshot_part (digest)",
        """
        CREATE TABLE snapshot_bytes (
            digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),
            bytes BLOB NOT NULL
        ) STRICT
        """,
    ]

    /// The insert rule also stops INSERT OR REPLACE, which deletes without asking the delete rule.
    static let rules = [
        """
        CREATE TRIGGER entry_follows BEFORE INSERT ON entry
        WHEN NOT EXISTS (SELECT 1 FROM head WHERE sequence = NEW.sequence - 1 AND hash = NEW.previous)
        BEGIN SELECT RAISE(ABORT, 'an entry must follow the head of the ledger'); END
        """,
        """
        CREATE TRIGGER entry_moves_head AFTER INSERT ON entry
        BEGIN UPDATE head SET sequence = NEW.sequence, hash = NEW.hash; END
        """,
        forbid("entry", "UPDATE"), forbid("entry", "DELETE"), forbid("head", "DELETE"), forbid("lease", "DELETE"),
        """
        CREATE TRIGGER head_only_grows BEFORE UPDATE ON head WHEN NEW.sequence IS NOT OLD.sequence + 1
        BEGIN SELECT RAISE(ABORT, 'the head of the ledger only grows'); END
        """,
        """
        CREATE TRIGGER fence_only_grows BEFORE UPDATE ON lease WHEN NEW.fence < OLD.fence
        BEGIN SELECT RAISE(ABORT, 'the fence of a lease only grows'); END
        """,
    ]

    private static func forbid(_ table: String, _ deed: String) -> String {
        """
        CREATE TRIGGER \(table)_no_\(deed.lowercased()) BEFORE \(deed) ON \(table)
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
        """
    }
}
