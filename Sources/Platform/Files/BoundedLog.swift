internal import Glibc

/// Keeps the log of a process in the background within a bound.
package enum BoundedLog {
    /// Bytes from which on the oldest lines are dropped.
    package static let limit = 8 << 20
    /// Bytes of the newest lines that are kept then.
    package static let kept = 1 << 20

    /// Drops the oldest lines of a log that has grown beyond its bound. What is written in this moment may be lost with them;
    /// what is no regular file is left alone.
    package static func trim(_ descriptor: CInt, limit: Int = limit, keeping kept: Int = kept) {
        guard let status = try? FileStatus(descriptor: descriptor, path: "the log"), status.kind == .regular,
            status.byteCount > limit
        else { return }
        var newest = [UInt8](repeating: 0, count: kept)
        let count = pread(descriptor, &newest, kept, off_t(Int(status.byteCount) - kept))
        guard count > 0, ftruncate(descriptor, 0) == 0 else { return }
        let whole = newest[..<count].drop { $0 != UInt8(ascii: "\n") }.dropFirst()
        let lines = Array("(the log had more than \(limit) bytes: older lines were dropped)\n".utf8) + whole
        _ = lines.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    /// Trims the log of this process, its standard errors, until the task is cancelled.
    package static func watch() async {
        while !Task.isCancelled {
            trim(STDERR_FILENO)
            try? await Task.sleep(for: .seconds(5))
        }
    }
}
