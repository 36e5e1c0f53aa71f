internal import GRDB
internal import Platform
internal import PromotionCore

/// How Baton opens SQLite.
enum LedgerConnection {
    /// How long a connection waits for another program's lock, in seconds.
    static let busySeconds = 5.0

    static var reading: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busySeconds)
        configuration.label = "ledger reader"
        return configuration
    }

    static var writing: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(busySeconds)
        configuration.maximumReaderCount = 4
        configuration.label = "ledger"
        // GRDB traps on a transaction that is left open; a rollback on a failing disk must not end the agent.
        configuration.allowsUnsafeTransactions = true
        return configuration
    }

    /// Opens a ledger for writing and proves that a commit is durable when it returns.
    static func open(_ directory: LedgerDirectory) throws -> DatabasePool {
        let pool = try DatabasePool(path: directory.database, configuration: writing)
        try pool.writeWithoutTransaction { db in
            // After the pool was made, because GRDB sets NORMAL for write-ahead logs.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
            try LedgerSchema.upgrade(db)
        }
        return pool
    }

    /// Makes an empty ledger under another name first, so that `ledger.sqlite` is whole whenever it exists.
    static func create(_ directory: LedgerDirectory) throws {
        let path = directory.unfinished
        try SystemFault.mapped({ LedgerDirectory.fault($0, "make the ledger") }) { () throws(SystemFault) in
            for leftover in [path, path + "-wal", path + "-shm", path + "-journal"] { try DurableFile.remove(leftover) }
            try DurableFile.create([], at: path)
        }
        let queue = try DatabaseQueue(path: path, configuration: writing)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.inTransaction {
                try LedgerSchema.create(in: db)
                return .commit
            }
        }
        try queue.close()
        try SystemFault.mapped({ LedgerDirectory.fault($0, "make the ledger") }) { () throws(SystemFault) in
            try DurableFile.publish(path, as: directory.database)
        }
    }
}
