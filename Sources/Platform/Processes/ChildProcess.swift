internal import Glibc

/// How a process ended.
package enum ProcessEnd: Hashable, Sendable, CustomStringConvertible {
    case exited(Int32)
    case killed(signal: Int32)

    /// Reads the status of wait(2).
    init(status: Int32) { self = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: status & 0x7F) }

    package var description: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .killed(let signal): "was ended by signal \(signal)"
        }
    }

    /// The system's name of a signal.
    package static func name(ofSignal number: Int32) -> String { String(cString: strsignal(number)) }
}

/// A child that has not been collected: until it is, its number is no other process's.
package struct ChildProcess: Hashable, Sendable {
    package let number: Int32

    init(number: Int32) { self.number = number }

    /// Waits for its end and collects it. Call once.
    package func wait() -> ProcessEnd {
        var status: Int32 = 0
        while waitpid(number, &status, 0) < 0, errno == EINTR {}
        return ProcessEnd(status: status)
    }

    /// How it ended, and it is collected then; `nil` while it runs.
    package func endIfAny() -> ProcessEnd? {
        var status: Int32 = 0
        guard waitpid(number, &status, WNOHANG) == number else { return nil }
        return ProcessEnd(status: status)
    }

    /// Collects it whenever it ends, so that no zombie is left of it.
    package func collectWhenItEnds() {
        OwnThread.start(stackBytes: 128 * 1_024) { _ = wait() }
    }

    /// Blocks until it has ended, and leaves it to be collected.
    func awaitEnd() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(number), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
    }

    /// Sends a signal; nothing happens if it has been collected.
    package func signal(_ signal: ProcessSignal) { kill(number, signal.number) }

    /// Kills everything in the group that it leads; only before it is collected.
    func killGroup() { kill(-number, SIGKILL) }
}

/// Signals that one process sends to another.
package enum ProcessSignal: Sendable, Hashable {
    /// Asks for an end in order.
    case end
    /// Ends at once.
    case kill

    var number: Int32 { self == .end ? SIGTERM : SIGKILL }

    /// Sends it to a process by its number, which may by now be another's.
    package func send(to process: Int32) throws(SystemFault) {
        guard process > 1 else { throw SystemFault("signal", "process \(process)", code: ESRCH) }
        guard Glibc.kill(process, number) == 0 else { throw .last("signal", "process \(process)") }
    }

    /// Whether a process has a number, which may by now be another's.
    package static func isTaken(_ process: Int32) -> Bool { Glibc.kill(process, 0) == 0 }
}
