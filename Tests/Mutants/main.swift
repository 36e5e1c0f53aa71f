import Dispatch
import FoundationEssentials
import Glibc
import PromotionCore
import Simulation
import Synchronization

/// `mutants SEEDS [NUMBER...]`: makes one mistake after the other and runs seeds until a promise breaks. Exits 1 where a
/// mistake is never noticed, or a promise breaks without one.
let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let limit = arguments.first ?? 2_000
let chosen = Set(arguments.dropFirst())

/// Seeds that are run beside each other before anybody looks.
let block = 64

/// The first seed that breaks a promise, and how.
func firstBreach() -> (seed: Int, promise: String)? {
    for start in stride(from: 1, through: limit, by: block) {
        let found = Mutex<[Int: String]>([:])
        DispatchQueue.concurrentPerform(iterations: block) { index in
            guard let violation = Episode.run(seed: UInt64(start + index)).violations.first else { return }
            found.withLock { $0[start + index] = String(violation.prefix { $0 != ":" }) }
        }
        if let first = found.withLock({ $0.min { $0.key < $1.key } }) { return (first.key, first.value) }
    }
    return nil
}

/// Prints a line at once: a pipe would keep it until the end.
func say(_ line: String) {
    print(line)
    fflush(nil)
}

func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

var survivors: [String] = []
let began = Date()
if chosen.isEmpty, let breach = firstBreach() {
    say("no mistake at all breaks a promise: seed \(breach.seed): \(breach.promise)")
    exit(1)
}
say(" no  seeds  mistake → the promise that it breaks")
for (index, mistake) in mistakes.enumerated() where chosen.isEmpty || chosen.contains(index + 1) {
    Mutant.active = index + 1
    let breach = firstBreach()
    let result = breach.map { "\(padded("\($0.seed)", 6))  \(mistake) → \($0.promise)" } ?? "     -  \(mistake) → NOTHING"
    say("\(padded("\(index + 1)", 3)) \(result)")
    if breach == nil { survivors.append(mistake) }
}
let count = chosen.isEmpty ? mistakes.count : chosen.count
say("\(count - survivors.count) of \(count) mistakes caught in \(Int(Date().timeIntervalSince(began))) s, \(limit) seeds at most")
exit(survivors.isEmpty ? 0 : 1)
