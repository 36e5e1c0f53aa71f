internal import Glibc
internal import Platform
internal import PromotionCore
internal import Synchronization

/// A running command in a process group of its own, whose output is kept within bounds.
final class ChildProcess: Sendable {
    /// How a command ended by itself.
    enum End: Sendable, Equatable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    /// Why a command could not be started.
    struct StartError: Error, CustomStringConvertible {
        let code: Int32
        var description: String { "cannot be started: \(SystemFault.words(code).lowercased())" }
    }

    private let process: pid_t
    private let pipe: Int32
    /// A byte in here ends the reading: from who waits for the process, or from a cancellation.
    private let wake: (read: Int32, write: Int32)
    private let kept = Mutex(BoundedOutput())
    /// The read end of the pipe for errors; `nil` if they are not kept apart.
    private let errorPipe: Int32?

    /// What becomes of a command's errors.
    enum Errors { case withOutput, apart }

    /// Starts a command.
    /// - Parameters:
    ///   - environment: all of it, as `NAME=value`.
    ///   - input: what it reads; short enough to wait in a pipe, 4 KiB (POSIX, PIPE_BUF).
    init(
        _ command: [String], environment: [String], input: [UInt8] = [], errors: Errors = .withOutput
    ) throws(StartError) {
        let output = try Self.makePipe()
        defer { _ = close(output.write) }
        pipe = output.read
        let source: (read: Int32, write: Int32)
        do throws(StartError) { source = try Self.makePipe() } catch {
            close(output.read)
            throw error
        }
        defer { _ = close(source.read) }
        _ = write(source.write, input, min(input.count, 4_096))
        _ = close(source.write)
        do throws(StartError) {
            wake = try Self.makePipe()
        } catch {
            close(output.read)
            throw error
        }
        do throws(StartError) {
            let apart = errors == .apart ? try Self.makePipe() : nil
            defer { if let apart { close(apart.write) } }
            // Nobody reads them before the end: what does not fit into the pipe is lost, and the command does not wait.
            if let apart { _ = fcntl(apart.write, F_SETFL, O_NONBLOCK) }
            errorPipe = apart?.read
            do throws(StartError) {
                process = try Self.spawn(
                    command, environment: environment, files: [source.read, output.write, apart?.write ?? output.write])
            } catch {
                if let apart { close(apart.read) }
                throw error
            }
        } catch {
            for file in [output.read, wake.read, wake.write] { close(file) }
            throw error
        }
    }

    /// A pipe that no other command inherits.
    ///
    /// One started by another thread between the two calls would; it could delay nothing, since the end of the process is
    /// waited for and not the end of the output.
    private static func makePipe() throws(StartError) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw StartError(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    deinit { for file in [pipe, wake.read, wake.write, errorPipe].compactMap(\.self) { close(file) } }

    /// What the command wrote so far, shortened in the middle.
    func output() -> SafeText { kept.withLock(\.text) }

    /// The beginning of what the command wrote so far, as it came.
    func bytes() -> [UInt8] { kept.withLock(\.first) }

    /// The beginning of what the command wrote to its errors, where they are kept apart. Call once, after its end.
    func errorBytes() -> [UInt8] {
        guard let errorPipe else { return [] }
        _ = fcntl(errorPipe, F_SETFL, O_NONBLOCK)
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = read(errorPipe, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }

    /// Waits for the command's end; when cancelled, kills it first.
    ///
    /// Call once. Afterwards nothing of the process group is left, and the process has been collected.
    /// - Returns: nil where it was killed because of a cancellation.
    func end() async -> End? {
        await withTaskCancellationHandler {
            async let exit: Void = OwnThread.run { self.awaitExit() }
            await OwnThread.run { self.readUntilWoken() }
            await exit
        } onCancel: {
            wake("c")
        }
        return collect()
    }

    private func wake(_ reason: Unicode.Scalar) {
        var byte = UInt8(ascii: reason)
        _ = write(wake.write, &byte, 1)
    }

    /// Blocks until the process has ended, and leaves it to be collected: until then its number cannot belong to another
    /// group, so that killing the group is safe.
    private func awaitExit() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        wake("x")
    }

    /// Kills what is left of the group and collects the process, which has ended.
    private func collect() -> End? {
        kill(-process, SIGKILL)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        if wasCancelled.withLock(\.self) { return nil }
        // <sys/wait.h>: the low seven bits hold the signal, the next byte the exit code.
        return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: status & 0x7F)
    }

    private let wasCancelled = Mutex(false)

    /// Reads output until the process has ended or is to be killed, then what is in the pipe already.
    private func readUntilWoken() {
        _ = fcntl(pipe, F_SETFL, O_NONBLOCK)
        var files = [
            pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0), pollfd(fd: pipe, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            guard poll(&files, 2, -1) > 0 || errno == EINTR else { return }
            if files[1].revents != 0 && !drain(chunks: 1) { files[1].fd = -1 }
            guard files[0].revents != 0 else { continue }
            var reason: UInt8 = 0
            if read(wake.read, &reason, 1) == 1, reason == UInt8(ascii: "c") {
                wasCancelled.withLock { $0 = true }
                kill(-process, SIGKILL)
            }
            // Somebody who left the group may hold the pipe open and write for ever.
            _ = drain(chunks: 16)
            return
        }
    }

    /// Reads what is there.
    /// - Returns: false at the end of the output.
    private func drain(chunks: Int) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        for _ in 0..<chunks {
            let count = read(pipe, &chunk, chunk.count)
            if count == 0 { return false }
            guard count > 0 else { return errno == EAGAIN || errno == EINTR }
            kept.withLock { $0.add(chunk[..<count]) }
        }
        return true
    }
}

extension ChildProcess {
    private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt

    /// `posix_spawn_file_actions_addclosefrom_np(3)` of glibc 2.34, which its headers hide from Swift.
    private static let closeFrom: CloseFrom? =
        dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map { unsafeBitCast($0, to: CloseFrom.self) }

    private static func spawn(
        _ command: [String], environment: [String], files: [Int32]
    ) throws(StartError) -> pid_t {
        guard let program = command.first else { throw StartError(code: EINVAL) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, file) in files.enumerated() { posix_spawn_file_actions_adddup2(&actions, file, Int32(number)) }
        // Clients' connections, the ledger and its lock stay here: not every library opens its files to be closed by exec(2).
        guard let closeFrom = Self.closeFrom else { throw StartError(code: ENOSYS) }
        guard closeFrom(&actions, Int32(files.count)) == 0 else { throw StartError(code: EINVAL) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        let arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        let variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var process: pid_t = 0
        let failure = posix_spawnp(&process, program, &actions, &attributes, arguments, variables)
        guard failure == 0 else { throw StartError(code: failure) }
        return process
    }
}
