internal import Glibc
internal import PromotionCore

/// Lines on standard output and standard error.
enum Output {
    /// One line of a result. Text from outside is `SafeText` by now; a broken pipe ends the program quietly.
    static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// One line about what went wrong.
    static func complain(_ text: String) { write("baton: " + text + "\n", to: STDERR_FILENO) }

    /// A result as one line of JSON with sorted keys.
    static func json(_ value: some Encodable) throws {
        line(String(decoding: try CanonicalJSON.encode(value), as: UTF8.self))
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
