internal import Glibc
internal import Synchronization

/// Children that nothing waits for, and that have not yet been collected, so that none stays behind as a zombie.
///
/// Each is waited for by its own number: waiting for any child would take those of other parts of the program.
package enum UnwaitedChildren {
    private static let numbers = Mutex<Set<Int32>>([])

    /// Adds a child, to be collected once it has ended.
    package static func add(_ child: ChildProcess) { numbers.withLock { _ = $0.insert(child.number) } }

    /// Collects those that have ended; never waits.
    package static func collect() {
        numbers.withLock { numbers in
            numbers = numbers.filter { number in
                var status: Int32 = 0
                let answer = waitpid(number, &status, WNOHANG)
                return answer == 0 || (answer < 0 && errno == EINTR)
            }
        }
    }
}
