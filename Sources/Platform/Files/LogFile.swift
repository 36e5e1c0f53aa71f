internal import Glibc

/// A file that is appended to and belongs to this account alone.
package final class LogFile: Sendable {
    /// Why a path cannot be a log, besides what the system says.
    package enum Objection: Error, Hashable, Sendable {
        case notAFile
        case belongsToAnother(UInt32)
        case system(SystemFault)
    }

    /// The open file, for a child's output.
    package let descriptor: Int32
    /// Where the lines begin that are written from now on.
    private let beginning: Int

    /// Opens a file, which is made if it is missing, and makes it private. A link is not followed.
    package init(_ path: String) throws(Objection) {
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw .system(.last("open", path)) }
        beginning = max(0, Int(lseek(descriptor, 0, SEEK_END)))
        let status: FileStatus
        do throws(SystemFault) { status = try FileStatus(descriptor: descriptor, path: path) } catch { throw .system(error) }
        guard status.kind == .regular else { throw .notAFile }
        guard status.owner == geteuid() else { throw .belongsToAnother(status.owner) }
        guard fchmod(descriptor, 0o600) == 0 else { throw .system(.last("set the mode of", path)) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The last bytes that were written since it was opened, at most `limit`.
    package func end(limit: Int) -> [UInt8] {
        let end = Int(lseek(descriptor, 0, SEEK_END))
        let start = max(beginning, end - limit)
        guard end > start else { return [] }
        var buffer = [UInt8](repeating: 0, count: end - start)
        let count = pread(descriptor, &buffer, buffer.count, start)
        return Array(buffer.prefix(max(0, count)))
    }

    /// Writes a line to standard output, which a detached process has as its log; the file starts anew when it is full.
    package static func write(_ line: String, startingAnewAt limit: Int64) {
        if let status = try? FileStatus(descriptor: STDOUT_FILENO, path: "standard output"), status.kind == .regular,
            status.byteCount > limit
        {
            ftruncate(STDOUT_FILENO, 0)
        }
        // A process that cannot write its log goes on.
        try? FileDescriptors.write(line + "\n", to: .output)
    }
}
