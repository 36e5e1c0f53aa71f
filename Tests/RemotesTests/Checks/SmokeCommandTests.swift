import Glibc
import PromotionCore
import Remotes
import Testing

@Suite struct `A smoke command` {
    static let endpoint = Endpoint(host: "127.0.0.1", port: 18_081)

    private func run(_ command: [String], timeout: Milliseconds = .seconds(30)) async throws -> Sample {
        try await withProbe { probe in
            await probe.sample(check(.smoke(command: command), timeout: timeout), at: Self.endpoint, expecting: expected)
        }
    }

    private func shell(_ script: String, timeout: Milliseconds = .seconds(30)) async throws -> Sample {
        try await run(["sh", "-c", script], timeout: timeout)
    }

    @Test(arguments: [0, 1, 3, 255])
    func `reports its exit code and proves no identity`(code: Int32) async throws {
        let sample = try await shell("echo out; echo err >&2; exit \(code)")
        #expect(sample.answer == .exit(code))
        #expect(sample.identities.isEmpty)
        #expect(sample.evidence.text.contains("out") && sample.evidence.text.contains("err"))
    }

    @Test func `gets the slot's address, the digest and the search path, and nothing else`() async throws {
        let sample = try await run(["env"])
        let lines = sample.evidence.text.replacing("\\u{a}", with: "\n").split(separator: "\n")
        #expect(lines.map { $0.prefix { $0 != "=" } }.sorted() == ["BATON_DIGEST", "BATON_ENDPOINT", "PATH"])
        #expect(lines.contains("BATON_ENDPOINT=http://127.0.0.1:18081"))
        #expect(lines.contains("BATON_DIGEST=\(expected.top)"))
    }

    @Test func `runs without a shell and without input`() async throws {
        #expect(try await run(["echo", "$HOME", "*;true"]).evidence.text.hasPrefix("$HOME *;true"))
        #expect(try await run(["cat"]).answer == .exit(0))
    }

    @Test(arguments: [
        ["/no/such/program"], ["no-such-program-anywhere"], ["/etc/passwd"], [], [""], ["echo", "zero\0byte"],
    ])
    func `that cannot be started is no answer`(command: [String]) async throws {
        let sample = try await run(command)
        let problem = try #require(sample.problem)
        #expect(problem.contains(command.count == 1 && command != [""] ? command[0] : ""))
    }

    @Test func `that is killed by a signal is no answer`() async throws {
        let sample = try await shell("echo before; kill -SEGV $$")
        let problem = try #require(sample.problem)
        #expect(problem.contains("signal 11"))
        #expect(sample.evidence.text.hasPrefix("before"))
    }

    @Test(arguments: ["sleep 300 & echo $!; sleep 300", "trap '' TERM INT HUP; sleep 300 & echo $!; wait"])
    func `is killed at its timeout with all that it started`(script: String) async throws {
        let sample = try await shell(script, timeout: Milliseconds(500))
        let problem = try #require(sample.problem)
        #expect(problem.contains("did not end within 500 ms"))
        #expect(sample.latency < .seconds(20))
        let child = try #require(Int32(sample.evidence.text.prefix { $0.isNumber }))
        try await eventually { !isRunning(child) }
    }

    @Test func `leaves nothing behind when it ends`() async throws {
        let sample = try await shell("sleep 300 & echo $!")
        #expect(sample.answer == .exit(0))
        #expect(sample.latency < .seconds(20))
        let child = try #require(Int32(sample.evidence.text.prefix { $0.isNumber }))
        try await eventually { !isRunning(child) }
    }

    @Test func `is killed when the check is given up`() async throws {
        let scratch = try Scratch()
        let task = Task {
            try await shell("echo $$ > \(scratch.path)/pid.new; mv \(scratch.path)/pid.new \(scratch.path)/pid; sleep 300")
        }
        try await eventually { scratch.exists("pid") }
        task.cancel()
        #expect(try await task.value.problem?.contains("given up") == true)
        let process = try #require(Int32(try scratch.text("pid").filter(\.isNumber)))
        try await eventually { !isRunning(process) }
    }

    @Test func `of many lines keeps beginning and end`() async throws {
        let sample = try await shell("echo first; yes filler | head -c 3000000; echo last")
        #expect(sample.answer == .exit(0))
        #expect(sample.evidence.text.hasPrefix("first"))
        #expect(sample.evidence.text.contains("last"))
        #expect(sample.evidence.text.contains("3000011 bytes in all"))
        #expect(sample.evidence.text.utf8.count <= 8_192)
        let again = try CanonicalJSON.decode(SafeText.self, from: try CanonicalJSON.encode(sample.evidence))
        #expect(again == sample.evidence, "what the ledger gives back is what was measured")
    }

    @Test func `that writes for ever is bounded in time and size`() async throws {
        let sample = try await run(["yes"], timeout: Milliseconds(400))
        #expect(sample.problem != nil)
        #expect(sample.latency < .seconds(20))
        #expect(sample.evidence.text.utf8.count <= 8_192)
    }

    @Test func `writes nothing that could steer a terminal`() async throws {
        let sample = try await shell(#"printf '\033[2J\007\r\302\233\377'"#)
        #expect(sample.evidence.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
    }

    @Test func `runs beside others`() async throws {
        let answers = try await withThrowingTaskGroup(of: Sample.Answer.self) { group in
            for code in 0..<24 { group.addTask { try await shell("exit \(code)").answer } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(answers) == Set((0..<24).map { Sample.Answer.exit($0) }))
    }

    private func isRunning(_ process: Int32) -> Bool {
        // An orphan that was killed may wait for its new parent to collect it.
        guard let status = try? Scratch.systemText("/proc/\(process)/stat") else { return false }
        return !status.contains(") Z ")
    }
}
