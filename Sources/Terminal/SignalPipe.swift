internal import CNcurses
internal import Glibc
internal import Platform

/// Signals as bytes that a poll loop can read, and the last resort that puts a terminal back when no loop can.
///
/// A pipe, not signalfd: a blocked signal mask is inherited by children and per thread, a handler is neither.
package final class SignalPipe {
    /// Readable when a signal has come.
    let descriptor: CInt
    private let writer: CInt

    /// Takes over the ending signals (TERM, INT, QUIT, HUP), WINCH, CONT, TSTP, and crash signals. Make it before any session,
    /// and only one at a time; nil without descriptors left.
    package init?() {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        ends.forEach(FileDescriptors.prepare)
        descriptor = ends[0]
        writer = ends[1]
        cn_signals_take(writer)
    }

    deinit {
        cn_signals_give_back()
        Glibc.close(writer)
        Glibc.close(descriptor)
    }

    /// The signals that have come since the last call, each once.
    func take() -> Set<CInt> {
        var numbers = Set<CInt>()
        var bytes = [UInt8](repeating: 0, count: 256)
        while case let count = read(descriptor, &bytes, bytes.count), count > 0 {
            numbers.formUnion(bytes[..<count].map(CInt.init))
        }
        return numbers
    }

    /// What a handler shall do to the terminal if the process dies before its session is closed.
    static func armRestore(_ terminal: CInt, _ before: inout termios, _ farewell: [UInt8]) {
        cn_restore_arm(terminal, &before, farewell, farewell.count)
    }

    static func disarmRestore() { cn_restore_disarm() }

    static func isIgnored(_ number: CInt) -> Bool { cn_is_ignored(number) != 0 }

    /// Ends this process by a signal's default action.
    static func die(by number: CInt) { cn_die_by(number) }
}
