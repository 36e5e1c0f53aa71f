internal import Platform
internal import PromotionCore

/// The program whose hidden commands are the slot processes and the router: this one, as a rule.
package struct StageExecutable: Hashable, Sendable {
    package let path: String
    /// Arguments before the hidden command.
    package let prefix: [String]

    /// - Parameter path: absolute path of the program.
    package init(path: String, prefix: [String] = []) {
        self.path = path
        self.prefix = prefix
    }

    /// Starts a detached process: a session of its own, no input, output to a log, no other open file, no secrets of ours.
    /// - Returns: the number of the new process.
    func start(_ arguments: [String], log: String) throws(StageError) -> Int32 {
        var spawn = Spawn(.path(path), prefix + arguments)
        // What a process needs to find its libraries, and nothing else: the rest may hold secrets.
        spawn.environment = .exactly(ThisProcess.variables(["PATH", "LD_LIBRARY_PATH"]))
        spawn.group = .ownSession
        spawn.output = .appending(path: log)
        spawn.errors = .asOutput
        do throws(SystemFault) {
            let child = try spawn.start()
            UnwaitedChildren.add(child)
            return child.number
        } catch {
            throw .notStarted(program: SafeText(path), reason: SafeText(error.reason, limit: 120))
        }
    }
}
