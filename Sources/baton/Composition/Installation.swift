internal import Platform
internal import PromotionCore
internal import Settings

/// Where one Baton lives: its configuration, its state and its agent's socket.
struct Installation {
    /// Absolute path of the configuration.
    let configuration: String
    let settings: Settings
    /// Directory of ledger, log and, unless told otherwise, socket.
    let state: String
    let socket: String
    /// Name of the group whose members may connect; nil for this account and root alone.
    let group: String?

    /// Reads the configuration that was named, or the first that is found.
    /// - Throws: `Ended` with every mistake at once.
    init(configuration named: String?, socket: String?) throws(Ended) {
        let path = try Self.find(named)
        configuration = path
        let directory = Self.directory(of: path)
        let answer = Settings.read(
            bytes: try Self.read(path), file: named ?? path, architecture: Self.architecture,
            reading: { Self.keyFile(Self.absolute($0, from: directory)) }, zones: Self.zone)
        switch answer {
        case .success(let settings): self.settings = settings
        case .failure(let mistakes): throw Ended(.usage, mistakes.description)
        }
        group = settings.socket?.group
        state = settings.state.map { Self.absolute($0, from: directory) } ?? Self.defaultState
        self.socket =
            socket.map { Self.absolute($0, from: Self.workingDirectory) }
            ?? settings.socket.map { Self.absolute($0.path, from: directory) } ?? state + "/run/agent.sock"
    }

    /// The agent's socket, where it can be told without reading the whole configuration; its mistakes are not looked for.
    static func socketAtAGlance(configuration named: String?, socket: String?) -> String? {
        if let socket { return absolute(socket, from: workingDirectory) }
        guard let path = try? find(named), let bytes = try? read(path), let state = Settings.stateAtAGlance(bytes: bytes)
        else { return nil }
        return absolute(state, from: directory(of: path)) + "/run/agent.sock"
    }

    /// A path of the configuration: relative ones begin at its directory.
    func path(_ text: String) -> String { Self.absolute(text, from: Self.directory(of: configuration)) }

    /// Makes the state directory, private to this account.
    func makeState() throws(Ended) {
        do throws(SystemFault) { try Directories.make(state) } catch { throw Ended(.broke, "\(error)") }
    }

    var ledger: String { state + "/ledger" }

    /// Directories of the embedded stages that environments run on.
    var stages: Set<String> {
        Set(
            settings.services.flatMap(\.targets.values).map { target in
                switch target {
                case .stage(let directory): path(directory)
                }
            })
    }

    var log: String { state + "/agent.log" }

    /// Places that are looked at where no configuration is named.
    private static var usual: [String] {
        [ThisProcess.variable("BATON_CONFIG")].compactMap(\.self) + unnamed
    }

    /// Places of a configuration that neither an option nor the environment names.
    static let unnamed = ["baton.yaml", ".stage/baton.yaml", "/etc/baton/baton.yaml"]

    /// Where the configuration is, or would be if it had not been removed: the one that was named, or the usual places.
    static func places(configuration named: String?) -> [String] {
        (named.map { [$0] } ?? usual).map { absolute($0, from: workingDirectory) }
    }

    private static func find(_ named: String?) throws(Ended) -> String {
        let candidates = named.map { [$0] } ?? usual
        let found = candidates.map { absolute($0, from: workingDirectory) }.first(where: FileStatus.exists)
        guard let found else {
            let places = candidates.joined(separator: ", ")
            throw Ended(
                .usage, "no configuration at \(SafeText(places)): name one with --config, or try the embedded stage: baton stage")
        }
        return found
    }

    /// A small file that the configuration names.
    private static func keyFile(_ path: String) -> Result<[UInt8], Settings.FileFault> {
        do throws(Ended) { return .success(try read(path, limit: PublicKey.byteLimit)) } catch {
            return .failure(Settings.FileFault(SafeText(error.words ?? "", limit: 300)))
        }
    }

    /// The bytes of a file, as many as the limit.
    // One byte over the configuration's own bound, which then says so.
    static func read(_ path: String, limit: Int = 1_024 * 1_024 + 1) throws(Ended) -> [UInt8] {
        do throws(SystemFault) { return try BoundedRead.prefix(of: path, limit: limit) } catch {
            throw Ended(.usage, "\(SafeText(path)) cannot be read: \(error.reason)")
        }
    }

    /// A zone's file in the host's time zone data; nil where there is none.
    private static func zone(_ name: String) -> [UInt8]? { try? read("/usr/share/zoneinfo/" + name) }

    static var workingDirectory: String { Directories.current }

    static func absolute(_ path: String, from directory: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let trimmed = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        return trimmed.isEmpty || trimmed == "." ? directory : directory + "/" + trimmed
    }

    private static func directory(of path: String) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return parts.count <= 1 ? "/" : parts.joined(separator: "/")
    }

    private static var defaultState: String {
        if let state = ThisProcess.variable("XDG_STATE_HOME"), state.hasPrefix("/") { return state + "/baton" }
        return (ThisProcess.variable("HOME") ?? "/var/lib") + "/.local/state/baton"
    }

    /// This machine's architecture, as OCI names it.
    static var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }

    /// The absolute path of this program.
    static var executable: String { ThisProcess.executable ?? "/usr/bin/baton" }
}
