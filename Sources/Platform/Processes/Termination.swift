internal import Glibc
internal import Synchronization

/// Waits until a detached process is asked to end, or has lost what it is there for.
package enum Termination {
    private static let writeEnd = Atomic<Int32>(-1)

    /// Makes this process one that stands alone: SIGTERM and SIGINT are noted instead of ending it, SIGPIPE and SIGHUP are
    /// ignored, and it holds no directory.
    /// - Returns: what `wait` reads.
    package static func note() throws(SystemFault) -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .last("make", "a pipe") }
        // A directory that is held cannot be unmounted.
        chdir("/")
        writeEnd.store(ends[1], ordering: .sequentiallyConsistent)
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        for number in [SIGTERM, SIGINT] {
            signal(number) { _ in
                let before = errno
                var byte: UInt8 = 1
                _ = Glibc.write(Termination.writeEnd.load(ordering: .relaxed), &byte, 1)
                errno = before
            }
        }
        return ends[0]
    }

    /// Returns at a signal, or within two seconds after `isWanted` says no.
    package static func wait(_ readEnd: Int32, while isWanted: @escaping @Sendable () -> Bool) async {
        await OwnThread.run {
            while true {
                var item = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
                let count = poll(&item, 1, 2_000)
                if count > 0 || (count == 0 && !isWanted()) { return }
            }
        }
    }
}
