internal import Glibc

/// A file that is written part by part, for a person to take away; it is no one's but theirs.
package enum GrowingFile {
    /// Appends a part.
    /// - Parameter isFirst: whether the file is made by it; then nothing may have its name.
    package static func append(_ bytes: [UInt8], to path: String, isFirst: Bool) throws(SystemFault) {
        let making = isFirst ? O_CREAT | O_EXCL : 0
        let file = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | making, 0o600)
        guard file >= 0 else { throw .last("open", path) }
        do throws(SystemFault) { try OpenDirectory.writeAll(bytes, to: file, path) } catch {
            close(file)
            throw error
        }
        // A file system may say only here that it has no room.
        guard close(file) == 0 else { throw .last("write", path) }
    }
}
