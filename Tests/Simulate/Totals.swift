import FoundationEssentials
import PromotionCore
import Simulation

/// What many episodes came to.
struct Totals {
    var episodes = 0, promotions = 0, agents = 0, requests = 0, entries = 0, staleRefusals = 0
    var outcomes: [String: Int] = [:]
    var strikes: [Mishap: Int] = [:]
    var troubles: [Trouble: Int] = [:]
    var coverage = Coverage()
    var broken: [Episode.Report] = []
    var brokenCount = 0

    mutating func add(_ report: Episode.Report) {
        episodes += 1
        promotions += report.promotions
        agents += report.agents
        requests += report.requests
        entries += report.entries
        staleRefusals += report.staleRefusals
        outcomes.merge(report.outcomes, uniquingKeysWith: +)
        strikes.merge(report.strikes, uniquingKeysWith: +)
        troubles.merge(report.troubles, uniquingKeysWith: +)
        coverage.add(report.coverage)
        guard !report.violations.isEmpty else { return }
        brokenCount += 1
        if broken.count < 200 { broken.append(report) }
    }

    /// Seeds from which on it is a fault not to have walked the whole machine.
    static let enough = 50_000

    /// What the whole machine has that was not walked, and what was walked that it does not have.
    var gaps: (missing: [String], unknown: [String]) {
        let all = Coverage.all(of: Rehearsal.plans())
        return (all.missing(from: coverage), coverage.missing(from: all))
    }

    /// What was lived through.
    func summary(from: UInt64, seconds: Double) -> [String] {
        let second = max(seconds, 0.001)
        let all = Coverage.all(of: Rehearsal.plans())
        let missing = all.missing(from: coverage)
        let unknown = coverage.missing(from: all)
        return [
            "\(episodes) seeds from \(from) in \(tenths(seconds)) s (\(tenths(Double(episodes) / second)) a second): "
                + "\(promotions) promotions (\(Int(Double(promotions) / second)) a second), \(entries) entries, "
                + "\(requests) requests of people, \(agents) agents, \(staleRefusals) stale fences refused",
            "ends: " + outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "),
            "mishaps:",
        ] + Mishap.allCases.map { "  \(strikes[$0] ?? 0) x \($0.rawValue)" } + [
            "troubles of an environment, from a chosen moment on:"
        ] + Trouble.allCases.map { "  \(troubles[$0] ?? 0) x \($0.rawValue)" } + [
            "states: \(coverage.stateCount - unknown.count { !$0.contains("→") }) of \(all.stateCount), changes of state: "
                + "\(coverage.edgeCount - unknown.count { $0.contains("→") }) of \(all.edgeCount)"
        ] + missing.map { "  not walked: \($0)" } + unknown.map { "  not in the machine: \($0)" }
    }

    /// Promises that were broken, each with how often and a seed that does it.
    func breaches() -> [(promise: String, count: Int, first: Episode.Report)] {
        var found: [String: (count: Int, first: Episode.Report)] = [:]
        for report in broken {
            for promise in Set(report.violations.map { String($0.prefix { $0 != ":" }) }) {
                found[promise, default: (0, report)].count += 1
            }
        }
        return found.map { ($0.key, $0.value.count, $0.value.first) }.sorted { $0.count > $1.count }
    }

    private func tenths(_ number: Double) -> String { "\(Int(number)).\(Int(number * 10) % 10)" }
}
