internal import Glibc

/// Small files at paths that are either whole or not there, also after a loss of power.
package enum DurableFile {
    /// Writes a file as `OpenDirectory.replace` does.
    /// - Parameter mode: of a new file.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o600) throws(SystemFault) {
        try OpenDirectory(PathText.directory(of: path)).replace(PathText.name(of: path), with: bytes, mode: mode)
    }

    /// Writes a file that must not exist yet.
    /// - Throws: `SystemFault`, which `isPresent` if something has the name.
    package static func create(_ bytes: [UInt8], at path: String, mode: UInt32 = 0o600) throws(SystemFault) {
        let directory = try OpenDirectory(PathText.directory(of: path))
        try directory.replace(PathText.name(of: path), with: bytes, mode: mode, if: .none)
    }

    /// Makes a finished file durable under another name of its directory, over one that has it.
    package static func publish(_ draft: String, as path: String) throws(SystemFault) {
        let file = open(draft, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { throw .last("open", draft) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw .last("make durable", draft) }
        guard rename(draft, path) == 0 else { throw .last("rename to", path) }
        try OpenDirectory(PathText.directory(of: path)).sync()
    }

    /// Removes a file, durably; one that is gone already is no fault.
    package static func remove(_ path: String) throws(SystemFault) {
        let directory: OpenDirectory
        do throws(SystemFault) { directory = try OpenDirectory(PathText.directory(of: path)) } catch {
            guard error.isMissing else { throw error }
            return
        }
        try directory.remove(PathText.name(of: path))
    }

    /// Writes a file that need not survive a loss of power, over one that is there or to where its path leads (a terminal, a pipe).
    /// - Parameter mode: of a new file.
    package static func overwrite(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o600) throws(SystemFault) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard file >= 0 else { throw .last("open", path) }
        do throws(SystemFault) { try OpenDirectory.writeAll(bytes, to: file, path) } catch {
            close(file)
            throw error
        }
        // A file system may say only here that it has no room.
        guard close(file) == 0 else { throw .last("write", path) }
    }

    /// Names in a directory that end in `suffix`, sorted, at most `limit`.
    /// - Returns: none if the directory is missing.
    package static func names(in path: String, suffix: String = "", limit: Int = 10_000) throws(SystemFault) -> [String] {
        guard let directory = opendir(path) else {
            let fault = SystemFault.last("list", path)
            guard fault.isMissing else { throw fault }
            return []
        }
        defer { closedir(directory) }
        var names: [String] = []
        while names.count < limit {
            errno = 0
            guard let entry = readdir(directory) else {
                guard errno == 0 else { throw .last("list", path) }
                break
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(suffix), name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Sets the time of a file's last change.
    /// - Parameter nanoseconds: since 1970.
    package static func date(_ path: String, _ nanoseconds: Int64) throws(SystemFault) {
        let moment = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        guard utimensat(AT_FDCWD, path, [moment, moment], AT_SYMLINK_NOFOLLOW) == 0 else { throw .last("date", path) }
    }
}
