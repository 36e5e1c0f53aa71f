internal import Glibc
package import PromotionCore
internal import Synchronization

/// The right of one agent to write a ledger, held as an exclusive `flock` on `ledger.lock`.
///
/// The kernel ends the lock with the process, however it ends; the words in the file are for people and prove nothing.
package final class LedgerOwnership: Sendable {
    package let directory: LedgerDirectory
    package let owner: LedgerOwner
    /// The locked file; nil once it was released.
    private let file: Mutex<Int32?>

    private init(directory: LedgerDirectory, owner: LedgerOwner, file: Int32) {
        self.directory = directory
        self.owner = owner
        self.file = Mutex(file)
    }

    deinit { release() }

    /// Takes the ownership of the ledger in a directory, which is made where it does not exist.
    /// - Throws: `Fault.refused` with the owner's words where another agent holds it.
    package static func take(_ directory: LedgerDirectory, as owner: LedgerOwner) throws(Fault) -> LedgerOwnership {
        try directory.prepare()
        // Close-on-exec, because a child that inherits the file would keep the lock after this process ended.
        let file = open(directory.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw LedgerDirectory.fault(errno, "open the ledger's lock", directory.lock) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let words = read(file)
            close(file)
            guard code == EWOULDBLOCK else { throw LedgerDirectory.fault(code, "lock", directory.lock) }
            throw refusal(directory, words)
        }
        write(owner, to: file)
        return LedgerOwnership(directory: directory, owner: owner, file: file)
    }

    /// Whether this ownership still stands.
    package var isHeld: Bool { file.withLock { $0 != nil } }

    /// Gives the ledger back; a second time it does nothing.
    package func release() {
        file.withLock { file in
            guard let open = file else { return }
            ftruncate(open, 0)
            // Closing alone is not enough while a child that was just forked still has the file open.
            flock(open, LOCK_UN)
            close(open)
            file = nil
        }
    }

    private static func refusal(_ directory: LedgerDirectory, _ owner: LedgerOwner?) -> Fault {
        guard let owner else {
            return Fault(
                .refused, "the ledger at \(directory.path) is held by an agent that has not said who it is yet: try again")
        }
        let since = "\(owner.since.monthAndDay) \(owner.since.hourAndMinute) UTC"
        return Fault(
            .refused,
            """
            the ledger at \(directory.path) is held by agent \(owner.process) of \(owner.account) on \(owner.host) \
            since \(since): use that agent, or stop it first
            """)
    }

    /// Most bytes of the lock file that are read.
    private static let wordsLimit = 4_096

    private static func read(_ file: Int32) -> LedgerOwner? {
        var bytes = [UInt8](repeating: 0, count: wordsLimit)
        let count = pread(file, &bytes, wordsLimit, 0)
        guard count > 0 else { return nil }
        return try? CanonicalJSON.decode(LedgerOwner.self, from: bytes.prefix(count))
    }

    /// Leaves the owner's words; where that fails (a full disk) the lock holds all the same.
    private static func write(_ owner: LedgerOwner, to file: Int32) {
        guard let bytes = try? CanonicalJSON.encode(owner) else { return }
        ftruncate(file, 0)
        _ = pwrite(file, bytes, bytes.count, 0)
    }
}
