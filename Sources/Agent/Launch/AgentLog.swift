internal import Glibc
internal import Platform
internal import PromotionCore

/// The file that a background agent writes to, private to its account.
final class AgentLog {
    private static let tailBytes = 16 * 1_024
    private static let tailLines = 8

    let path: String
    let descriptor: CInt
    /// Where this start's lines begin.
    private let beginning: Int

    /// Opens the log for appending and makes it private.
    /// - Throws: `AgentLaunchError.log`.
    init(_ path: String) throws(AgentLaunchError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        beginning = max(0, Int(lseek(descriptor, 0, SEEK_END)))
        guard descriptor >= 0 else { throw .log(SafeText(path), reason: SafeText(SystemFault.words(errno))) }
        let status: FileStatus
        do throws(SystemFault) {
            status = try FileStatus(descriptor: descriptor, path: path)
        } catch {
            throw .log(SafeText(path), reason: SafeText(error.description))
        }
        guard status.kind == .regular else { throw .log(SafeText(path), reason: "it is not a file") }
        guard status.owner == geteuid() else {
            throw .log(SafeText(path), reason: "it belongs to \(AccountNames.name(ofUser: status.owner))")
        }
        guard fchmod(descriptor, 0o600) == 0 else { throw .log(SafeText(path), reason: SafeText(SystemFault.words(errno))) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The last lines that were written since the log was opened.
    var lastLines: [SafeText] {
        let end = Int(lseek(descriptor, 0, SEEK_END))
        let start = max(beginning, end - Self.tailBytes)
        guard end > start else { return [] }
        var buffer = [UInt8](repeating: 0, count: end - start)
        let count = pread(descriptor, &buffer, buffer.count, start)
        guard count > 0 else { return [] }
        return buffer[..<count].split(separator: UInt8(ascii: "\n")).suffix(Self.tailLines).map {
            SafeText(String(decoding: $0, as: UTF8.self), limit: 200)
        }
    }
}
