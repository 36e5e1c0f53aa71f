internal import Agent
internal import ArgumentParser
internal import Glibc
internal import PromotionCore

/// Keeps repositories from growing, without ever losing what is needed.
struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "What may go from a repository, and bringing it back.",
        subcommands: [Plan.self, Apply.self, Undo.self, Hold.self, Release.self, Resume.self, Status.self])

    struct Plan: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "plan", abstract: "Show what would go and why everything else stays. It changes nothing.")

        @OptionGroup var access: Access
        @Argument(help: "The service (else every one).") var service: ServiceName?
        @Option(help: "Write the whole plan into this file.") var out: String?
        @Option(help: "Tags of a hundred that it may take (else as configured).") var allowRatio: Int?
        @Flag(help: "The plan file as one line of JSON.") var json = false

        func run() throws {
            let client = try access.connect().client
            let services = try service.map { [$0] } ?? client.board().services.map(\.name)
            guard services.count == 1 || out == nil else { throw Ended(.usage, "--out needs one service") }
            for name in services {
                let lines = try client.retentionPlan(of: name, allowRatio)
                if json || out != nil {
                    let text = try client.retentionFile(of: name, lines.plan)
                    if let out { try Self.write(text, to: out) }
                    if json { Output.text(text) }
                }
                if json { continue }
                try print(lines, name, client)
            }
        }

        private func print(_ first: RetentionLines, _ name: ServiceName, _ client: AgentClient) throws {
            var page = first
            while true {
                page.lines.forEach { Output.line(PlainText.retention($0)) }
                let next = page.from + page.lines.count
                guard next < page.total, !page.lines.isEmpty else { break }
                let question = RetentionQuestion.lines(name, plan: first.plan, from: next, limit: RetentionLines.limit)
                guard case .retention(.lines(let more)) = try client.demand(.view(.retention(question))) else { break }
                page = more
            }
            PlainText.retention(first).forEach(Output.line)
        }

        private static func write(_ text: String, to path: String) throws {
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw Ended(.broke, "\(SafeText(path)): \(String(cString: strerror(errno)))") }
            defer { _ = close(descriptor) }
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                guard count > 0 else { throw Ended(.broke, "\(SafeText(path)): \(String(cString: strerror(errno)))") }
                bytes = bytes.dropFirst(count)
            }
        }
    }

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "apply", abstract: "Carry out a plan: quarantine what may go, delete what was quarantined long enough.")

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Option(help: "Digests that you counted in the plan.") var confirm: Int?
        @Option(help: "Why, in 10 characters or more; the ledger keeps it.") var reason: String
        @Option(help: "Tags of a hundred that it may take (else as configured).") var allowRatio: Int?
        @Flag(help: "The report as one line of JSON.") var json = false

        func run() throws {
            try RetentionCommand.demand(reason: reason)
            let client = try access.connect().client
            let lines = try client.retentionPlan(of: service, allowRatio)
            if lines.count == 0, lines.refused.isEmpty { return Output.line("nothing may go from \(lines.repository)") }
            if !json { PlainText.retention(lines).forEach(Output.line) }
            let count = try confirm ?? Self.ask(lines.count)
            let order = RetentionOrder.apply(
                service, plan: lines.plan, count: count, reason: SafeText(reason, limit: Reason.most))
            _ = try client.demand(.retention(order))
            let report = try client.retentionReport(of: service)
            if json { try Output.json(report) } else { PlainText.retention(report).forEach(Output.line) }
            if !report.refused.isEmpty { throw Ended(.refused) }
            if report.stopped != nil { throw Ended(.broke) }
        }

        /// A person at a terminal types the count; a script has to name it.
        private static func ask(_ count: Int) throws -> Int {
            guard isatty(STDIN_FILENO) == 1 else { throw Ended(.usage, "count the digests and say so: --confirm COUNT") }
            Output.line("Type the number of digests that go, or nothing to leave:")
            guard let line = readLine(), let typed = Int(line) else { throw Ended(.refused, "left; nothing happened") }
            return typed
        }
    }

    struct Undo: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "undo", abstract: "Bring a digest back from quarantine, or, while its blobs are there, from deletion.")

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Argument(help: "The whole digest.") var digest: String

        func run() throws {
            let digest = try RetentionCommand.digest(self.digest)
            let answer = try access.connect().client.demand(.retention(.undo(service, digest)))
            Output.line("\(digest.short()) is back")
            if case .retention(.undone(let words)) = answer { Output.line("  ! \(words)") }
        }
    }

    struct Hold: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "hold", abstract: "Keep a digest, whatever the rules say.")

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Argument(help: "A digest, at least 4 of its first digits, or a tag; resolved once.") var digest: String
        @Option(help: "Why, in 10 characters or more; the ledger keeps it.") var reason: String
        @Option(help: "Until when, as 2026-12-31 or 2026-12-31T18:00:00Z (else until somebody lets go).") var until: String?

        func run() throws {
            try RetentionCommand.demand(reason: reason)
            let end = try until.map { text in
                guard let time = Timestamp(parsing: text) else {
                    throw Ended(.usage, "\"\(SafeText(text))\" is no time: 2026-12-31")
                }
                return time
            }
            let client = try access.connect().client
            let digest = try client.resolve(self.digest, of: service)
            _ = try client.demand(.retention(.hold(service, digest, reason: SafeText(reason, limit: Reason.most), until: end)))
            Output.line("\(digest.short()) is held" + (end.map { " until \($0)" } ?? ""))
        }
    }

    struct Release: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "release", abstract: "Let go of a digest that is held.")

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Argument(help: "A digest, at least 4 of its first digits, or a tag; resolved once.") var digest: String
        @Option(help: "Why, in 10 characters or more; the ledger keeps it.") var reason: String

        func run() throws {
            try RetentionCommand.demand(reason: reason)
            let client = try access.connect().client
            let digest = try client.resolve(self.digest, of: service)
            _ = try client.demand(.retention(.release(service, digest, reason: SafeText(reason, limit: Reason.most))))
            Output.line("\(digest.short()) is no longer held")
        }
    }

    struct Resume: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resume",
            abstract: "Let retention go on after a person has looked: what is kept was not whole, or releases are missing.")

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Option(help: "What you saw, in 10 characters or more; the ledger keeps it.") var reason: String

        func run() throws {
            try RetentionCommand.demand(reason: reason)
            _ = try access.connect().client.demand(.retention(.resume(service, reason: SafeText(reason, limit: Reason.most))))
            Output.line("retention of \(service) goes on")
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Show what is quarantined and held, and how the last run went.")

        @OptionGroup var access: Access
        @Argument(help: "The service (else every one).") var service: ServiceName?
        @Flag(help: "One line of JSON for each service.") var json = false

        func run() throws {
            let client = try access.connect().client
            for name in try service.map({ [$0] }) ?? client.board().services.map(\.name) {
                let status = try client.retentionStatus(of: name)
                if json { try Output.json(status) } else { PlainText.retention(status, now: WallClock.now).forEach(Output.line) }
            }
        }
    }

    static func demand(reason: String) throws(Ended) {
        guard reason.count >= 10 else {
            throw Ended(.usage, "a reason of 10 characters or more is kept in the ledger: --reason \"…\"")
        }
    }

    static func digest(_ text: String) throws(Ended) -> Digest {
        do throws(DigestError) { return try Digest(parsing: text) } catch { throw Ended(.usage, error.description) }
    }
}
