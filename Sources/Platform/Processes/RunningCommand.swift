internal import CPlatform
internal import Glibc
internal import Synchronization

/// A running command in a process group of its own, whose output is kept within bounds.
package final class RunningCommand: Sendable {
    private let child: ChildProcess
    private let pipe: Int32
    /// A byte in here ends the reading: from who waits for the process, or from a cancellation.
    private let wake: (read: Int32, write: Int32)
    private let kept = Mutex(BoundedOutput())
    private let wasCancelled = Mutex(false)
    /// The read end of the pipe for errors; `nil` if they are not kept apart.
    private let errorPipe: Int32?

    /// What becomes of a command's errors.
    package enum Errors: Sendable { case withOutput, apart, dropped }

    /// Starts a command.
    /// - Parameters:
    ///   - words: the program, which is searched for if it has no slash, and its arguments.
    ///   - environment: all of it, as `NAME=value`.
    ///   - directory: where it stands; `nil` for where this process does.
    ///   - input: what it reads; short enough to wait in a pipe, 4 KiB (POSIX, PIPE_BUF).
    package init(
        _ words: [String], environment: [String], directory: String? = nil, input: [UInt8] = [], errors: Errors = .withOutput
    ) throws(SystemFault) {
        guard let program = words.first, words.allSatisfy({ !$0.utf8.contains(0) }) else {
            throw SystemFault("start", words.first ?? "", code: EINVAL)
        }
        var spawn = Spawn(.search(program), Array(words.dropFirst()))
        spawn.environment = .exactly(environment)
        spawn.directory = directory
        spawn.group = .own
        let source = try Self.makePipe()
        defer { Self.close(source) }
        _ = write(source.write, input, min(input.count, 4_096))
        let output = try Self.makePipe()
        defer { Glibc.close(output.write) }
        spawn.input = .descriptor(source.read)
        spawn.output = .descriptor(output.write)
        var opened = [output.read]
        do throws(SystemFault) {
            let wake = try Self.makePipe()
            opened += [wake.read, wake.write]
            let apart = errors == .apart ? try Self.makePipe() : nil
            defer { if let apart { Glibc.close(apart.write) } }
            if let apart {
                opened.append(apart.read)
                // They are read after the end: what does not fit into the pipe is lost, and the command does not wait.
                _ = fcntl(apart.write, F_SETFL, O_NONBLOCK)
            }
            spawn.errors =
                switch errors {
                case .withOutput: .asOutput
                case .dropped: .null
                case .apart: apart.map { .descriptor($0.write) } ?? .null
                }
            child = try spawn.start()
            (self.wake, errorPipe) = (wake, apart?.read)
        } catch {
            for file in opened { Glibc.close(file) }
            throw error
        }
        pipe = output.read
    }

    deinit {
        Glibc.close(pipe)
        if let errorPipe { Glibc.close(errorPipe) }
        Self.close(wake)
    }

    /// What the command wrote so far.
    package var output: BoundedOutput { kept.withLock(\.self) }

    /// The beginning of what the command wrote to its errors, if they are kept apart. Call once, after its end.
    package func errorBytes() -> [UInt8] {
        guard let errorPipe else { return [] }
        _ = fcntl(errorPipe, F_SETFL, O_NONBLOCK)
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = read(errorPipe, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }

    /// Waits for the command's end; when cancelled, kills it first. Call once.
    ///
    /// Afterwards nothing of the process group is left, and the process has been collected.
    /// - Returns: `nil` if it was killed because of a cancellation.
    package func end() async -> ProcessEnd? {
        await withTaskCancellationHandler {
            async let exit: Void = OwnThread.run { self.awaitExit() }
            await OwnThread.run { self.readUntilWoken() }
            await exit
        } onCancel: {
            wake("c")
        }
        // Until it is collected its number cannot belong to another group.
        child.killGroup()
        let end = child.wait()
        return wasCancelled.withLock(\.self) ? nil : end
    }

    private func awaitExit() {
        child.awaitEnd()
        wake("x")
    }

    private func wake(_ reason: Unicode.Scalar) {
        var byte = UInt8(ascii: reason)
        _ = write(wake.write, &byte, 1)
    }

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
                child.killGroup()
            }
            // A process that left the group may hold the pipe open and write without end.
            _ = drain(chunks: 16)
            return
        }
    }

    /// Reads what is there.
    /// - Returns: `false` at the end of the output.
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

    private static func makePipe() throws(SystemFault) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw .last("make", "a pipe") }
        return (ends[0], ends[1])
    }

    private static func close(_ ends: (read: Int32, write: Int32)) {
        Glibc.close(ends.read)
        Glibc.close(ends.write)
    }
}
