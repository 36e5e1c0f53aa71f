internal import Glibc
internal import Synchronization

/// An exclusive lock on a file or directory (flock(2)); the kernel ends it with its holder, however that ends.
///
/// The file itself is never removed: removing it would let two holders lock two files of one name.
package final class FileLock: Sendable {
    /// What the lock's file is opened for; a lock for reading can be taken by an account that may only read it.
    package enum Access: Sendable {
        case reading, writing
    }

    /// The open file; -1 once it was released.
    private let file: Mutex<Int32>
    private let path: String

    private init(_ file: Int32, _ path: String) {
        self.file = Mutex(file)
        self.path = path
    }

    deinit { release() }

    /// Acquires the lock of a file, which is made if it is missing. A symbolic link is not followed.
    /// - Parameters:
    ///   - mode: of a new file.
    ///   - deadline: how long to wait for another holder; `nil` for not at all.
    /// - Returns: `nil` if another holder, in this process or another, kept it.
    package static func acquire(
        _ path: String, for access: Access = .writing, mode: UInt32 = 0o600, until deadline: Deadline? = nil
    ) throws(SystemFault) -> FileLock? {
        try acquire(at: AT_FDCWD, path, path, access, mode, until: deadline)
    }

    fileprivate static func acquire(
        at directory: Int32, _ name: String, _ path: String, _ access: Access, _ mode: UInt32, until deadline: Deadline?
    ) throws(SystemFault) -> FileLock? {
        let flags = (access == .reading ? O_RDONLY : O_RDWR) | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let file = openat(directory, name, flags, mode)
        guard file >= 0 else { throw .last("open the lock", path) }
        return try acquire(file, path, until: deadline)
    }

    /// - Parameter file: an open file, which the lock closes.
    fileprivate static func acquire(
        _ file: Int32, _ path: String, until deadline: Deadline?
    ) throws(SystemFault) -> FileLock? {
        let lock = FileLock(file, path)
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                let fault = SystemFault.last("lock", path)
                lock.forget()
                throw fault
            }
            guard let deadline, !deadline.hasPassed else {
                lock.forget()
                return nil
            }
            poll(nil, 0, min(5, deadline.pollMilliseconds))
        }
        return lock
    }

    /// Whether another holder has the lock of a file; looking takes it from no one.
    package static func isHeld(_ path: String) -> Bool {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    /// Leaves words about the holder in the file, for people; where that fails (a full disk) the lock holds all the same.
    package func write(_ bytes: [UInt8]) {
        file.withLock { file in
            guard file >= 0, ftruncate(file, 0) == 0 else { return }
            _ = pwrite(file, bytes, bytes.count, 0)
        }
    }

    /// Whether it has not been released.
    package var isHeld: Bool { file.withLock { $0 >= 0 } }

    /// Gives it back; a second time it does nothing.
    package func release() {
        file.withLock { file in
            guard file >= 0 else { return }
            // Closing alone is not enough while a child that was just forked still has the file open.
            flock(file, LOCK_UN)
            close(file)
            file = -1
        }
    }

    /// Closes a file whose lock is another holder's.
    private func forget() {
        file.withLock { file in
            close(file)
            file = -1
        }
    }
}

extension OpenDirectory {
    /// Acquires the lock of a file in this directory, as `FileLock.acquire` does.
    package func lock(
        _ name: String, for access: FileLock.Access = .writing, mode: UInt32 = 0o600, until deadline: Deadline? = nil
    ) throws(SystemFault) -> FileLock? {
        try FileLock.acquire(at: descriptor, name, whole(name), access, mode, until: deadline)
    }

    /// Acquires the lock of the directory itself.
    package func lock(until deadline: Deadline? = nil) throws(SystemFault) -> FileLock? {
        // Opened anew, because a lock belongs to one opening of a file.
        let file = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard file >= 0 else { throw .last("open the directory", path) }
        return try FileLock.acquire(file, path, until: deadline)
    }
}
