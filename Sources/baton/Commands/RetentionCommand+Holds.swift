internal import Agent
internal import ArgumentParser
internal import PromotionCore

extension RetentionCommand {
    struct Undo: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "undo", abstract: "Bring a digest back from quarantine, or, while its blobs are there, from deletion.",
            discussion: "Of every blob something is read before anything is put back, which may take a while.")

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Argument(help: "A digest, or at least 4 of its first digits; baton retention status lists what there is.")
        var digest: String

        func run() throws {
            let client = try access.connect().client
            let digest = try client.resolve(self.digest, of: service, among: .retained)
            let status = try client.retentionStatus(of: service)
            let known = status.restorable
            guard known.contains(digest) else {
                let there = known.isEmpty ? "there is nothing" : "there is \(PlainText.digests(known))"
                throw Ended(
                    .refused,
                    "\(digest.short()) cannot be brought back to \(status.repository), since it did not go: \(there)")
            }
            let answer = try client.demand(
                .retention(.undo(service, digest)), within: AgentClient.retentionPatience,
                see: "baton retention status \(service)")
            Output.line("\(digest.short()) is back")
            if case .retention(.undone(let words)) = answer { Output.line("  ! \(words)") }
        }
    }

    struct Hold: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "hold", abstract: "Keep a digest, whatever the rules say.")

        @OptionGroup var access: Access
        @Argument(help: "The service.") var service: ServiceName
        @Argument(help: imageHelp) var digest: String
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
        @Argument(help: imageHelp) var digest: String
        @Option(help: "Why, in 10 characters or more; the ledger keeps it.") var reason: String

        func run() throws {
            try RetentionCommand.demand(reason: reason)
            let client = try access.connect().client
            let digest = try client.resolve(self.digest, of: service, among: .retained)
            _ = try client.demand(.retention(.release(service, digest, reason: SafeText(reason, limit: Reason.most))))
            Output.line("\(digest.short()) is no longer held")
        }
    }
}
