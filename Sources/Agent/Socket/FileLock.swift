internal import Glibc
internal import PromotionCore

/// An exclusive lock on a file (flock(2)); the kernel lets go of it when its holder ends, however it ends.
///
/// The file itself is never removed: removing it would let two holders lock two files of one name.
final class FileLock: Sendable {
    private let descriptor: CInt

    /// Takes the lock.
    /// - Parameter deadline: how long to wait for another holder; nil for not at all.
    /// - Returns: nil where another holder kept it.
    /// - Throws: `SystemFault` where the file cannot be opened.
    static func take(_ path: String, until deadline: Deadline?) throws(SystemFault) -> FileLock? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemFault("open the lock", path) }
        let lock = FileLock(descriptor)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw SystemFault("lock", path) }
            guard let deadline, !deadline.hasPassed else { return nil }
            poll(nil, 0, min(20, deadline.pollMilliseconds))
        }
        return lock
    }

    private init(_ descriptor: CInt) { self.descriptor = descriptor }

    /// Whether another holder has the lock of a file; looking takes it from no one.
    static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// Writes who holds it into the file.
    func write(_ text: String) {
        guard ftruncate(descriptor, 0) == 0 else { return }
        _ = pwrite(descriptor, text, text.utf8.count, 0)
    }

    deinit { close(descriptor) }
}
