internal import Agent
internal import ArgumentParser
internal import Platform
internal import PromotionCore

extension RetentionCommand {
    struct Plan: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "plan", abstract: "Show what would go and why everything else stays. It changes nothing.",
            discussion:
                "The last line tells how to carry out exactly what was shown. Exit status 3: the plan may not be carried out.")

        @OptionGroup var access: Access
        @Argument(help: "The service (else every one).") var service: ServiceName?
        @Option(help: "Write the whole plan into this file.") var out: String?
        @OptionGroup var ratio: AllowedRatio
        @Flag(help: "The plan file as one line of JSON.") var json = false

        func run() throws {
            let client = try access.connect().client
            let services = try service.map { [$0] } ?? client.board().services.map(\.name)
            guard services.count == 1 || out == nil else { throw Ended(.usage, "--out needs one service") }
            var isRefused = false
            for name in services {
                let lines = try client.retentionPlan(of: name, ratio.allowRatio)
                isRefused = isRefused || !lines.barred.isEmpty
                if json || out != nil {
                    let text = try client.retentionFile(of: name, lines.plan)
                    if let out { try Self.write(text, to: out) }
                    if json { Output.text(text) }
                }
                if json { continue }
                try client.retentionLines(lines, of: name, count: lines.total) { Output.line(PlainText.retention($0)) }
                PlainText.retention(lines).forEach(Output.line)
                if let next = PlainText.nextStep(lines, of: name) { Output.line(next) }
            }
            if isRefused { throw Ended(.refused) }
        }

        /// Writes a plan whole, or says that it is not.
        private static func write(_ text: String, to path: String) throws(Ended) {
            do throws(SystemFault) { try DurableFile.overwrite(Array(text.utf8), to: path) } catch {
                throw Ended(.broke, "the plan is not whole in \(SafeText(path)): \(error.reason)")
            }
        }
    }
}
