internal import Platform
package import PromotionCore

/// The right of one agent to write a ledger, held as an exclusive `flock` on `ledger.lock`.
///
/// The kernel ends the lock with the process, however it ends; the words in the file are for people and prove nothing.
package final class LedgerOwnership: Sendable {
    package let directory: LedgerDirectory
    package let owner: LedgerOwner
    private let lock: FileLock

    private init(directory: LedgerDirectory, owner: LedgerOwner, lock: FileLock) {
        self.directory = directory
        self.owner = owner
        self.lock = lock
    }

    deinit { release() }

    /// Takes the ownership of the ledger in a directory, which is made where it does not exist.
    /// - Throws: `Fault.refused` with the owner's words where another agent holds it.
    package static func take(_ directory: LedgerDirectory, as owner: LedgerOwner) throws(Fault) -> LedgerOwnership {
        try directory.prepare()
        let lock = try SystemFault.mapped({ LedgerDirectory.fault($0, "open the ledger's lock") }) { () throws(SystemFault) in
            try FileLock.acquire(directory.lock)
        }
        guard let lock else { throw refusal(directory, holder(of: directory)) }
        if let bytes = try? CanonicalJSON.encode(owner) { lock.write(bytes) }
        return LedgerOwnership(directory: directory, owner: owner, lock: lock)
    }

    /// Whether this ownership still stands.
    package var isHeld: Bool { lock.isHeld }

    /// Gives the ledger back; a second time it does nothing.
    package func release() {
        lock.write([])
        lock.release()
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

    private static func holder(of directory: LedgerDirectory) -> LedgerOwner? {
        guard let bytes = try? BoundedRead.prefix(of: directory.lock, limit: wordsLimit), !bytes.isEmpty else { return nil }
        return try? CanonicalJSON.decode(LedgerOwner.self, from: bytes)
    }
}
