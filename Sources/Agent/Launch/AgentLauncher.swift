internal import Platform
package import PromotionCore

/// Connects to the agent, and starts one in the background where nobody listens and it is this account's to start.
package struct AgentLauncher: Sendable {
    private let socketPath: String
    private let executable: String
    private let arguments: [String]
    private let logPath: String
    private let configurationPath: String?
    private let group: String?
    private let patience: Milliseconds

    /// - Parameters:
    ///   - executable: absolute path of the program; it runs with / as its working directory, so that paths in its
    ///     arguments are absolute too.
    ///   - configurationPath: whose owner is the one to start an agent; nil for none.
    ///   - group: name of the group whose members may connect; nil for the owner alone.
    ///   - patience: how long another console and the agent itself may take.
    package init(
        socketPath: String, executable: String, arguments: [String], logPath: String, configurationPath: String?,
        group: String? = nil, patience: Milliseconds = .seconds(10)
    ) {
        self.socketPath = socketPath
        self.executable = executable
        self.arguments = arguments
        self.logPath = logPath
        self.configurationPath = configurationPath
        self.group = group
        self.patience = patience
    }

    /// A connected socket as `AgentSocket.connect` gives it; an agent was started if there was none.
    /// - Throws: `AgentLaunchError`; it carries the end of the agent's log where the agent died.
    package func connect() throws(AgentLaunchError) -> Int32 {
        if let socket = try connectIfListening() { return socket }
        try checkOwners()
        let directory = SocketDirectory(path: PathText.directory(of: socketPath))
        do {
            try Directories.make(PathText.directory(of: logPath))
            try directory.prepare(groupID: group.flatMap(AccountNames.number))
        } catch let fault as SocketDirectoryFault {
            throw .directory(fault)
        } catch let fault as SystemFault {
            throw .system(fault)
        } catch {
            throw .directory(.notADirectory(SafeText(directory.path)))
        }
        let lock = try takeTurn()
        // Another console may have started one while this one waited for its turn.
        if let socket = try connectIfListening() { return socket }
        if let socket = try awaitSupervisor() { return socket }
        return try withExtendedLifetime(lock) { () throws(AgentLaunchError) in try launch() }
    }

    /// How long a supervisor may take to start an agent again before another one is started.
    private static let supervisorPatience = Milliseconds.seconds(5)

    /// The agent that a supervisor starts again; `nil` if no supervisor does.
    private func awaitSupervisor() throws(AgentLaunchError) -> Int32? {
        let deadline = Deadline(in: Self.supervisorPatience)
        while !deadline.hasPassed, AgentSupervisor.process(watching: socketPath) != nil {
            if let socket = try connectIfListening() { return socket }
            ThisProcess.pause(milliseconds: 20)
        }
        return try connectIfListening()
    }

    /// Nil where nobody listens.
    private func connectIfListening() throws(AgentLaunchError) -> Int32? {
        do throws(AgentSocketError) {
            return try AgentSocket.connect(path: socketPath)
        } catch {
            guard error.meansNoAgent else { throw .socket(error) }
            return nil
        }
    }

    private func checkOwners() throws(AgentLaunchError) {
        for path in [PathText.directory(of: socketPath), socketPath, configurationPath].compactMap(\.self) {
            guard let status = try? FileStatus(path), status.owner != AccountDatabase.current else {
                continue
            }
            throw .belongsToAnother(SafeText(path), owner: AccountNames.name(ofUser: status.owner))
        }
    }

    /// One console at a time looks and starts.
    private func takeTurn() throws(AgentLaunchError) -> FileLock {
        let path = socketPath + ".start"
        do throws(SystemFault) {
            if let lock = try FileLock.acquire(path, until: Deadline(in: patience)) { return lock }
        } catch {
            throw .system(error)
        }
        throw .starting(SafeText(path), waited: patience)
    }

    private func launch() throws(AgentLaunchError) -> Int32 {
        guard executable.hasPrefix("/"), FileStatus.isExecutable(executable) else {
            throw .notExecutable(SafeText(executable))
        }
        let log = try AgentLog(logPath)
        var spawn = Spawn(.path(executable), arguments)
        spawn.directory = "/"
        spawn.group = .ownSession
        spawn.output = .descriptor(log.descriptor)
        spawn.errors = .asOutput
        let process: ChildProcess
        do throws(SystemFault) { process = try spawn.start() } catch { throw .system(error) }
        let deadline = Deadline(in: patience)
        while !deadline.hasPassed {
            if let ending = process.endIfAny() {
                // An agent that found another one listening has ended, and all is well.
                if let socket = try connectIfListening() { return socket }
                throw .died(how: SafeText("\(ending)"), log: SafeText(logPath), lastLines: log.lastLines)
            }
            if let socket = try connectIfListening() {
                process.collectWhenItEnds()
                return socket
            }
            ThisProcess.pause(milliseconds: 10)
        }
        process.collectWhenItEnds()
        throw .silent(
            process: process.number, waited: patience, log: SafeText(logPath), lastLines: log.lastLines)
    }
}
