internal import Glibc

/// Reads of files that nobody trusts: within a bound, and never waiting for a pipe in a file's place.
package enum BoundedRead {
    /// Whether a symbolic link at the end of a path is followed.
    package enum Links: Sendable {
        case followed, refused
    }

    /// The bytes of a regular file.
    /// - Parameter limit: most bytes; a longer file is a fault, so that nothing outside fills the memory.
    /// - Returns: `nil` if nothing is there.
    package static func whole(
        _ path: String, limit: Int, links: Links = .followed
    ) throws(SystemFault) -> [UInt8]? {
        guard let found = try FoundFile.read(at: AT_FDCWD, path, path, limit: limit, links: links) else { return nil }
        return found.bytes
    }

    /// The first bytes of a file of any kind, at most `limit`.
    package static func prefix(of path: String, limit: Int) throws(SystemFault) -> [UInt8] {
        let file = openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0)
        guard file >= 0 else { throw .last("open", path) }
        defer { close(file) }
        return try bytes(of: file, path, expecting: 0, atMost: limit)
    }

    /// Reads to the end, or until `most` bytes are there.
    static func bytes(of file: Int32, _ path: String, expecting size: Int, atMost most: Int) throws(SystemFault) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(size, most))
        var chunk = [UInt8](repeating: 0, count: min(65_536, max(most, 1)))
        while bytes.count < most {
            let count = read(file, &chunk, min(chunk.count, most - bytes.count))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .last("read", path) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}

/// A regular file as it was read: what it held, and which one it was.
package struct FoundFile: Hashable, Sendable {
    package let bytes: [UInt8]
    package let status: FileStatus

    /// - Parameters:
    ///   - directory: where a relative `name` begins.
    ///   - path: named in faults.
    static func read(
        at directory: Int32, _ name: String, _ path: String, limit: Int, links: BoundedRead.Links
    ) throws(SystemFault) -> FoundFile? {
        let file = openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | (links == .refused ? O_NOFOLLOW : 0), 0)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            if errno == ELOOP && links == .refused { throw SystemFault("open", path, .link) }
            // A socket in a file's place cannot be opened.
            if errno == ENXIO { throw SystemFault("read", path, .notRegular) }
            throw .last("open", path)
        }
        defer { close(file) }
        let status = try FileStatus(descriptor: file, path: path)
        guard status.kind == .regular else { throw SystemFault("read", path, .notRegular) }
        // Files of /proc have a size of 0.
        guard status.byteCount <= limit else { throw SystemFault("read", path, .tooLarge(limit: limit)) }
        let bytes = try BoundedRead.bytes(of: file, path, expecting: Int(status.byteCount), atMost: limit + 1)
        guard bytes.count <= limit else { throw SystemFault("read", path, .tooLarge(limit: limit)) }
        return FoundFile(bytes: bytes, status: status)
    }
}
