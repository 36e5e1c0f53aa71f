internal import Glibc
internal import PromotionCore
internal import Synchronization

/// A lock on a file; the kernel gives it back when the process ends, however it ends.
final class FileLock: Sendable {
    private let file: Mutex<Int32>

    /// Takes the lock; nil where another process, or another part of this one, holds it.
    init?(taking path: String) throws(StageError) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .last("open", path) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            return nil
        }
        self.file = Mutex(file)
    }

    deinit { release() }

    /// Gives it back; once is enough.
    func release() {
        file.withLock { file in
            if file >= 0 { close(file) }
            file = -1
        }
    }
}
