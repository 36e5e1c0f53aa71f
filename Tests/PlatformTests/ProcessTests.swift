internal import Glibc
internal import Testing

@testable internal import Platform

@Suite struct `Processes that are started` {
    private let scratch = Scratch()

    private func spawn(_ script: String) -> Spawn {
        var spawn = Spawn(.path("/bin/sh"), ["-c", script])
        spawn.output = .appending(path: scratch.path("out"))
        spawn.errors = .asOutput
        return spawn
    }

    private func output(of spawn: Spawn) throws -> String {
        #expect(try spawn.start().wait() == .exited(0))
        return String(decoding: try BoundedRead.whole(scratch.path("out"), limit: 65_536) ?? [], as: UTF8.self)
    }

    @Test func `a child gets the standard descriptors and no other`() throws {
        let leaked = (0..<20).map { _ in open("/dev/zero", O_RDONLY) }
        defer { leaked.forEach { close($0) } }
        let numbers = (0..<40).map(String.init).joined(separator: " ")
        let words = try output(of: spawn("for f in \(numbers); do readlink /proc/$$/fd/$f; done; true"))
        let file = scratch.path("out")
        #expect(words == "/dev/null\n\(file)\n\(file)\n")
    }

    @Test func `a child stands where it is told to, and has the environment that was named`() throws {
        var spawn = spawn("pwd; env")
        spawn.directory = "/usr"
        spawn.environment = .exactly(["A=1"])
        let lines = try output(of: spawn).split(separator: "\n")
        #expect(lines.first == "/usr" && lines.contains("A=1"))
        #expect(!lines.contains { $0.hasPrefix("HOME=") || $0.hasPrefix("PATH=") })
    }

    @Test func `a child starts with no signal blocked or ignored`() throws {
        let before = signal(SIGHUP, SIG_IGN)
        defer { signal(SIGHUP, before) }
        let lines = try output(of: spawn("grep -E '^Sig(Blk|Ign)' /proc/self/status")).split(separator: "\n")
        #expect(lines.count == 2)
        // 32 and 33 are the C library's own.
        for line in lines { #expect(try #require(UInt64(line.suffix(16), radix: 16)) & 0x7FFF_FFFF == 0, "\(line)") }
    }

    @Test func `a session of its own has another number than ours`() throws {
        var spawn = spawn("cut -d' ' -f5,6 /proc/self/stat; echo $$")
        spawn.group = .ownSession
        let numbers = try output(of: spawn).split(whereSeparator: \.isWhitespace)
        #expect(Set(numbers).count == 1)
    }

    @Test func `a program that is not there is a fault when it is started`() {
        let fault = #expect(throws: SystemFault.self) { try Spawn(.path("/no/such/program"), []).start() }
        #expect(fault?.description == "cannot start /no/such/program: No such file or directory")
        var nowhere = Spawn(.path("/bin/true"), [])
        nowhere.directory = "/no/such/directory"
        #expect(throws: SystemFault.self) { try nowhere.start() }
    }

    @Test func `a log that is a link is not written through`() throws {
        symlink("victim", scratch.path("out"))
        #expect(throws: SystemFault.self) { try spawn("echo hello").start() }
        #expect(scratch.names == ["out"])
    }

    @Test func `ends are told apart and leave no zombie`() throws {
        #expect(try spawn("exit 3").start().wait() == .exited(3))
        #expect(try spawn("kill -9 $$").start().wait() == .killed(signal: 9))
        let child = try spawn("exit 0").start()
        child.collectWhenItEnds()
        let end = Deadline(in: .seconds(10))
        while FileStatus.exists("/proc/\(child.number)"), !end.hasPassed { usleep(1_000) }
        #expect(!FileStatus.exists("/proc/\(child.number)"))
    }
}

@Suite struct `Commands with an end` {
    private let scratch = Scratch()
    private static let environment = ["PATH=/usr/bin:/bin"]

    private func text(_ command: RunningCommand) -> String { String(decoding: command.output.beginning, as: UTF8.self) }

    @Test func `a command reads its input and ends with its status`() async throws {
        let command = try RunningCommand(["sh", "-c", "cat; exit 4"], environment: Self.environment, input: Array("hello".utf8))
        #expect(await command.end() == .exited(4))
        #expect(text(command) == "hello")
    }

    @Test func `nothing of its group is left, and who left the group is not waited for`() async throws {
        let command = try RunningCommand(
            ["sh", "-c", "sleep 600 & echo $!; setsid sleep 5 & exit 0"], environment: Self.environment)
        let clock = ContinuousClock()
        let span = await clock.measure { #expect(await command.end() == .exited(0)) }
        #expect(span < .seconds(4))
        let number = try #require(Int32(text(command).prefix { $0 != "\n" }))
        let end = Deadline(in: .seconds(10))
        while ProcessIdentity(running: number) != nil, !end.hasPassed { usleep(1_000) }
        #expect(ProcessIdentity(running: number) == nil)
    }

    @Test func `a cancelled command is killed with all that it started`() async throws {
        let command = try RunningCommand(["sh", "-c", "trap '' TERM; sleep 600"], environment: Self.environment)
        let waiting = Task { await command.end() }
        waiting.cancel()
        #expect(await waiting.value == nil)
    }

    @Test func `of an endless output the beginning and the end are kept`() async throws {
        let command = try RunningCommand(
            ["sh", "-c", "echo first; head -c 300000 /dev/zero; echo last"], environment: Self.environment)
        #expect(await command.end() == .exited(0))
        let output = command.output
        #expect(output.count == 300_011)
        #expect(output.beginning.starts(with: "first\n".utf8) && output.beginning.count == BoundedOutput.half)
        #expect(output.end.suffix(5) == Array("last\n".utf8)[...] && output.end.count == BoundedOutput.half)
    }

    @Test func `a command stands where it is told to`() async throws {
        let command = try RunningCommand(["pwd"], environment: Self.environment, directory: "/usr")
        #expect(await command.end() == .exited(0))
        #expect(text(command) == "/usr\n")
    }

    @Test func `no words, and words that no program can be given, are a fault`() {
        #expect(throws: SystemFault.self) { try RunningCommand([], environment: []) }
        #expect(throws: SystemFault.self) { try RunningCommand(["echo", "a\u{0}b"], environment: []) }
    }
}

@Suite struct `Identities of processes` {
    @Test func `a process number in another life is another process`() throws {
        let own = try #require(ProcessIdentity.own)
        #expect(own.isAlive)
        #expect(ProcessIdentity(running: 1) != own)
        let line = "77 (a b) (c) S 1 77 77 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 4242 1 2"
        #expect(Stat(Array(line.utf8))?.startedAtTicks == 4_242)
        #expect(Stat(Array("77 (x) Z 1 77 77 0 -1 4 1 0 0 0 1 2 0 0 20 0 1 0 9 1".utf8))?.ended == true)
        #expect(Stat(Array("nonsense".utf8)) == nil)
    }

    @Test func `a process is never asked to end by a number that is no single process's`() {
        for number: Int32 in [-1, 0, 1] { #expect(throws: SystemFault.self) { try ProcessSignal.end.send(to: number) } }
    }
}
