internal import Glibc

/// Directories that are made where they are missing.
package enum Directories {
    /// Makes a directory and those above it, durably. One that is there already keeps its mode.
    /// - Parameter mode: of each that is made.
    /// - Throws: `SystemFault` that names the directory which could not be made.
    package static func make(_ path: String, mode: UInt32 = 0o700) throws(SystemFault) {
        guard mkdir(path, mode) != 0 else { return try syncParent(of: path) }
        let code = errno
        // Some file systems refuse before they look whether it is there.
        if let status = try? FileStatus(path) {
            guard status.kind == .directory else { throw SystemFault("make the directory", path, code: ENOTDIR) }
            return
        }
        let above = PathText.directory(of: path)
        guard code == ENOENT, above != path, above != "." else { throw SystemFault("make the directory", path, code: code) }
        try make(above, mode: mode)
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw .last("make the directory", path) }
        try syncParent(of: path)
    }

    /// Makes one directory with exactly this mode.
    /// - Returns: `false` if something has the name already.
    package static func makeNew(_ path: String, mode: UInt32) throws(SystemFault) -> Bool {
        guard mkdir(path, mode) == 0 else {
            guard errno == EEXIST else { throw .last("create the directory", path) }
            return false
        }
        try Permissions.set(mode, of: path)
        return true
    }

    private static func syncParent(of path: String) throws(SystemFault) {
        let above = PathText.directory(of: path)
        do throws(SystemFault) { try OpenDirectory(above).sync() } catch {
            // A directory that may be written to and not read (mode 0300) cannot be opened to be synced.
            guard error.isDenied else { throw error }
        }
    }

    /// The directory that this process stands in; "/" if the system does not say.
    package static var current: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }
}

/// Modes and groups of files.
package enum Permissions {
    /// Sets the permission bits of a path.
    package static func set(_ mode: UInt32, of path: String) throws(SystemFault) {
        guard chmod(path, mode) == 0 else { throw .last("set the mode of", path) }
    }

    /// Gives a path of this account to a group, and sets its permission bits.
    package static func give(_ path: String, toGroup group: UInt32, mode: UInt32) throws(SystemFault) {
        guard chown(path, geteuid(), group) == 0, chmod(path, mode) == 0 else {
            throw .last("give to group \(AccountDatabase.name(ofGroup: group))", path)
        }
    }
}
