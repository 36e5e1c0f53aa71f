internal import Glibc
internal import Platform
internal import PromotionCore

/// The program whose hidden commands are the slot processes and the router: this one, as a rule.
package struct StageExecutable: Hashable, Sendable {
    package let path: String
    /// Arguments before the hidden command.
    package let prefix: [String]

    /// - Parameter path: absolute path of the program.
    package init(path: String, prefix: [String] = []) {
        self.path = path
        self.prefix = prefix
    }

    /// Starts a detached process: a session of its own, no input, output to a log, no other open file, no secrets of ours.
    /// - Returns: the number of the new process.
    func start(_ arguments: [String], log: String) throws(StageError) -> Int32 {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&files, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&files, 1, 2)
        // Closing a number that is not open is no error (glibc, sysdeps/unix/sysv/linux/spawni.c).
        for name in (try? DurableFile.names(in: "/proc/self/fd")) ?? [] {
            if let number = Int32(name), number > 2 { posix_spawn_file_actions_addclose(&files, number) }
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A new process starts with no signal blocked and none ignored, whatever its parent does with them.
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Self.newSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

        let words = ([path] + prefix + arguments).map { strdup($0) }
        let environment = Self.environment.map { strdup($0) }
        defer { for word in words + environment { free(word) } }
        var number: pid_t = 0
        let answer = posix_spawn(&number, path, &files, &attributes, words + [nil], environment + [nil])
        guard answer == 0 else {
            throw .notStarted(program: SafeText(path), reason: SafeText(SystemFault.words(answer), limit: 120))
        }
        ChildProcesses.add(number)
        return number
    }

    /// `POSIX_SPAWN_SETSID` (glibc, bits/spawn.h), which the Glibc module leaves out.
    private static let newSession: Int16 = 0x80

    /// What a process needs to find its libraries, and nothing else: the rest may hold secrets.
    private static var environment: [String] {
        ThisProcess.variables(["PATH", "LD_LIBRARY_PATH"])
    }
}
