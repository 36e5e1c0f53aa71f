import Dispatch
import FoundationEssentials
import Glibc
import PromotionCore
import RetentionWorlds
import Simulation
import Synchronization

/// One mistake of a list; its number in the code counts through all lists.
struct Mistake {
    let list: String
    let sentence: String
}

/// `mutants LIST SEEDS [NUMBER...]`: makes one mistake of the list after the other and runs seeds until a promise breaks. Exits 1
/// where a mistake is never noticed, or a promise breaks without one.
let list = CommandLine.arguments.dropFirst().first ?? "engine"
let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let limit = arguments.first ?? 2_000
let chosen = Set(arguments.dropFirst())

/// Seeds that are run beside each other before anybody looks.
let block = 64

/// The promises that a seed breaks: of a simulated promotion, or of a world of retention.
func broken(_ seed: UInt64) -> [String] { list == "retention" ? Laws.broken(seed: seed) : Episode.run(seed: seed).violations }

/// The first seed that breaks a promise, and how.
func firstBreach() -> (seed: Int, promise: String)? {
    for start in stride(from: 1, through: limit, by: block) {
        let found = Mutex<[Int: String]>([:])
        DispatchQueue.concurrentPerform(iterations: block) { index in
            guard let violation = broken(UInt64(start + index)).first else { return }
            // Of a promotion's promise, what was seen stands behind the colon; of retention's, the promise itself.
            found.withLock { $0[start + index] = list == "retention" ? violation : String(violation.prefix { $0 != ":" }) }
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
    // The copy hashes otherwise, so its worlds are others: the story is told here.
    if list == "retention" { Laws.story(of: UInt64(breach.seed)).forEach(say) }
    exit(1)
}
say(" no  seeds  mistake → the promise that it breaks")
let first = mistakes.firstIndex { $0.list == list } ?? 0
let own = mistakes.filter { $0.list == list }.map(\.sentence)
for (index, mistake) in own.enumerated() where chosen.isEmpty || chosen.contains(index + 1) {
    Mutant.active = first + index + 1
    let breach = firstBreach()
    let result = breach.map { "\(padded("\($0.seed)", 6))  \(mistake) → \($0.promise)" } ?? "     -  \(mistake) → NOTHING"
    say("\(padded("\(index + 1)", 3)) \(result)")
    if breach == nil { survivors.append(mistake) }
}
let count = chosen.isEmpty ? own.count : chosen.count
say("\(count - survivors.count) of \(count) mistakes caught in \(Int(Date().timeIntervalSince(began))) s, \(limit) seeds at most")
exit(survivors.isEmpty ? 0 : 1)
