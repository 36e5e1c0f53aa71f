internal import Glibc
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
        try Self.makeDirectories(path)
        var status = stat()
        guard stat(path, &status) == 0 else { throw Self.fault(errno, "open the ledger's directory", path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw Fault(.refused, "the ledger's directory \(path) is no directory: name another one as state")
        }
        guard status.st_mode & 0o022 == 0 else {
            throw Fault(.refused, "other accounts may write in the ledger's directory \(path): chmod go-w it")
        }
    }

    private static func makeDirectories(_ path: String) throws(Fault) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
            let code = errno
            var status = stat()
            if stat(made, &status) == 0 { continue }
            throw fault(code, "make the ledger's directory", path)
        }
    }

    /// Takes the file from the reach of other accounts.
    func tighten(_ file: String) {
        var status = stat()
        if stat(file, &status) == 0, status.st_mode & 0o077 != 0 { chmod(file, 0o600) }
    }

    /// The sentence for a system call that failed.
    static func fault(_ code: Int32, _ deed: SafeText, _ path: String) -> Fault {
        switch code {
        case ENOSPC, EDQUOT: return Fault(.broke, "the ledger's disk is full: could not \(deed); free space at \(path)")
        case EACCES, EPERM:
            return Fault(.refused, "could not \(deed) \(path): this account may not; run baton as the account that owns it")
        default: return Fault(.broke, "could not \(deed) \(path): \(String(cString: strerror(code)))")
        }
    }
}
