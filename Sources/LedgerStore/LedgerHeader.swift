internal import Platform
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
        guard let size = try byteCount(of: path) else {
            guard try byteCount(of: directory.log) ?? 0 == 0 else {
                throw damaged(path, "it is gone, but its write-ahead log is still there")
            }
            return false
        }
        guard size > 0 else { throw damaged(path, "it is empty") }
        let bytes = try SystemFault.mapped({ LedgerDirectory.fault($0, "open the ledger") }) { () throws(SystemFault) in
            try BoundedRead.prefix(of: path, limit: 100)
        }
        guard bytes.count == 100, bytes.starts(with: "SQLite format 3\0".utf8) else {
            throw damaged(path, "it is no SQLite database")
        }
        let stored = number(bytes[16..<18])
        let page = stored == 1 ? 65_536 : stored
        guard page >= 512, size % page == 0 else { throw damaged(path, "it ends in the middle of a page") }
        // With a write-ahead log the last pages may still be there alone.
        guard try byteCount(of: directory.log) ?? 0 == 0 else { return true }
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

    /// The size of a file; `nil` if there is none.
    private static func byteCount(of path: String) throws(Fault) -> Int64? {
        do throws(SystemFault) { return try FileStatus(path).byteCount } catch {
            guard error.isMissing else { throw LedgerDirectory.fault(error, "look at the ledger") }
            return nil
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 { bytes.reduce(0) { $0 << 8 | Int64($1) } }
}
