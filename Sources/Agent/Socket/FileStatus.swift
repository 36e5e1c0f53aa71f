internal import Glibc
internal import PromotionCore

/// What the file system says about a path.
struct FileStatus: Equatable {
    enum Kind {
        case socket, directory, regular, other
    }

    /// Whether a symbolic link itself is looked at, or what it leads to.
    enum Links {
        case followed, itself
    }

    let kind: Kind
    let owner: UInt32
    let group: UInt32
    /// The permission bits alone.
    let mode: UInt32
    let device: UInt64
    let inode: UInt64

    /// - Throws: `SystemFault`; its code is `ENOENT` where nothing is there.
    init(_ path: String, links: Links = .followed) throws(SystemFault) {
        var raw = stat()
        let result = links == .followed ? stat(path, &raw) : lstat(path, &raw)
        guard result == 0 else { throw SystemFault("look at", path) }
        self.init(raw)
    }

    /// - Parameter path: named in the error alone.
    init(descriptor: CInt, path: String) throws(SystemFault) {
        var raw = stat()
        guard fstat(descriptor, &raw) == 0 else { throw SystemFault("look at", path) }
        self.init(raw)
    }

    private init(_ raw: stat) {
        kind =
            switch raw.st_mode & S_IFMT {
            case S_IFSOCK: .socket
            case S_IFDIR: .directory
            case S_IFREG: .regular
            default: .other
            }
        owner = raw.st_uid
        group = raw.st_gid
        mode = raw.st_mode & 0o7777
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
    }

    var isWritableByGroup: Bool { mode & 0o020 != 0 }
    var isWritableByOthers: Bool { mode & 0o002 != 0 }

    /// The directory that holds a path; "." for a bare name.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
