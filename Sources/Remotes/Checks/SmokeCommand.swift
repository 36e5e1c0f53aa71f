internal import Platform
internal import PromotionCore

/// A command that asks a slot whether it works, by exiting 0 or not.
///
/// It runs without a shell, in a process group of its own, with nothing in its environment but the search path, the slot's
/// address and the expected digest. At the end, however it came, the whole group is killed.
struct SmokeCommand: Sendable {
    /// The program and its arguments.
    let command: [String]
    let address: Endpoint
    let digest: Digest

    /// What a screen shows.
    var title: SafeText { SafeText("\(command.joined(separator: " ")) on \(address)", limit: 200) }

    /// How a run ended, and what the command wrote.
    struct Outcome: Sendable {
        let end: End
        let output: SafeText
    }

    enum End: Sendable {
        case exited(Int32)
        case none(SafeText)
    }

    /// Runs the command to its end or to the timeout.
    func run(within timeout: Milliseconds, clock: any Clock<Duration>) async -> Outcome {
        let name = SafeText(command.first ?? "", limit: 100)
        guard !command.isEmpty, command.allSatisfy({ !$0.utf8.contains(0) }) else {
            return Outcome(end: .none("the smoke command is empty or holds a zero byte"), output: "")
        }
        let child: RunningCommand
        do throws(SystemFault) { child = try RunningCommand(command, environment: environment) } catch {
            return Outcome(
                end: .none("\(name): cannot be started: \(error.reason.lowercased())"), output: "")
        }
        let ended = await withDeadline(timeout, clock: clock) { await child.end() }
        let output = child.output.text
        return switch ended ?? nil {
        case .exited(let code): Outcome(end: .exited(code), output: output)
        case .killed(let signal):
            Outcome(
                end: .none("\(name): ended by signal \(signal) (\(ProcessEnd.name(ofSignal: signal)))"),
                output: output)
        case nil where Task.isCancelled:
            Outcome(end: .none("\(name): killed, the check was given up"), output: output)
        case nil:
            Outcome(end: .none("\(name): killed, it did not end within \(timeout)"), output: output)
        }
    }

    private var environment: [String] {
        let path = ThisProcess.variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
        return ["PATH=\(path)", "BATON_ENDPOINT=\(address)", "BATON_DIGEST=\(digest)"]
    }
}
