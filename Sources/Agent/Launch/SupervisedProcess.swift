internal import Glibc
internal import Platform
internal import PromotionCore

/// A child that a supervisor waits for, with the supervisor's standard descriptors and nothing else that is open.
struct SupervisedProcess {
    let number: pid_t

    /// Starts a program; signals are as a fresh process has them.
    /// - Parameter executable: an absolute path.
    /// - Throws: `SystemFault`.
    init(_ executable: String, _ arguments: [String]) throws(SystemFault) {
        var attributes = posix_spawnattr_t()
        guard posix_spawnattr_init(&attributes) == 0 else { throw SystemFault("prepare to start", executable, code: errno) }
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pointers = ([executable] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var number = pid_t()
        let code = posix_spawn(&number, executable, nil, &attributes, &pointers, environ)
        guard code == 0 else { throw SystemFault("start", executable, code: code) }
        self.number = number
    }

    /// Waits for its end.
    func end() -> DetachedProcess.Ending {
        var status: CInt = 0
        while waitpid(number, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: status & 0x7F)
    }
}
