internal import Glibc
internal import PromotionCore

/// Small files that are either whole or not there, also after a loss of power.
enum DurableFile {
    /// Writes beside, syncs, renames over, and syncs the directory.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) throws(StageError) {
        let beside = "\(path).new-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard file >= 0 else { throw .last("create", beside) }
        do throws(StageError) {
            defer { close(file) }
            try writeAll(bytes, to: file, path: beside)
            guard fsync(file) == 0 else { throw .last("sync", beside) }
            guard rename(beside, path) == 0 else { throw .last("rename to", path) }
        } catch {
            unlink(beside)
            throw error
        }
        try syncDirectory(of: path)
    }

    /// The bytes of a file; nil where there is none.
    /// - Parameter limit: most bytes; a longer file is an error, so that nothing outside fills the memory.
    static func read(_ path: String, limit: Int) throws(StageError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .last("open", path)
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last("read", path) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw .tooLarge(path: SafeText(path), limitInBytes: limit) }
        }
    }

    /// Removes a file; one that is gone already is no error.
    static func remove(_ path: String) throws(StageError) {
        guard unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR else { throw .last("remove", path) }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Makes a directory and those above it, each for this account only.
    static func makeDirectory(_ path: String) throws(StageError) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw .last("make the directory", path)
        }
        try makeDirectory(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last("make the directory", path) }
    }

    /// Names in a directory that end in `suffix`, sorted, at most `limit`; none where the directory is missing.
    static func names(in path: String, suffix: String, limit: Int = 10_000) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while names.count < limit, let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(suffix), name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32, path: String) throws(StageError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw .last("write", path) }
            written += count
        }
    }

    private static func syncDirectory(of path: String) throws(StageError) {
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .last("open", parent) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw .last("sync", parent) }
    }
}

extension DurableFile {
    /// Most bytes of one of the stage's own JSON files.
    static let jsonLimit = 1 << 20

    /// A value from a JSON file; nil where there is none.
    static func decode<Value: Decodable>(_ type: Value.Type, from path: String) throws(StageError) -> Value? {
        guard let bytes = try read(path, limit: jsonLimit) else { return nil }
        do { return try CanonicalJSON.decode(type, from: bytes) } catch {
            throw .unreadable(path: SafeText(path), reason: SafeText("\(error)", limit: 200))
        }
    }

    /// Writes a value as JSON.
    static func encode(_ value: some Encodable, to path: String) throws(StageError) {
        let bytes: [UInt8]
        do { bytes = try CanonicalJSON.encode(value) } catch {
            throw .unreadable(path: SafeText(path), reason: SafeText("\(error)", limit: 200))
        }
        try write(bytes + [UInt8(ascii: "\n")], to: path)
    }
}
