internal import Glibc
internal import Platform
internal import PromotionCore

/// A child in a session of its own that outlives the terminal of its parent.
struct DetachedProcess {
    let number: pid_t

    /// How a child ended.
    enum Ending: Equatable {
        case exited(Int32)
        case killed(signal: Int32)

        var words: SafeText {
            switch self {
            case .exited(let status): "ended with status \(status)"
            case .killed(let signal): "was ended by signal \(signal)"
            }
        }
    }

    /// Starts a program with nothing of this process but its environment: standard input is /dev/null, output goes to the
    /// log, other files are closed, signals are as a fresh process has them, the working directory is /.
    /// - Parameter executable: an absolute path.
    /// - Throws: `SystemFault`.
    init(_ executable: String, _ arguments: [String], log: AgentLog) throws(SystemFault) {
        var files = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        guard posix_spawn_file_actions_init(&files) == 0, posix_spawnattr_init(&attributes) == 0 else {
            throw SystemFault("prepare to start", executable, code: errno)
        }
        defer {
            posix_spawn_file_actions_destroy(&files)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&files, log.descriptor, 1)
        posix_spawn_file_actions_adddup2(&files, log.descriptor, 2)
        for descriptor in Self.inheritable { posix_spawn_file_actions_addclose(&files, descriptor) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Self.newSession | Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        // posix_spawn cannot change the directory in POSIX 2017; the shell does it and becomes the program.
        let words = ["/bin/sh", "-c", "cd / && exec \"$@\"", "sh", executable] + arguments
        var pointers = words.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var number = pid_t()
        let code = posix_spawn(&number, "/bin/sh", &files, &attributes, &pointers, environ)
        guard code == 0 else { throw SystemFault("start", executable, code: code) }
        self.number = number
    }

    /// `POSIX_SPAWN_SETSID` of spawn.h, which Glibc declares for GNU C alone.
    private static let newSession: Int16 = 0x80

    /// How it ended, and no zombie is left of it; nil while it runs.
    var ending: Ending? {
        var status: CInt = 0
        guard waitpid(number, &status, WNOHANG) == number else { return nil }
        return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: status & 0x7F)
    }

    /// Leaves no zombie whenever it ends: a thread that takes no signals waits for it.
    func reapWhenItEnds() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 128 * 1_024)
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let process = UnsafeMutableRawPointer(bitPattern: Int(number))
        pthread_create(
            &thread, &attributes,
            { process in
                waitpid(pid_t(Int(bitPattern: process)), nil, 0)
                return nil
            }, process)
    }

    /// Descriptors beyond the first three that a child could get: up to the highest that is open, and some more for what
    /// other threads open meanwhile. To close one that is not open is no error (posix_spawn_file_actions_addclose(3)).
    private static var inheritable: Range<CInt> {
        let limit = CInt(clamping: sysconf(CInt(_SC_OPEN_MAX)))
        return 3..<max(3, min(highestOpen + 64, limit))
    }

    private static var highestOpen: CInt {
        guard let directory = opendir("/proc/self/fd") else { return 1_024 }
        defer { closedir(directory) }
        var highest: CInt = 2
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            highest = max(highest, CInt(name) ?? 0)
        }
        return highest
    }
}
