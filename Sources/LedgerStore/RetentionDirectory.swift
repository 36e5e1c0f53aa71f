internal import Glibc
package import PromotionCore

/// Tombstones and sightings as files of a directory, for this account alone: each is whole, or not there.
package struct RetentionDirectory: RetentionFiles {
    private let path: String

    /// The directory at a path; it is made with the first file.
    package init(_ path: String) { self.path = path }

    /// Bytes of one file that are read.
    private static let limit = 256 << 20

    package func keep(_ bytes: [UInt8], as file: RetentionFile) async throws(Fault) {
        let whole = path + "/" + file.path
        let directory = Self.directory(of: whole)
        try Self.make(directory)
        let beside = whole + ".new-\(getpid())"
        _ = unlink(beside)
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.fault("create", beside) }
        do throws(Fault) {
            defer { _ = close(descriptor) }
            try Self.write(bytes, to: descriptor, beside)
            guard fsync(descriptor) == 0 else { throw Self.fault("make durable", beside) }
            guard rename(beside, whole) == 0 else { throw Self.fault("rename to", whole) }
        } catch {
            _ = unlink(beside)
            throw error
        }
        try Self.sync(directory)
    }

    package func read(_ file: RetentionFile) async throws(Fault) -> [UInt8]? {
        let whole = path + "/" + file.path
        let descriptor = open(whole, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Self.fault("open", whole)
        }
        defer { _ = close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Self.fault("read", whole) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= Self.limit else {
                throw Fault(.refused, "\(SafeText(whole)) is larger than any file of retention")
            }
        }
    }

    package func remove(_ file: RetentionFile) async throws(Fault) {
        let whole = path + "/" + file.path
        guard unlink(whole) == 0 || errno == ENOENT || errno == ENOTDIR else { throw Self.fault("remove", whole) }
    }

    package func date(_ file: RetentionFile, _ time: Timestamp) async throws(Fault) {
        let whole = path + "/" + file.path
        let moment = timespec(
            tv_sec: Int(time.millisecondsSinceEpoch / 1_000), tv_nsec: Int(time.millisecondsSinceEpoch % 1_000) * 1_000_000)
        guard utimensat(AT_FDCWD, whole, [moment, moment], AT_SYMLINK_NOFOLLOW) == 0 else { throw Self.fault("date", whole) }
    }

    package func tombstones(of repository: RepositoryName) async throws(Fault) -> [Digest: Timestamp] {
        let whole = path + "/" + RetentionFile.tombstones(of: repository)
        guard let directory = opendir(whole) else {
            if errno == ENOENT || errno == ENOTDIR { return [:] }
            throw Self.fault("list", whole)
        }
        defer { closedir(directory) }
        var found: [Digest: Timestamp] = [:]
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // What else lies there, as the rest of a write that a crash cut, is none.
            guard name.hasSuffix(".json"), let digest = try? Digest(parsing: "sha256:" + name.dropLast(5)) else { continue }
            var status = stat()
            guard lstat(whole + "/" + name, &status) == 0 else { continue }
            found[digest] = Timestamp(
                millisecondsSinceEpoch: Int64(status.st_mtim.tv_sec) * 1_000 + Int64(status.st_mtim.tv_nsec) / 1_000_000)
        }
        return found
    }

    private static func write(_ bytes: [UInt8], to descriptor: CInt, _ path: String) throws(Fault) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw fault("write", path) }
            written += count
        }
    }

    private static func make(_ directory: String) throws(Fault) {
        guard mkdir(directory, 0o700) != 0, errno != EEXIST else { return }
        guard errno == ENOENT, directory.contains("/") else { throw fault("make the directory", directory) }
        try make(Self.directory(of: directory))
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw fault("make the directory", directory) }
        try sync(Self.directory(of: directory))
    }

    private static func sync(_ directory: String) throws(Fault) {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw fault("open", directory) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw fault("make durable", directory) }
    }

    private static func directory(of path: String) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return parts.joined(separator: "/")
    }

    private static func fault(_ what: String, _ path: String) -> Fault {
        Fault(.broke, "cannot \(what) \(SafeText(path)): \(String(cString: strerror(errno)))")
    }
}
