internal import Glibc

/// Why a poll loop ended. The terminal has been put back, unless it has gone.
package enum Ending: Hashable, Sendable {
    /// The operator left.
    case finished
    /// A signal asked for the end.
    case signal(CInt)
    /// The terminal hung up: the link dropped, the window was closed.
    case terminalGone

    /// Ends the process as its parent expects it: by the same signal where there is one. Returns the exit status otherwise; where
    /// SIGHUP is ignored (nohup), the end of a terminal is 129, as a shell would say it.
    package func conclude() -> CInt {
        switch self {
        case .finished: return 0
        case .signal(let number):
            SignalPipe.die(by: number)
            return 128 + number
        case .terminalGone:
            if !SignalPipe.isIgnored(SIGHUP) { SignalPipe.die(by: SIGHUP) }
            return 128 + SIGHUP
        }
    }
}
