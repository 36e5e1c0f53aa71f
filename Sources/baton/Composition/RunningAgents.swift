internal import Glibc
internal import PromotionCore

/// Agents that run on this machine, known by the command lines that they were started with.
enum RunningAgents {
    /// An agent that runs, and the process that has to be told to end it.
    struct Found {
        /// The process that starts the agent again where it dies, or the agent if none does.
        let first: pid_t
        let agent: pid_t
    }

    /// The agent of this account, or for root of any, that was started with a configuration; `nil` if none runs.
    /// - Parameter configuration: an absolute path; the file need not be there any more.
    static func find(_ configuration: String) -> Found? {
        var supervisor: pid_t?
        var agent: pid_t?
        for number in numbers where number != getpid() && isOurs(number) {
            guard let words = words(number), names(words, number).contains(configuration) else { continue }
            if words.contains("--watch") { supervisor = number } else { agent = number }
        }
        guard let first = supervisor ?? agent else { return nil }
        return Found(first: first, agent: agent ?? first)
    }

    private static var numbers: [pid_t] {
        guard let directory = opendir("/proc") else { return [] }
        defer { closedir(directory) }
        var found: [pid_t] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if let number = pid_t(name) { found.append(number) }
        }
        return found.sorted()
    }

    private static func isOurs(_ number: pid_t) -> Bool {
        var status = stat()
        return stat("/proc/\(number)", &status) == 0 && (geteuid() == 0 || status.st_uid == geteuid())
    }

    /// The words of an agent's command line after the program; `nil` for any other process.
    private static func words(_ number: pid_t) -> [String]? {
        guard let bytes = try? Installation.read("/proc/\(number)/cmdline", limit: 65_536) else { return nil }
        let words = bytes.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        guard let program = words.first, words.count > 1, words[1] == "agent", !words.contains("--stop"),
            name(of: program) == name(of: Installation.executable)
        else { return nil }
        return Array(words.dropFirst(2))
    }

    private static func name(of path: String) -> Substring? { path.split(separator: "/").last }

    /// The configurations that a command line may have named, as absolute paths.
    private static func names(_ words: [String], _ number: pid_t) -> [String] {
        let directory = directory(of: number)
        let named = words.indices.compactMap { index -> String? in
            if words[index].hasPrefix("--config=") { return String(words[index].dropFirst("--config=".count)) }
            return words[index] == "--config" && index + 1 < words.count ? words[index + 1] : nil
        }
        return (named.isEmpty ? Installation.unnamed : named).map { Installation.absolute($0, from: directory) }
    }

    private static func directory(of number: pid_t) -> String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/\(number)/cwd", &buffer, buffer.count - 1)
        return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : "/"
    }
}
