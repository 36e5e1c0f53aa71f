internal import Agent
internal import ArgumentParser
internal import Platform
internal import PromotionCore

extension RetentionCommand {
    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "apply", abstract: "Carry out a plan: quarantine what may go, delete what was quarantined long enough.",
            discussion: """
                With --plan it carries out what baton retention plan has shown, and nothing else; the agent remembers the last few \
                plans. Without it, it plans anew, and at a terminal lists what goes before it asks for the count.
                """)

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Option(help: "The plan that you have seen: the file of plan --out, or its whole digest (else a new one).") var plan:
            String?
        @Option(help: "Digests that you counted in the plan.") var confirm: Int?
        @Option(help: "Why, in 10 characters or more; the ledger keeps it.") var reason: String
        @OptionGroup var ratio: AllowedRatio
        @Flag(help: "The report as one line of JSON; the plan, where nothing of it goes.") var json = false

        func validate() throws {
            guard plan != nil, ratio.allowRatio != nil else { return }
            throw ValidationError("--plan has its bound already: leave out --allow-ratio, or plan anew")
        }

        func run() throws {
            try RetentionCommand.demand(reason: reason)
            let seen = try plan.map(Self.hash)
            let client = try access.connect().client
            let lines =
                if let seen {
                    try client.retentionLines(of: service, seen, from: 0)
                } else {
                    try client.retentionPlan(of: service, ratio.allowRatio)
                }
            guard lines.barred.isEmpty, lines.count > 0 else { return try leave(lines) }
            let tell = json ? Output.aside : Output.line
            if seen == nil, confirm == nil, Self.isTerminal {
                try client.retentionLines(lines, of: service, count: lines.count) { tell(PlainText.retention($0)) }
            }
            if !json || confirm == nil { PlainText.retention(lines).forEach(tell) }
            let count = try confirm ?? Self.ask()
            let order = RetentionOrder.apply(
                service, plan: lines.plan, count: count, reason: SafeText(reason, limit: Reason.most))
            _ = try client.demand(.retention(order))
            try end(try client.retentionReport(of: service))
        }

        /// Nothing goes: says so, or why it may not.
        private func leave(_ lines: RetentionLines) throws {
            if json {
                try Output.json(lines)
            } else if lines.barred.isEmpty {
                Output.line("nothing may go from \(lines.repository)")
            } else {
                PlainText.retention(lines).forEach(Output.line)
            }
            if !lines.barred.isEmpty { throw Ended(.refused) }
        }

        private func end(_ report: RetentionReport) throws {
            if json { try Output.json(report) } else { PlainText.retention(report).forEach(Output.line) }
            if !report.refused.isEmpty { throw Ended(.refused) }
            if report.stopped != nil { throw Ended(.broke) }
        }

        /// The hash of the plan that was named: it names itself, or it is that of its file.
        private static func hash(of name: String) throws(Ended) -> Digest {
            let digits = name.hasPrefix("sha256:") ? String(name.dropFirst(7)) : name
            if let digest = try? Digest(parsing: "sha256:" + digits) { return digest }
            if name.hasPrefix("sha256:") { throw Ended(.usage, "\"\(SafeText(name, limit: 80))\" is no whole digest of a plan") }
            let bytes = try Installation.read(name, limit: fileLimit + 1)
            guard bytes.count <= fileLimit else { throw Ended(.usage, "\(SafeText(name)) is too large for the file of a plan") }
            // Whoever kept the output of plan --json has a line's end more than the plan.
            return Digest(of: bytes.last == 10 ? bytes.dropLast() : bytes[...])
        }

        /// Bytes of a plan's file: one of 10,000 digests has a few million.
        private static let fileLimit = 1 << 28

        private static var isTerminal: Bool { FileDescriptors.isTerminal(.input) }

        /// A person at a terminal types the count; a script has to name it.
        private static func ask() throws -> Int {
            guard isTerminal else { throw Ended(.usage, "count the digests and say so: --confirm COUNT") }
            Output.aside("Type the number of digests that go, or nothing to leave:")
            guard let line = readLine(), let typed = Int(line) else { throw Ended(.refused, "left; nothing happened") }
            return typed
        }
    }
}
