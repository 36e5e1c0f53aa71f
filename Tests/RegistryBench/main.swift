import FoundationEssentials
import Glibc
import PromotionCore
import Remotes

/// Measures the registry client on a registry that runs: `registrybench URL REPOSITORY STATE CONNECTIONS`, then one line of
/// work at a time on the input, and for each one line of figures on the output:
///
/// `resolve` (every tag of the list, afresh), `list`, `move TAG DIGEST DIGEST COUNT` (to and fro), `read DIGEST`.
struct Bench {
    let client: RegistryClient
    let port: DistributionRegistry
    let repository: RepositoryName
    let clock = ContinuousClock()

    func answer(_ words: [String]) async throws -> String {
        switch words.first {
        case "resolve":
            let tags = try await port.tagList(in: repository).tags
            let start = clock.now
            let found = try await port.digests(of: tags, in: repository)
            return "seconds=\((clock.now - start) / .seconds(1)) tags=\(found.count)"
        case "list":
            let start = clock.now
            let tags = try await port.tagList(in: repository).tags
            return "ms=\((clock.now - start) / .milliseconds(1)) tags=\(tags.count)"
        case "move" where words.count == 5: return try await move(words)
        case "read" where words.count == 2:
            let release = try await port.release(try Digest(parsing: words[1]), in: repository)
            return "platforms=\(release?.digests.members.count ?? 0)"
        default: return "there is no such work"
        }
    }

    /// Moves a tag to and fro; every move is one number.
    private func move(_ words: [String]) async throws -> String {
        let (tag, one, other) = (try Tag(words[1]), try Digest(parsing: words[2]), try Digest(parsing: words[3]))
        var current = try await port.resolve(tag, in: repository)
        var times: [String] = []
        let before = client.requests
        for _ in 0..<(Int(words[4]) ?? 0) {
            let next = current == one ? other : one
            let start = clock.now
            guard try await port.move(tag, in: repository, from: current, to: next, under: Fence(1)) == .moved else {
                return "somebody else moves the tag"
            }
            times.append("\((clock.now - start) / .milliseconds(1))")
            current = next
        }
        return "ms=\(times.joined(separator: ",")) requests=\(client.requests - before)"
    }

    /// Resident pages and processor time of this process, in KiB and seconds.
    static func cost() -> String {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        let pages = (try? String(contentsOf: URL(filePath: "/proc/self/statm"), encoding: .utf8))?.split(separator: " ")
        return "kib=\((pages?.dropFirst().first.flatMap { Int($0) } ?? 0) * 4) cpu=\(seconds)"
    }
}

let words = CommandLine.arguments
guard words.count == 5, let address = RegistryAddress(words[1]), let connections = Int(words[4]) else {
    print("usage: registrybench URL REPOSITORY STATE CONNECTIONS")
    exit(64)
}
var limits = RegistryLimits()
limits.connections = connections
let transport = try RegistryTransport(limits: limits)
let client = RegistryClient(
    address: address, transport: transport, limits: limits,
    now: { Timestamp(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1_000)) })
let bench = Bench(
    client: client, port: DistributionRegistry(client: client, state: words[3]), repository: try RepositoryName(words[2]))

/// Writes a line past the buffer of the C library, which would keep it while somebody waits for it.
func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
}

while let line = readLine() {
    do { say("\(try await bench.answer(line.split(separator: " ").map(String.init))) \(Bench.cost())") } catch {
        say("failed: \(error)")
    }
}
await transport.close()
