import Testing

/// The operating system is called in `Platform`: files, locks, processes, sockets, clocks and errors are handled once.
@Suite struct SystemCallTests {
    /// Files elsewhere that call the C library, each with what it calls and why it stays there.
    static let exceptions: [String: String] = [
        "Sources/Terminal/Ending.swift": "numbers of signals, to end by the one that asked for it",
        "Sources/Terminal/SignalPipe.swift":
            "a pipe that signal handlers in C write to and the poll loop reads",
        "Sources/Terminal/TerminalDevice.swift": "the terminal's settings (termios)",
        "Sources/Terminal/TerminalLocale.swift": "the locale that ncurses reads",
        "Sources/Terminal/TerminalLoop+Link.swift": "the poll loop",
        "Sources/Terminal/TerminalLoop+Terminal.swift": "the poll loop",
        "Sources/Terminal/TerminalLoop.swift": "the poll loop",
        "Sources/Terminal/TerminalOutput.swift":
            "the file in memory that ncurses writes to, and the terminal's queue",
        "Sources/Terminal/TerminalSession.swift": "the terminal's descriptor",
        "Sources/Agent/Launch/AgentSupervisor.swift": "signals that it passes on",
        "Sources/baton/Commands/AgentCommand.swift": "numbers of the signals that end an agent",
    ]

    /// Calls that no file outside `Platform` makes, exception or not.
    static let calls = [
        "openat", "flock", "rename", "renameat", "fsync", "fdatasync", "ftruncate", "unlink",
        "unlinkat", "rmdir", "mkdir", "mkdirat",
        "symlink", "readlink", "stat", "lstat", "fstat", "access", "chmod", "fchmod", "chown", "fchown",
        "utimensat", "opendir",
        "readdir", "getcwd", "chdir", "posix_spawn", "posix_spawnp", "waitpid", "waitid", "kill",
        "dup2", "fork", "usleep", "getenv",
        "setenv", "strerror", "strerror_r", "strsignal", "clock_gettime", "getpid", "getuid", "geteuid",
        "getpwuid_r", "getgrnam_r",
        "gethostname", "socket", "getsockopt", "setsockopt", "getaddrinfo", "pthread_create",
    ]
    /// The same by the names of Foundation.
    static let types = ["FileManager", "ProcessInfo", "FileHandle", "contentsOfFile"]

    private static func files() throws -> [SourceTree.File] {
        try SourceTree.files(in: "Sources").filter { $0.target != "Platform" }
    }

    @Test func `only Platform and the listed files import the C library`() throws {
        let importing = Set(try Self.files().filter { $0.imports.contains("Glibc") }.map(\.path))
        #expect(
            importing.subtracting(Self.exceptions.keys).sorted() == [],
            "what they need belongs in Platform")
        #expect(
            Set(Self.exceptions.keys).subtracting(importing).sorted() == [],
            "these are exceptions no longer")
    }

    @Test func `files, locks, processes, sockets and clocks are the system's in Platform alone`()
        throws
    {
        for file in try Self.files()
        where file.imports.contains("Glibc") || file.imports.contains("FoundationEssentials") {
            for (number, line) in file.lines.enumerated()
            where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                for call in Self.called(in: line) {
                    #expect(!Self.calls.contains(call), "\(file.path):\(number + 1) calls \(call)")
                }
                for type in Self.types {
                    #expect(!line.contains(type), "\(file.path):\(number + 1) uses \(type)")
                }
            }
        }
    }

    @Test func `the test sees a call, and no method or declaration of the same name`() {
        #expect(
            Self.called(in: "guard mkdir(path, 0o700) == 0, Glibc.flock(file, LOCK_EX) == 0") == [
                "mkdir", "flock",
            ])
        #expect(Self.called(in: "func rename(_ file: File) { file.access(now) }") == [])
    }

    /// Names of functions that a line calls: not those of a value or type, and not those it declares.
    private static func called(in line: String) -> [String] {
        let text = line.replacing("Glibc.", with: "")
        return text.matches(of: /(?:^|[^.\w`])(?<name>[a-z_0-9]+)\(/).compactMap { match in
            let before = text[..<match.output.name.startIndex]
            return before.hasSuffix("func ") ? nil : String(match.output.name)
        }
    }
}
