internal import Glibc
internal import PromotionCore

/// An open directory of an image layout.
///
/// Every path is opened relative to it and without following links, so nothing outside can be reached. Files are opened
/// without blocking and must be regular, so a pipe in a file's place is an error and not a wait.
struct LayoutDirectory: ~Copyable {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws(Fault) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw .system("cannot open the image layout \(path)") }
    }

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { _ = close(descriptor) }

    /// A directory inside; nil where there is none.
    func directory(_ name: String) throws(Fault) -> LayoutDirectory? {
        let inner = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        if inner < 0 {
            if errno == ENOENT { return nil }
            throw .system("cannot open \(path)/\(name), which must be a directory and no link")
        }
        return LayoutDirectory(descriptor: inner, path: "\(path)/\(name)")
    }

    /// The bytes of a file; nil where there is none.
    /// - Parameter limit: in bytes; a larger file is refused.
    func read(_ name: String, limit: Int) throws(Fault) -> [UInt8]? {
        let file = openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0)
        if file < 0 {
            if errno == ENOENT { return nil }
            if errno == ELOOP { throw Fault(.refused, SafeText("\(path)/\(name) is a link; a regular file is wanted")) }
            throw .system("cannot open \(path)/\(name)")
        }
        defer { _ = close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .system("cannot look at \(path)/\(name)") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Fault(.refused, SafeText("\(path)/\(name) is not a regular file"))
        }
        guard Int(status.st_size) <= limit else {
            throw Fault(
                .refused, SafeText("\(path)/\(name) has \(status.st_size) bytes, more than the \(limit) that are read"))
        }
        return try read(file, of: name, expecting: Int(status.st_size), limit: limit)
    }

    private func read(_ file: Int32, of name: String, expecting size: Int, limit: Int) throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw .system("cannot read \(path)/\(name)") }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else {
                throw Fault(.refused, SafeText("\(path)/\(name) grows beyond the \(limit) bytes that are read"))
            }
        }
    }
}

extension LayoutDirectory {
    /// What became of a wanted replacement.
    enum Replacement {
        case replaced
        /// Somebody who does not take the lock wrote the file meanwhile; nothing was changed.
        case overtaken
    }

    /// Replaces a file as a whole: written beside it, made durable, renamed; at no moment is the file half written.
    /// - Parameter current: what the file must still hold right before; nil for "is absent".
    /// - Throws: `Fault.broke` where nothing was changed, `Fault.unknown` where it may have been.
    func replace(
        _ name: String, with bytes: [UInt8], ifStill current: [UInt8]?, limit: Int
    ) throws(Fault) -> Replacement {
        let draft = ".baton-new-\(name)"
        if unlinkat(descriptor, draft, 0) != 0 && errno != ENOENT { throw .system("cannot remove \(path)/\(draft)") }
        do throws(Fault) {
            try write(bytes, to: draft, like: name)
            guard try read(name, limit: limit) == current else {
                _ = unlinkat(descriptor, draft, 0)
                return .overtaken
            }
            guard renameat(descriptor, draft, descriptor, name) == 0 else {
                throw .system("cannot replace \(path)/\(name)")
            }
        } catch {
            _ = unlinkat(descriptor, draft, 0)
            throw error
        }
        guard fsync(descriptor) == 0 else {
            throw Fault(.unknown, SafeText("\(path)/\(name) was replaced, but the disk did not confirm it"))
        }
        return .replaced
    }

    /// Removes a file, durably; one that is gone already is no fault.
    func remove(_ name: String) throws(Fault) {
        guard unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else { throw .system("cannot remove \(path)/\(name)") }
        guard fsync(descriptor) == 0 else {
            throw Fault(.unknown, SafeText("\(path)/\(name) was removed, but the disk did not confirm it"))
        }
    }

    /// Writes a new file that nobody reads yet, with the mode and owner of the one that it will replace.
    private func write(_ bytes: [UInt8], to draft: String, like name: String) throws(Fault) {
        let file = openat(descriptor, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .system("cannot write in \(path)") }
        defer { _ = close(file) }
        var status = stat()
        if fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 {
            _ = fchmod(file, status.st_mode & 0o777)
            // Best effort: only root may give a file away.
            _ = fchown(file, status.st_uid, status.st_gid)
        }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(file, buffer.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .broken("cannot write \(path)/\(name)") }
            written += count
        }
        guard fsync(file) == 0 else { throw .broken("cannot make \(path)/\(name) durable") }
    }
}

extension LayoutDirectory {
    /// Changes a layout while nobody else does, in this process or another.
    /// - Throws: `Fault.broke` where somebody else held the lock all the time, and what `change` throws.
    func locked<Value>(
        by name: String, within patience: Milliseconds, _ change: () throws(Fault) -> Value
    ) throws(Fault) -> Value {
        let file = openat(descriptor, name, O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .system("cannot open the lock \(path)/\(name)") }
        defer { _ = close(file) }
        let end = ContinuousClock.now + patience.duration
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw .system("cannot lock \(path)/\(name)") }
            guard ContinuousClock.now < end else {
                throw Fault(
                    .broke, SafeText("another process changes \(path) and has held \(name) for \(patience); nothing was changed"))
            }
            usleep(2_000)
        }
        return try change()
    }
}

extension Fault {
    /// A write that failed before anything changed, whatever the cause.
    fileprivate static func broken(_ what: String) -> Fault {
        Fault(.broke, SafeText("\(what): \(String(cString: strerror(errno))); nothing was changed"))
    }
}
