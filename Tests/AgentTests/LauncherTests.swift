internal import Agent
internal import Foundation
internal import PromotionCore
internal import Testing

@Suite struct `Starting an agent in the background` {
    private static let isRoot = geteuid() == 0

    /// A program that notes its process number in `starts`, and goes on as told.
    private func agent(in directory: TemporaryDirectory, then rest: String) throws -> String {
        try directory.write("#!/bin/sh\necho $$ >> \(directory.path("starts"))\n\(rest)\n", to: "agent.sh")
        chmod(directory.path("agent.sh"), 0o700)
        return directory.path("agent.sh")
    }

    private func launcher(
        _ directory: TemporaryDirectory, _ executable: String, arguments: [String] = [], configuration: String? = nil,
        patience: Milliseconds = .seconds(10)
    ) -> AgentLauncher {
        AgentLauncher(
            socketPath: directory.path("run/agent.sock"), executable: executable, arguments: arguments,
            logPath: directory.path("agent.log"), configurationPath: configuration, patience: patience)
    }

    private func starts(_ directory: TemporaryDirectory) -> [pid_t] {
        directory.text(of: "starts").split(separator: "\n").compactMap { pid_t($0) }
    }

    /// Connects in the background, and runs a server here once the program has started, as if it were the program's.
    private func connect(
        _ directory: TemporaryDirectory, consoles: Int, _ launcher: AgentLauncher,
        _ check: (pid_t) async throws -> Void
    ) async throws {
        let consoles = (0..<consoles).map { _ in Task { try await blocking { close(try launcher.connect()) } } }
        try await eventually("the program starts") { !starts(directory).isEmpty }
        let server = Running.make(directory.path("run/agent.sock"))
        try await server.start()
        for console in consoles { #expect(try await console.value == 0) }
        try await check(try #require(starts(directory).first))
        await server.stop()
    }

    @Test func `The agent has a session, a directory and files of its own, and leaves no zombie`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let leak = open("/dev/null", O_RDONLY)
        defer { close(leak) }
        let program = try agent(in: directory, then: "echo \"$1\"; echo loud >&2; exec sleep 60")
        let launcher = launcher(directory, program, arguments: ["two  words $HOME"])
        try await connect(directory, consoles: 1, launcher) { process in
            try await eventually("sleep runs") {
                (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)) == "sleep\n"
            }
            #expect(getsid(process) == process)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd") == "/")
            let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")
            #expect(files.sorted() == ["0", "1", "2"])
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/0") == "/dev/null")
            #expect(directory.text(of: "agent.log") == "two  words $HOME\nloud\n")
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.path("agent.log"))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            kill(process, SIGTERM)
            try await eventually("nothing is left of it") { kill(process, 0) != 0 && errno == ESRCH }
        }
    }

    @Test func `Consoles that start at once end with one agent`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let launcher = launcher(directory, try agent(in: directory, then: "exec sleep 60"))
        try await connect(directory, consoles: 5, launcher) { process in
            #expect(starts(directory) == [process])
            kill(process, SIGTERM)
        }
    }

    @Test func `Where an agent listens none is started`() async throws {
        try await Running.server { running in
            let directory = running.directory
            let launcher = AgentLauncher(
                socketPath: running.path, executable: try agent(in: directory, then: "exit 1"), arguments: [],
                logPath: directory.path("agent.log"), configurationPath: nil)
            close(try await blocking { try launcher.connect() })
            #expect(starts(directory).isEmpty)
        }
    }

    @Test func `An agent that dies is quoted, this start's lines alone`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try directory.write("of yesterday\n", to: "agent.log")
        let program = try agent(in: directory, then: "printf 'line 3: no such key\\033[31m\\n' >&2; exit 78")
        let launcher = launcher(directory, program)
        let log = SafeText(directory.path("agent.log"))
        await #expect(
            throws: AgentLaunchError.died(
                how: "ended with status 78", log: log, lastLines: ["line 3: no such key\\u{1b}[31m"])
        ) { try await blocking { try launcher.connect() } }
        #expect(kill(try #require(starts(directory).first), 0) != 0)
    }

    @Test func `An agent that does not listen in time is named`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let launcher = launcher(directory, try agent(in: directory, then: "exec sleep 60"), patience: .seconds(1))
        await #expect {
            try await blocking { try launcher.connect() }
        } throws: { error in
            guard case .silent(let process, .seconds(1), _, _) = error as? AgentLaunchError else { return false }
            kill(process, SIGTERM)
            return starts(directory) == [process]
        }
    }

    @Test(arguments: ["agent.sh", "/no/such/program", "/etc/passwd"])
    func `What cannot be run is refused before anything is started`(program: String) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let launcher = launcher(directory, program)
        await #expect(throws: AgentLaunchError.notExecutable(SafeText(program))) {
            try await blocking { try launcher.connect() }
        }
    }

    @Test(.enabled(if: isRoot, "it needs root"), arguments: ["run", "agent.yaml"])
    func `Another account's place is that account's to start`(theirs: String) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try directory.write("services: []", to: "agent.yaml")
        #expect(mkdir(directory.path("run"), 0o700) == 0)
        #expect(chown(directory.path(theirs), 65_534, 65_534) == 0)
        let launcher = launcher(
            directory, try agent(in: directory, then: "exit 1"), configuration: directory.path("agent.yaml"))
        let error = AgentLaunchError.belongsToAnother(SafeText(directory.path(theirs)), owner: "nobody")
        await #expect(throws: error) { try await blocking { try launcher.connect() } }
        #expect(error.description.hasSuffix("belongs to nobody; ask nobody to start the agent: systemctl start baton"))
        #expect(starts(directory).isEmpty)
    }
}
