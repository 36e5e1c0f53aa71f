internal import Glibc
internal import Synchronization

/// The processes that this process started and has not yet reaped, so that none stays behind as a zombie.
///
/// Each is waited for by its own number: waiting for any child would take those of other parts of the program.
enum ChildProcesses {
    private static let numbers = Mutex<Set<Int32>>([])

    static func add(_ number: Int32) { numbers.withLock { _ = $0.insert(number) } }

    /// Reaps those that have ended; never waits.
    static func reap() {
        numbers.withLock { numbers in
            numbers = numbers.filter { number in
                var status: Int32 = 0
                let answer = waitpid(number, &status, WNOHANG)
                return answer == 0 || (answer < 0 && errno == EINTR)
            }
        }
    }
}
