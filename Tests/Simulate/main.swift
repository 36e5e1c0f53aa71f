import Dispatch
import FoundationEssentials
import Glibc
import Simulation
import Synchronization

/// `simulate FROM COUNT`: runs seeds on every core and prints what was lived through. Exits 1 where a promise was broken, or
/// where so many seeds did not walk the whole machine.
/// With a count of 1 the story of the seed is told.
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

if count == 1 {
    let report = Episode.run(Script(seed: from), isTold: true)
    report.story.forEach { print($0) }
    print()
}

let totals = Mutex(Totals())
let start = Date()
DispatchQueue.concurrentPerform(iterations: Int(count)) { index in
    let report = Episode.run(seed: from + UInt64(index))
    totals.withLock { $0.add(report) }
}
let seconds = Date().timeIntervalSince(start)
totals.withLock { totals in
    for line in totals.summary(from: from, seconds: seconds) { print(line) }
    for (promise, count, report) in totals.breaches() {
        let short = Shrinking.shrink(report)
        print("\nBROKEN (\(count) seeds): \(promise)\n  make simulate SEEDS=1 FROM=\(report.script.seed)")
        print("  cut down to \(short.script.decisions.count) decisions and \(short.struck.count) mishaps:")
        for line in short.story { print("    " + line) }
    }
    print(totals.brokenCount == 0 ? "0 violations" : "\(totals.brokenCount) seeds with violations")
    let isWhole = totals.gaps.missing.isEmpty && totals.gaps.unknown.isEmpty
    if !isWhole, count >= Totals.enough { print("the machine was not walked whole") }
    exit(totals.brokenCount == 0 && (isWhole || count < Totals.enough) ? 0 : 1)
}
