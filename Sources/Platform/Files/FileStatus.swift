internal import Glibc

/// What the file system says about a path.
package struct FileStatus: Hashable, Sendable {
    /// Kind of a file (inode(7)).
    package enum Kind: Hashable, Sendable {
        case regular, directory, socket, link, other
    }

    /// Whether a symbolic link itself is looked at, or what it leads to.
    package enum Links: Sendable {
        case followed, itself
    }

    package let kind: Kind
    /// Number of the user who owns it.
    package let owner: UInt32
    /// Number of the group that owns it.
    package let group: UInt32
    /// The permission bits alone.
    package let mode: UInt32
    package let device: UInt64
    package let inode: UInt64
    /// Names that lead to it (hard links).
    package let nameCount: UInt64
    package let byteCount: Int64
    /// Last change of its content, in nanoseconds since 1970.
    package let modified: Int64

    /// Looks at a path.
    /// - Throws: `SystemFault`, which `isMissing` if nothing is there.
    package init(_ path: String, links: Links = .followed) throws(SystemFault) {
        var raw = stat()
        let result = links == .followed ? stat(path, &raw) : lstat(path, &raw)
        guard result == 0 else { throw .last("look at", path) }
        self.init(raw)
    }

    /// Looks at an open file.
    /// - Parameter path: named in the error alone.
    package init(descriptor: Int32, path: String) throws(SystemFault) {
        var raw = stat()
        guard fstat(descriptor, &raw) == 0 else { throw .last("look at", path) }
        self.init(raw)
    }

    init(_ raw: stat) {
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFSOCK: .socket
            case S_IFDIR: .directory
            case S_IFREG: .regular
            case S_IFLNK: .link
            default: .other
            }
        owner = raw.st_uid
        group = raw.st_gid
        mode = raw.st_mode & 0o7777
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
        nameCount = UInt64(raw.st_nlink)
        byteCount = Int64(raw.st_size)
        // Anybody may give their file a time that no count of nanoseconds holds.
        let (whole, isOver) = Int64(raw.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isOverToo) = whole.addingReportingOverflow(Int64(raw.st_mtim.tv_nsec))
        modified = isOver || isOverToo ? (raw.st_mtim.tv_sec < 0 ? .min : .max) : sum
    }

    package var isWritableByGroup: Bool { mode & 0o020 != 0 }
    package var isWritableByOthers: Bool { mode & 0o002 != 0 }
    /// Whether in this directory only the owner of a name, or of the directory, may remove or rename it (inode(7), the sticky bit).
    package var isSticky: Bool { mode & 0o1000 != 0 }

    /// Whether both are one file of one file system.
    package func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }

    /// Whether something is at a path; `false` if that cannot be told.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether this account may run the program at a path.
    package static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }
}

/// Parts of paths, as texts; nothing is looked up.
package enum PathText {
    /// The directory that holds a path; "." for a bare name.
    package static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The last part of a path.
    package static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }
}
