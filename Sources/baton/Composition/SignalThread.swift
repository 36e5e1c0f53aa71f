internal import Dispatch
internal import Glibc

/// Waits for signals that every thread has blocked, on a thread of its own.
struct SignalThread: Sendable {
    let signals: sigset_t
    let whenCaught: @Sendable () -> Void

    /// Begins to wait; `whenCaught` is called once.
    func start() {
        DispatchQueue(label: "baton.signals").async {
            var set = signals
            var number: CInt = 0
            while sigwait(&set, &number) != 0 {}
            whenCaught()
        }
    }
}
