internal import Platform
internal import PromotionCore

/// Agents that run on this machine, known by the command lines that they were started with.
enum RunningAgents {
    /// An agent that runs, and the process that has to be told to end it.
    struct Found {
        /// The process that starts the agent again where it dies, or the agent if none does.
        let first: Int32
        let agent: Int32
    }

    /// The agent of this account, or for root of any, that was started with a configuration; `nil` if none runs.
    /// - Parameter configuration: an absolute path; the file need not be there any more.
    static func find(_ configuration: String) -> Found? {
        var supervisor: Int32?
        var agent: Int32?
        for number in numbers where number != ThisProcess.number && isOurs(number) {
            guard let words = words(number), names(words, number).contains(configuration) else { continue }
            if words.contains("--watch") { supervisor = number } else { agent = number }
        }
        guard let first = supervisor ?? agent else { return nil }
        return Found(first: first, agent: agent ?? first)
    }

    private static var numbers: [Int32] {
        ((try? DurableFile.names(in: "/proc", limit: .max)) ?? []).compactMap { Int32($0) }.sorted()
    }

    private static func isOurs(_ number: Int32) -> Bool {
        let account = AccountDatabase.current
        guard let status = try? FileStatus("/proc/\(number)") else { return false }
        return account == 0 || status.owner == account
    }

    /// The words of an agent's command line after the program; `nil` for any other process.
    private static func words(_ number: Int32) -> [String]? {
        guard let bytes = try? Installation.read("/proc/\(number)/cmdline", limit: 65_536) else { return nil }
        let words = bytes.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        guard let program = words.first, words.count > 1, words[1] == "agent", !words.contains("--stop"),
            name(of: program) == name(of: Installation.executable)
        else { return nil }
        return Array(words.dropFirst(2))
    }

    private static func name(of path: String) -> Substring? { path.split(separator: "/").last }

    /// The configurations that a command line may have named, as absolute paths.
    private static func names(_ words: [String], _ number: Int32) -> [String] {
        let directory = directory(of: number)
        let named = words.indices.compactMap { index -> String? in
            if words[index].hasPrefix("--config=") { return String(words[index].dropFirst("--config=".count)) }
            return words[index] == "--config" && index + 1 < words.count ? words[index + 1] : nil
        }
        return (named.isEmpty ? Installation.unnamed : named).map { Installation.absolute($0, from: directory) }
    }

    private static func directory(of number: Int32) -> String { SymbolicLink.target(of: "/proc/\(number)/cwd") ?? "/" }
}
