internal import Agent
internal import ArgumentParser
internal import PromotionCore

/// Runs checks again on what serves.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Run the checks again on what serves; one that fails takes its evidence back.",
        discussion: "Exit status: 0 every check passed, 4 one failed and its evidence is revoked, 1 it could not be told.")

    @OptionGroup var access: Access
    @Argument(help: "The service.") var service: ServiceName
    @Argument(help: "Only this environment.") var environment: EnvironmentName?
    @Flag(help: "One line of JSON for each environment.") var json = false

    /// Checks may be slow; their own counts and timeouts bound them.
    private static let patience = Milliseconds.minutes(30)

    func run() throws {
        let client = try access.connect().client
        let board = try client.board()
        guard let known = board.service(service) else {
            throw Ended(
                .usage,
                "there is no service \(service); the configuration has \(board.services.map(\.name.text).joined(separator: ", "))"
            )
        }
        let running = board.projection.services[service]?.environments ?? [:]
        let names = environment.map { [$0] } ?? known.path.map(\.name).filter { running[$0]?.serving != nil }
        var worst = Verdict.pass
        for name in names {
            let answer = try client.demand(.verify(Place(service, name)), within: Self.patience)
            guard case .verified(let verification, let touched) = answer else {
                throw Ended(.broke, "the agent sent no verification")
            }
            worst = max(worst, verification.verdict)
            if json {
                try Output.json(VerificationDocument(environment: name, verification: verification, touched: touched))
            } else {
                PlainText.verification(verification, in: name, touched).forEach(Output.line)
            }
        }
        switch worst {
        case .pass: return
        case .fail: throw Ended(.failed)
        case .void, .inconclusive, .error: throw Ended(.broke)
        }
    }
}

/// What `verify --json` prints for one environment.
private struct VerificationDocument: Encodable {
    let environment: EnvironmentName
    let verification: Verification
    let touched: Touched
}

extension PlainText {
    /// A verification, one check a line, and what it touches where it failed.
    static func verification(_ verification: Verification, in environment: EnvironmentName, _ touched: Touched) -> [String] {
        var lines = ["\(environment)/\(verification.slot) \(verification.digest.short(12)): \(verification.verdict.rawValue)"]
        for check in verification.checks {
            let mark = check.verdict == .pass ? "+" : check.verdict == .fail ? "x" : "?"
            let words = check.latest.map { ", last: \($0.result.words)" } ?? ""
            lines.append(
                "  \(mark) \(check.title): \(check.passed) of \(check.taken) passed\(check.verdict == .pass ? "" : words)")
        }
        guard verification.verdict == .fail else { return lines }
        lines.append("  evidence of \(verification.digest.short(12)) in \(environment) is revoked")
        for run in touched.runs {
            lines.append("  ! promotion \(run.promotion) to \(run.environment) relied on it and is \(run.state)")
        }
        for holding in touched.holdings {
            lines.append("  ! \(holding.environment)/\(holding.slot) \(holding.serves ? "serves" : "holds") the same image")
        }
        return lines
    }
}
