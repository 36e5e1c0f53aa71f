internal import Agent
internal import Foundation
internal import PromotionCore
internal import Testing

@Suite struct `Starting an agent again` {
    @Test func `Five starts in a minute, each after a longer wait, and then no more until the minute is over`() {
        var limit = RestartLimit()
        var now = Milliseconds.zero
        var waits: [Int64] = []
        for _ in 0..<5 {
            let wait = limit.next(at: now)
            waits.append(wait?.count ?? -1)
            now = now + .seconds(2)
        }
        #expect(waits == [0, 250, 500, 1_000, 2_000])
        #expect(limit.next(at: now) == nil)
        #expect(limit.next(at: .seconds(59)) == nil)
        #expect(limit.next(at: .seconds(61)) != nil)
    }

    /// A program that notes its arguments in `starts`, and goes on as told.
    private func program(in directory: TemporaryDirectory, then rest: String) throws -> String {
        try directory.write("#!/bin/sh\necho $$ \"$@\" >> \(directory.path("starts"))\n\(rest)\n", to: "agent.sh")
        chmod(directory.path("agent.sh"), 0o700)
        return directory.path("agent.sh")
    }

    private func starts(_ directory: TemporaryDirectory) -> [String] {
        directory.text(of: "starts").split(separator: "\n").map(String.init)
    }

    /// What a supervisor said, and its status.
    private func supervise(
        _ directory: TemporaryDirectory, _ program: String, during body: () async throws -> Void = {}
    ) async throws -> (status: Int32, said: [String]) {
        let said = Said()
        let supervisor = AgentSupervisor(
            executable: program, arguments: ["agent"], socketPath: directory.path("agent.sock"), say: { said.add($0) })
        let status = Task { try await blocking { supervisor.run() } }
        try await body()
        return (try await status.value, said.lines)
    }

    @Test func `An agent that is killed is started again, is told why, and one that ends in order is not`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let program = try program(in: directory, then: "[ $# -gt 1 ] && exit 0; exec sleep 60")
        let (status, said) = try await supervise(directory, program) {
            try await eventually("it runs") { starts(directory).count == 1 }
            #expect(AgentSupervisor.process(watching: directory.path("agent.sock")) == getpid())
            kill(try #require(starts(directory).first.flatMap { pid_t($0.split(separator: " ")[0]) }), SIGKILL)
        }
        #expect(status == 0)
        #expect(
            starts(directory).map { $0.split(separator: " ").dropFirst().joined(separator: " ") } == [
                "agent", "agent --restarted 1 --after was ended by signal 9",
            ])
        #expect(said == ["the agent was ended by signal 9: it is started again (start 1 of 5 within 1m)"])
        #expect(AgentSupervisor.process(watching: directory.path("agent.sock")) == nil)
    }

    @Test func `An agent that cannot begin is not started again, and its status is passed on`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let (status, said) = try await supervise(directory, try program(in: directory, then: "exit 78"))
        #expect(status == 78 && said.isEmpty && starts(directory).count == 1)
    }

    @Test func `An agent that dies again and again is given up, and that is said`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let (status, said) = try await supervise(directory, try program(in: directory, then: "kill -9 $$"))
        #expect(status == 1)
        #expect(starts(directory).count == 6)
        #expect(said.last == "the agent was ended by signal 9, 5 times within 1m: it is not started again")
    }

    @Test func `A client starts none where the agent was ended in order`() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let socket = directory.path("agent.sock")
        let end = OrderedEnd(socketPath: socket)
        end.mark()
        #expect(end.isMarked)
        let starter = AgentStarter(socketPath: socket) { throw Fault(.broke, "no launcher is wanted") }
        #expect(starter.startAgain(at: .zero) == "it was ended in order; start one with: baton agent")
        end.remove()
        #expect(!end.isMarked && starter.startAgain(at: .zero) == "it is being started again")
    }
}

/// Lines that were said, in order.
private final class Said: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [String] = []

    func add(_ line: String) { lock.withLock { all.append(line) } }
    var lines: [String] { lock.withLock { all } }
}
