internal import Platform
internal import PromotionCore

/// The directory that holds one ledger: its database, SQLite's companions of it, and the lock of its owner.
package struct LedgerDirectory: Hashable, Sendable {
    /// The directory's path, without a slash at its end.
    package let path: String

    package init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// The SQLite database.
    package var database: String { path + "/ledger.sqlite" }

    /// Where a database is prepared before it takes its name, so that `database` is whole or absent.
    var unfinished: String { path + "/ledger.sqlite.new" }

    /// SQLite's write-ahead log beside the database (sqlite.org/wal.html).
    var log: String { database + "-wal" }

    /// The file whose lock says which agent owns the ledger.
    var lock: String { path + "/ledger.lock" }

    /// Makes the directory, for this account alone, where it does not exist, and proves that nobody else writes in it.
    /// - Throws: `Fault.refused` with the path and what would be right, `Fault.broke` on a full disk.
    func prepare() throws(Fault) {
        let noDirectory = Fault(.refused, "the ledger's directory \(path) is no directory: name another one as state")
        if let status = try? FileStatus(path), status.kind != .directory { throw noDirectory }
        let status = try SystemFault.mapped({ Self.fault($0, "make the ledger's directory") }) { () throws(SystemFault) in
            try Directories.make(path)
            return try FileStatus(path)
        }
        guard status.kind == .directory else { throw noDirectory }
        guard !status.isWritableByGroup, !status.isWritableByOthers else {
            throw Fault(.refused, "other accounts may write in the ledger's directory \(path): chmod go-w it")
        }
    }

    /// Takes the file from the reach of other accounts.
    func tighten(_ file: String) {
        if let status = try? FileStatus(file), status.mode & 0o077 != 0 { try? Permissions.set(0o600, of: file) }
    }

    /// The sentence for a request that the system refused.
    static func fault(_ fault: SystemFault, _ deed: SafeText) -> Fault {
        let path = SafeText(fault.path)
        if fault.isFull { return Fault(.broke, "the ledger's disk is full: could not \(deed); free space at \(path)") }
        if fault.isDenied {
            return Fault(.refused, "could not \(deed) \(path): this account may not; run baton as the account that owns it")
        }
        return Fault(.broke, "could not \(deed) \(path): \(SafeText(fault.reason))")
    }
}
