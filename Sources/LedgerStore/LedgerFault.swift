internal import GRDB
internal import PromotionCore

/// What was under way when SQLite failed; it decides what can be said about the outcome.
enum LedgerDeed {
    case reading
    /// Inside a transaction that is rolled back: nothing was recorded.
    case recording(SafeText)
    /// During the commit itself.
    case committing(SafeText)
}

/// Says what a failure of SQLite means for a ledger (result codes: sqlite.org/rescode.html).
enum LedgerFault {
    static func fault(_ error: any Error, while deed: LedgerDeed, at directory: LedgerDirectory) -> Fault {
        if let fault = error as? Fault { return fault }
        guard let error = error as? DatabaseError else {
            return Fault(.broke, "the ledger at \(directory.path) was not read: \(String(describing: type(of: error)))")
        }
        switch deed {
        case .reading: return reading(error, at: directory)
        case .recording(let what): return recording(error, what, at: directory)
        case .committing(let what):
            return isCertain(error) ? recording(error, what, at: directory) : uncertain(error, what, at: directory)
        }
    }

    private static func reading(_ error: DatabaseError, at directory: LedgerDirectory) -> Fault {
        if isDamage(error) { return LedgerHeader.damaged(directory.database, words(error)) }
        return Fault(.broke, "the ledger at \(directory.path) could not be read: \(words(error))")
    }

    private static func recording(_ error: DatabaseError, _ what: SafeText, at directory: LedgerDirectory) -> Fault {
        let path = directory.path
        switch error.resultCode {
        case .SQLITE_FULL:
            return Fault(.broke, "the ledger's disk is full: \(what) failed, nothing was recorded; free space at \(path)")
        case .SQLITE_IOERR:
            return Fault(
                .broke, "the ledger's disk fails (\(words(error))): \(what) failed, nothing was recorded; look after \(path)")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            return Fault(
                .broke, "the ledger cannot be written (\(words(error))): \(what) failed, nothing was recorded; look after \(path)"
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return Fault(.broke, "another program locks the ledger at \(path): \(what) failed, nothing was recorded; end it")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return LedgerHeader.damaged(directory.database, words(error))
        case .SQLITE_CONSTRAINT:
            return Fault(.refused, "the ledger at \(path) refused \(what): \(words(error)); nothing was recorded")
        default:
            return Fault(.broke, "\(what) failed (\(words(error))), nothing was recorded; look after \(path)")
        }
    }

    private static func uncertain(_ error: DatabaseError, _ what: SafeText, at directory: LedgerDirectory) -> Fault {
        Fault(
            .unknown,
            """
            the ledger's disk failed while it kept \(what) (\(words(error))): it may or may not be recorded; \
            look after \(directory.path) and read the ledger again
            """)
    }

    /// Whether a failed commit surely left nothing behind.
    ///
    /// SQLite writes the commit's own frame last: where a write failed, or none began, that frame is not whole and no
    /// recovery takes it. After a failed sync, or a failure past it, the frame may well be on the disk.
    private static func isCertain(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_FULL, .SQLITE_READONLY, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_CONSTRAINT: true
        case .SQLITE_IOERR: error.extendedResultCode == .SQLITE_IOERR_WRITE
        default: false
        }
    }

    private static func isDamage(_ error: DatabaseError) -> Bool {
        error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB
    }

    private static func words(_ error: DatabaseError) -> SafeText {
        SafeText(error.message ?? "SQLite result \(error.extendedResultCode.rawValue)", limit: 200)
    }
}
