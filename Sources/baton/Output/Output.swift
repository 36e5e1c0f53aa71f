internal import Platform
internal import PromotionCore
internal import Synchronization

/// Lines on standard output and standard error.
enum Output {
    private struct State {
        /// Whether nothing more can be written to standard output.
        var isBroken = false
        /// Whether that is a failure: the reader did more than leave.
        var hasFailed = false
        var outcomeDecides = false
    }

    private static let state = Mutex(State())

    /// Whether nothing more can be written to standard output: the reader left, or writing failed.
    static var isBroken: Bool { state.withLock { $0.isBroken } }

    /// Notes that the exit status tells how a promotion ended, which no failed write changes.
    static func letOutcomeDecide() { state.withLock { $0.outcomeDecides = true } }

    /// The exit status of a command that has done its work: `broke` if its output could not be written whole. A reader that
    /// left is no error.
    static func finish() -> ExitStatus {
        do throws(SystemFault) { try FileDescriptors.closeOutput() } catch { fail(error) }
        return state.withLock { !$0.hasFailed || $0.outcomeDecides ? .done : .broke }
    }

    /// A result, made safe line by line: paths and arguments come from outside too.
    static func line(_ text: String) { write(safe(text) + "\n", to: .output) }

    /// JSON that was made elsewhere, as it is.
    static func text(_ text: String) { write(text + "\n", to: .output) }

    /// What a person is told or asked beside a result that a script reads, made safe line by line.
    static func aside(_ text: String) { write(safe(text) + "\n", to: .errors) }

    /// What went wrong, made safe line by line.
    static func complain(_ text: String) { write("baton: " + safe(text) + "\n", to: .errors) }

    /// A result as one line of JSON with sorted keys.
    static func json(_ value: some Encodable) throws {
        write(String(decoding: try CanonicalJSON.encode(value), as: UTF8.self) + "\n", to: .output)
    }

    /// Longest line in characters; what is longer ends in "…".
    private static let lineLimit = 4_096

    /// The text with its line breaks and without anything else that a terminal would obey.
    private static func safe(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { SafeText($0, limit: lineLimit).text }
            .joined(separator: "\n")
    }

    private static func write(_ text: String, to descriptor: FileDescriptors.Standard) {
        if descriptor == .output, isBroken { return }
        do throws(SystemFault) { try FileDescriptors.write(text, to: descriptor) } catch {
            if descriptor == .output { fail(error) }
        }
    }

    /// Notes that standard output takes nothing more, and says why, once.
    private static func fail(_ fault: SystemFault) {
        let isNew = state.withLock { state in
            defer { state.isBroken = true }
            guard !state.isBroken, !fault.isPipeClosed else { return false }
            state.hasFailed = true
            return true
        }
        if isNew { complain("the output cannot be written whole: \(fault.reason)") }
    }
}
