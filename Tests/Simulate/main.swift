import Dispatch
import FoundationEssentials
import Glibc
import Simulation
import Synchronization

/// `simulate FROM COUNT`: runs seeds on every core and prints what was lived through. Exits 1 where a promise was broken.
if getenv("SWIFT_DETERMINISTIC_HASHING") == nil {
    // Dictionaries are walked in another order in every process unless told otherwise, and a seed must lead to one run.
    setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
    var copies: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
    copies.append(nil)
    execv("/proc/self/exe", copies)
}

let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
let from = arguments.first ?? 1
let count = arguments.dropFirst().first ?? 1_000

struct Totals {
    var episodes = 0, promotions = 0, crashes = 0, requests = 0
    var outcomes: [String: Int] = [:]
    var states: Set<String> = []
    var broken: [Episode.Report] = []

    mutating func add(_ report: Episode.Report) {
        episodes += 1
        promotions += report.promotions
        crashes += report.crashes
        requests += report.requests
        outcomes.merge(report.outcomes, uniquingKeysWith: +)
        states.formUnion(report.states)
        if !report.violations.isEmpty, broken.count < 10 { broken.append(report) }
    }
}

let totals = Mutex(Totals())
let start = Date()
DispatchQueue.concurrentPerform(iterations: Int(count)) { index in
    let report = Episode.run(seed: from + UInt64(index))
    totals.withLock { $0.add(report) }
}
let seconds = Date().timeIntervalSince(start)
totals.withLock { totals in
    print(
        "\(totals.episodes) seeds from \(from) in \(Int(seconds * 10)) tenths of a second: \(totals.promotions) promotions (\(Int(Double(totals.promotions) / max(seconds, 0.001))) a second), \(totals.requests) requests, \(totals.crashes) crashes"
    )
    print("ends: " + totals.outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    print("states: " + totals.states.sorted().joined(separator: ", "))
    for report in totals.broken {
        print(
            "\nseed \(report.seed) breaks: \(report.violations.joined(separator: "; "))\n  make simulate SEEDS=1 FROM=\(report.seed)"
        )
        if count == 1 { report.trace.forEach { print("  " + $0) } }
    }
    print(totals.broken.isEmpty ? "0 violations" : "\(totals.broken.count) seeds or more with violations")
    exit(totals.broken.isEmpty ? 0 : 1)
}
