internal import Agent
internal import ArgumentParser
internal import LedgerStore
internal import PromotionCore
internal import Settings

/// Tries limits on what was measured in the past.
struct BacktestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Run limits over recorded measurements: how many good releases they would have stopped, how many bad ones.",
        discussion: """
            Good: succeeded and not taken back. Bad: a check said no, or somebody took it back, then or later. What a promotion \
            that was stopped early would have measured later is not known.
            """)

    @OptionGroup var access: Access
    @Argument(help: "The service.") var service: ServiceName
    @Argument(help: "The environment.") var environment: EnvironmentName
    @Option(help: "Only this check (else every check of the environment).") var check: CheckName?
    @Option(help: "The slowest answer that passes, such as 250ms.") var within: Milliseconds?
    @Option(help: "The status that passes.") var status: Int?
    @Option(help: "Failed measurements that are let pass.") var failures: Int?
    @Option(help: "Inconclusive measurements that are let pass.") var inconclusive: Int?
    @Option(help: "Consecutive unanswered measurements that are let pass.") var errors: Int?
    @Option(help: "Measurements that decide.") var count: Int?
    @Option(help: "Most entries of the ledger that are read, the newest.") var entries: Int64 = 1_000_000
    @Option(help: "Read the ledger in this directory, without an agent.") var ledger: String?
    @Flag(help: "One line of JSON.") var json = false

    func run() async throws {
        let numbers = [status, failures, inconclusive, errors, count].compactMap(\.self)
        guard numbers.allSatisfy({ (0...100_000).contains($0) }), count.map({ $0 > 0 }) ?? true, entries > 0 else {
            throw Ended(.usage, "limits are numbers from 0 to 100000, --count and --entries at least 1")
        }
        let place = Place(service, environment)
        let (checks, trials) = if let ledger { try await offline(place, ledger) } else { try throughAgent(place) }
        let wanted = checks.filter { check == nil || $0.name == check }
        guard !wanted.isEmpty else {
            let known = checks.map { $0.name.text }.joined(separator: ", ")
            throw Ended(.usage, "\(environment) has no check \(check?.text ?? ""); it has \(known)")
        }
        var change = LimitChange()
        (change.within, change.status, change.failures) = (within, status, failures)
        (change.inconclusive, change.errors, change.count) = (inconclusive, errors, count)
        let results = wanted.map { Backtest(of: change.applied(to: $0), over: trials.trials) }
        if json { return try Output.json(BacktestDocument(place, trials, results)) }
        PlainText.backtest(results, place, trials).forEach(Output.line)
    }

    private func checks(of service: Service) throws(Ended) -> [CheckSpecification] {
        guard let environment = service.environment(environment) else {
            throw Ended(.usage, "\(service.name) has no environment \(self.environment)")
        }
        return [CheckSpecification.runningDigest] + environment.checks.filter { $0.name != CheckSpecification.runningDigest.name }
    }

    private func throughAgent(_ place: Place) throws -> ([CheckSpecification], TrialReader) {
        let client = try access.connect().client
        let board = try client.board()
        guard let service = board.service(place.service) else { throw Ended(.usage, "there is no service \(place.service)") }
        var trials = TrialReader(place)
        var after = max(0, board.projection.head.sequence - entries)
        while after < board.projection.head.sequence {
            guard case .entries(let page) = try client.demand(.view(.entries(after: after, limit: 1_000))), let last = page.last
            else { break }
            for entry in page { trials.take(entry) }
            after = last.sequence
        }
        return (try checks(of: service), trials)
    }

    private func offline(_ place: Place, _ directory: String) async throws -> ([CheckSpecification], TrialReader) {
        let installation = try Installation(configuration: access.config, socket: access.socket)
        guard let service = installation.settings.services.first(where: { $0.service.name == place.service })?.service else {
            throw Ended(.usage, "there is no service \(place.service)")
        }
        var trials = TrialReader(place)
        do throws(Fault) {
            let reader = try LedgerReader.open(LedgerDirectory(directory))
            var after = max(0, try await reader.head().sequence - entries)
            while true {
                let page = try await reader.entries(after: after, limit: LedgerReader.answerLimit)
                guard let last = page.last else { break }
                for entry in page { trials.take(entry) }
                after = last.sequence
            }
        } catch {
            throw Ended(.broke, error.reason.text)
        }
        return (try checks(of: service), trials)
    }
}

/// What `backtest --json` prints.
private struct BacktestDocument: Encodable {
    let service: ServiceName
    let environment: EnvironmentName
    let promotions: Int
    /// Promotions whose end says nothing about the release.
    let silent: Int
    let checks: [Backtest]

    init(_ place: Place, _ trials: TrialReader, _ checks: [Backtest]) {
        service = place.service
        environment = place.environment
        promotions = trials.trials.count
        silent = trials.silent
        self.checks = checks
    }
}

extension PlainText {
    /// A table of checks: what each would have done to the good and to the bad.
    static func backtest(_ results: [Backtest], _ place: Place, _ trials: TrialReader) -> [String] {
        let good = trials.trials.count { $0.standing == .good }
        var lines = [
            "\(place): \(good) good, \(trials.trials.count - good) bad, \(trials.silent) that say nothing",
            "check".padded(18) + "limit".padded(28) + "good stopped".padded(16) + "bad caught".padded(14) + "unmeasured",
        ]
        for result in results {
            lines.append(
                result.check.text.padded(18) + result.limit.text.padded(28)
                    + "\(result.goodStopped.count) of \(result.good)".padded(16)
                    + "\(result.badCaught.count) of \(result.bad)".padded(14) + "\(result.unmeasured)")
        }
        return lines
    }
}
