internal import Glibc

/// A directory that is held open.
///
/// Names in it are opened relative to it and never followed where they are symbolic links, so nothing outside it can be reached,
/// whatever becomes of its path. Files are opened without waiting and must be regular.
package struct OpenDirectory: ~Copyable, Sendable {
    /// The path that it was opened by.
    package let path: String
    let descriptor: Int32

    /// Opens a directory; links on the way to it are followed.
    package init(_ path: String) throws(SystemFault) {
        self.path = path
        descriptor = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        if descriptor < 0 { throw .last("open the directory", path) }
    }

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Opens a directory in this one.
    /// - Returns: `nil` if nothing has the name.
    package func directory(_ name: String) throws(SystemFault) -> OpenDirectory? {
        let inner = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        if inner < 0 {
            if errno == ENOENT { return nil }
            throw .last("open the directory", whole(name))
        }
        return OpenDirectory(descriptor: inner, path: whole(name))
    }

    /// Makes a directory in this one, durably; one that is there already is no fault.
    package func makeDirectory(_ name: String, mode: UInt32) throws(SystemFault) {
        guard mkdirat(descriptor, name, mode) != 0 else { return try sync() }
        guard errno == EEXIST else { throw .last("make the directory", whole(name)) }
    }

    /// Reads a file.
    /// - Parameter limit: in bytes; a larger file is a fault.
    /// - Returns: `nil` if nothing has the name.
    package func read(_ name: String, limit: Int) throws(SystemFault) -> FoundFile? {
        try FoundFile.read(at: descriptor, name, whole(name), limit: limit, links: .refused)
    }

    /// Looks at a name, not at what a link leads to.
    /// - Returns: `nil` if nothing has the name.
    package func status(_ name: String) throws(SystemFault) -> FileStatus? {
        var raw = stat()
        if fstatat(descriptor, name, &raw, AT_SYMLINK_NOFOLLOW) == 0 { return FileStatus(raw) }
        guard errno == ENOENT else { throw .last("look at", whole(name)) }
        return nil
    }

    /// Removes a file, durably; one that is gone already is no fault.
    package func remove(_ name: String) throws(SystemFault) {
        guard unlinkat(descriptor, name, 0) == 0 else {
            guard errno == ENOENT else { throw .last("remove", whole(name)) }
            return
        }
        guard fsync(descriptor) == 0 else { throw .last("make durable that there is no", whole(name), effect: .unconfirmed) }
    }

    /// Makes the names in this directory durable: the sync of a file does not cover the directory that names it (fsync(2)).
    package func sync() throws(SystemFault) {
        guard fsync(descriptor) == 0 else { throw .last("make durable", path, effect: .unconfirmed) }
    }

    /// Which directory it is, by the file system's own numbers; they belong to no other one as long as this is held.
    package func identity() throws(SystemFault) -> FileStatus { try FileStatus(descriptor: descriptor, path: path) }

    func whole(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }
}
