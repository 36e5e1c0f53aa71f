import Dispatch
import FoundationEssentials
import Glibc
import PromotionCore
import RetentionWorlds
import Synchronization

/// `worlds FROM COUNT`: plans in so many random worlds, on every core, and carries them out among strangers and deaths. Exits 1
/// where a promise was broken. `worlds plan TAGS`: how long one plan of a repository with so many tags takes.
let words = Array(CommandLine.arguments.dropFirst())
if words.first == "plan" {
    measurePlan(tags: words.dropFirst().first.flatMap { Int($0) } ?? 100_000)
} else {
    let numbers = words.compactMap { UInt64($0) }
    exit(runWorlds(from: numbers.first ?? 1, count: numbers.dropFirst().first ?? 10_000) ? 0 : 1)
}

/// What all worlds came to so far.
struct Tally: Sendable {
    var broken: [(seed: UInt64, laws: [String])] = []
    var exercise = Exercise()
    var done: UInt64 = 0
}

func runWorlds(from: UInt64, count: UInt64) -> Bool {
    let tally = Mutex(Tally())
    let start = Date()
    let stride: UInt64 = 1_000
    DispatchQueue.concurrentPerform(iterations: Int((count + stride - 1) / stride)) { block in
        var own = Tally()
        let first = UInt64(block) * stride
        for index in first..<min(first + stride, count) {
            let laws = Laws.broken(seed: from + index, &own.exercise)
            if !laws.isEmpty {
                own.broken.append((from + index, laws))
                tell(from + index, laws)
            }
            own.done += 1
        }
        tally.withLock { all in
            all.broken += own.broken.prefix(max(0, 20 - all.broken.count))
            all.exercise.add(own.exercise)
            all.done += own.done
            guard all.done % 50_000 == 0, all.done < count else { return }
            print("\(all.done) worlds, \(rate(all.done, start)), \(all.broken.count) broken")
            fflush(nil)
        }
    }
    let all = tally.withLock { $0 }
    print("\(count) worlds from \(from), \(rate(count, start))")
    for line in all.exercise.lines { print("  " + line) }
    if count == 1, !all.broken.isEmpty {
        (RetentionWorld(seed: from).lines + Laws.story(of: from)).forEach { print("  " + $0) }
    }
    print(all.broken.isEmpty ? "0 promises broken" : "\(all.broken.count) worlds or more with a broken promise")
    return all.broken.isEmpty
}

func tell(_ seed: UInt64, _ laws: [String]) {
    print("seed \(seed) breaks: \(laws.joined(separator: "; "))\n  make retention-worlds WORLDS=1 FROM=\(seed)")
    fflush(nil)
}

func rate(_ count: UInt64, _ start: Date) -> String {
    let seconds = Date().timeIntervalSince(start)
    return "\(Int(Double(count) / max(seconds, 0.001))) a second, \(Int(seconds)) s"
}

/// Seconds of five plans over one large repository, and of half of it: twice the tags may take twice as long.
func measurePlan(tags: Int) {
    for count in [tags / 2, tags] {
        let snapshot = LargeRepository.snapshot(tags: count)
        var rules = RetentionRules()
        rules.allowRatio = 100
        for _ in 1...5 {
            let start = Date()
            let plan = RetentionPlan.make(snapshot, rules: rules, now: LargeRepository.now)
            let seconds = Date().timeIntervalSince(start)
            print(
                "bench: plan over \(snapshot.tags.count) tags = \(seconds) \(plan.count) of \(snapshot.manifests.count) digests go"
            )
        }
    }
}
