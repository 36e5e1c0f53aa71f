internal import Glibc
internal import Platform
internal import PromotionCore
internal import Synchronization

/// Lines on standard output and standard error.
enum Output {
    private struct State {
        /// Whether nothing more can be written to standard output.
        var isBroken = false
        /// What the system said, unless it was only that the reader left.
        var failure: CInt?
        var outcomeDecides = false
    }

    private static let state = Mutex(State())

    /// Opens standard descriptors that are closed on /dev/null, so that no file or socket opened later takes their number.
    static func openStandardDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is the one that was found closed.
            _ = Glibc.open("/dev/null", O_RDWR)
        }
    }

    /// Whether nothing more can be written to standard output: the reader left, or writing failed.
    static var isBroken: Bool { state.withLock { $0.isBroken } }

    /// Notes that the exit status tells how a promotion ended, which no failed write changes.
    static func letOutcomeDecide() { state.withLock { $0.outcomeDecides = true } }

    /// The exit status of a command that has done its work: `broke` if its output could not be written whole. A reader that
    /// left is no error.
    static func finish() -> ExitStatus {
        // A file system may say only at the end that it has no room.
        if close(STDOUT_FILENO) != 0, errno != EBADF { fail(errno) }
        return state.withLock { $0.failure == nil || $0.outcomeDecides ? .done : .broke }
    }

    /// A result, made safe line by line: paths and arguments come from outside too.
    static func line(_ text: String) { write(safe(text) + "\n", to: STDOUT_FILENO) }

    /// JSON that was made elsewhere, as it is.
    static func text(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// What a person is told or asked beside a result that a script reads, made safe line by line.
    static func aside(_ text: String) { write(safe(text) + "\n", to: STDERR_FILENO) }

    /// What went wrong, made safe line by line.
    static func complain(_ text: String) { write("baton: " + safe(text) + "\n", to: STDERR_FILENO) }

    /// A result as one line of JSON with sorted keys.
    static func json(_ value: some Encodable) throws {
        write(String(decoding: try CanonicalJSON.encode(value), as: UTF8.self) + "\n", to: STDOUT_FILENO)
    }

    /// Longest line in characters; what is longer ends in "…".
    private static let lineLimit = 4_096

    /// The text with its line breaks and without anything else that a terminal would obey.
    private static func safe(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { SafeText($0, limit: lineLimit).text }
            .joined(separator: "\n")
    }

    private static func write(_ text: String, to descriptor: CInt) {
        if descriptor == STDOUT_FILENO, isBroken { return }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else {
                if descriptor == STDOUT_FILENO { fail(written < 0 ? errno : ENOSPC) }
                return
            }
            bytes = bytes.dropFirst(written)
        }
    }

    /// Notes that standard output takes nothing more, and says why, once.
    private static func fail(_ code: CInt) {
        let isNew = state.withLock { state in
            defer { state.isBroken = true }
            guard !state.isBroken, code != EPIPE else { return false }
            state.failure = code
            return true
        }
        if isNew { complain("the output cannot be written whole: \(SystemFault.words(code))") }
    }
}
