internal import Glibc
internal import PromotionCore

/// What the first bytes and the size of a database file say, before SQLite touches it (sqlite.org/fileformat.html, 1.3).
enum LedgerHeader {
    /// Proves that the file is a database of its full length.
    ///
    /// SQLite takes an empty file for a new database and fills half a page up with zeros; for a ledger both are losses.
    /// - Returns: false where there is no ledger yet.
    /// - Throws: `Fault.refused` for a file that was cut, emptied, or is something else.
    static func examine(_ directory: LedgerDirectory) throws(Fault) -> Bool {
        let path = directory.database
        guard let size = byteCount(of: path) else {
            guard byteCount(of: directory.log) ?? 0 == 0 else {
                throw damaged(path, "it is gone, but its write-ahead log is still there")
            }
            return false
        }
        guard size > 0 else { throw damaged(path, "it is empty") }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw LedgerDirectory.fault(errno, "open the ledger", path) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 100)
        guard pread(file, &bytes, 100, 0) == 100, bytes.starts(with: "SQLite format 3\0".utf8) else {
            throw damaged(path, "it is no SQLite database")
        }
        let stored = number(bytes[16..<18])
        let page = stored == 1 ? 65_536 : stored
        guard page >= 512, size % page == 0 else { throw damaged(path, "it ends in the middle of a page") }
        // With a write-ahead log the last pages may still be there alone.
        guard byteCount(of: directory.log) ?? 0 == 0 else { return true }
        let pages = number(bytes[28..<32])
        guard size >= pages * page else {
            throw damaged(path, "it is cut: \(size / page) of \(pages) pages are left")
        }
        return true
    }

    /// The sentence for a ledger whose file is not what was written.
    static func damaged(_ path: String, _ what: SafeText) -> Fault {
        Fault(
            .refused,
            """
            the ledger at \(path) is damaged: \(what); keep the file as it is, put a backup in its place, \
            and prove that with `baton ledger verify`
            """)
    }

    private static func byteCount(of path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 { bytes.reduce(0) { $0 << 8 | Int64($1) } }
}
