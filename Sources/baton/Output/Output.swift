internal import Glibc
internal import PromotionCore

/// Lines on standard output and standard error.
enum Output {
    /// A result, made safe line by line: paths and arguments come from outside too. A broken pipe ends the program quietly.
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
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
