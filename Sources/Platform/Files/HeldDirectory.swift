/// A directory that is held open, so that no other one gets its number from the file system, to notice when its path leads elsewhere.
package final class HeldDirectory: Sendable {
    package let path: String
    private let directory: OpenDirectory
    private let identity: FileStatus

    /// Holds the directory at a path.
    package init(_ path: String) throws(SystemFault) {
        self.path = path
        directory = try OpenDirectory(path)
        identity = try directory.identity()
    }

    /// Whether nothing, or another directory, is at the path now; `false` if that cannot be told.
    package var isGone: Bool {
        do throws(SystemFault) { return try !FileStatus(path).isSameFile(as: identity) } catch { return error.isMissing }
    }
}
