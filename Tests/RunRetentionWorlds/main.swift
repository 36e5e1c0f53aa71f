import Dispatch
import FoundationEssentials
import Glibc
import RetentionWorlds
import Synchronization

/// `worlds FROM COUNT`: plans in so many random worlds, on every core. Exits 1 where a promise was broken.
let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
let from = arguments.first ?? 1
let count = arguments.dropFirst().first ?? 10_000

let broken = Mutex<[(seed: UInt64, laws: [String])]>([])
let start = Date()
let stride: UInt64 = 1_000
DispatchQueue.concurrentPerform(iterations: Int((count + stride - 1) / stride)) { block in
    let first = UInt64(block) * stride
    for index in first..<min(first + stride, count) {
        let laws = Laws.broken(seed: from + index)
        if !laws.isEmpty { broken.withLock { if $0.count < 20 { $0.append((from + index, laws)) } } }
    }
}
let seconds = Date().timeIntervalSince(start)
broken.withLock { broken in
    print(
        "\(count) worlds from \(from) in \(Int(seconds * 10)) tenths of a second (\(Int(Double(count) / max(seconds, 0.001))) a second)"
    )
    for (seed, laws) in broken {
        print("seed \(seed) breaks: \(laws.joined(separator: "; "))\n  make retention-worlds WORLDS=1 FROM=\(seed)")
    }
    if count == 1, !broken.isEmpty { RetentionWorld(seed: from).lines.forEach { print("  " + $0) } }
    print(broken.isEmpty ? "0 promises broken" : "\(broken.count) worlds or more with a broken promise")
    exit(broken.isEmpty ? 0 : 1)
}
