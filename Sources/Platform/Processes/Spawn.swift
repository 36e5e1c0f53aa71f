internal import CPlatform
internal import Glibc

/// How a program is started (posix_spawn(3)).
///
/// A child gets the standard descriptors and no other, no blocked and no ignored signal, and only the environment that the caller
/// names.
package struct Spawn: Sendable {
    /// Where the program is.
    package enum Program: Sendable, Hashable {
        case path(String)
        /// Looked up in this process's search path if its name has no slash.
        case search(String)
    }

    /// The variables that a child gets.
    package enum Environment: Sendable, Hashable {
        case inherited
        /// These and no other, as `NAME=value`.
        case exactly([String])
    }

    /// The processes that a child is counted with: a group of its own can be ended as a whole, a session of its own has no terminal.
    package enum Group: Sendable, Hashable {
        case inherited, own, ownSession
    }

    /// What a standard descriptor of a child is.
    package enum Stream: Sendable, Hashable {
        case inherited
        case null
        case descriptor(Int32)
        /// A file for this account only, which is made if it is missing; a link is not followed.
        case appending(path: String)
        /// For the errors alone.
        case asOutput
    }

    package var program: Program
    package var arguments: [String]
    package var environment: Environment = .inherited
    /// Where the child stands; `nil` for where this process does.
    package var directory: String?
    package var group: Group = .inherited
    package var input: Stream = .null
    package var output: Stream = .inherited
    package var errors: Stream = .inherited

    /// A program with its arguments.
    package init(_ program: Program, _ arguments: [String]) {
        self.program = program
        self.arguments = arguments
    }

    private var name: String {
        switch program {
        case .path(let name), .search(let name): name
        }
    }

    /// Starts the program. The caller collects the child in the end.
    /// - Throws: `SystemFault`, also if the program cannot be run.
    package func start() throws(SystemFault) -> ChildProcess {
        var files = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        guard posix_spawn_file_actions_init(&files) == 0, posix_spawnattr_init(&attributes) == 0 else {
            throw .last("prepare to start", name)
        }
        defer {
            posix_spawn_file_actions_destroy(&files)
            posix_spawnattr_destroy(&attributes)
        }
        try set(&files)
        set(&attributes)
        let words: [UnsafeMutablePointer<CChar>?] = ([name] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let code: Int32
        var number = pid_t()
        switch environment {
        case .inherited: code = spawn(&number, &files, &attributes, words, environ)
        case .exactly(let variables):
            let variables: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
            defer { for variable in variables { free(variable) } }
            code = variables.withUnsafeBufferPointer { pointer in
                spawn(&number, &files, &attributes, words, UnsafeMutablePointer(mutating: pointer.baseAddress))
            }
        }
        guard code == 0 else { throw SystemFault("start", name, code: code) }
        return ChildProcess(number: number)
    }

    private func spawn(
        _ number: inout pid_t, _ files: inout posix_spawn_file_actions_t, _ attributes: inout posix_spawnattr_t,
        _ words: [UnsafeMutablePointer<CChar>?], _ variables: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) -> Int32 {
        switch program {
        case .path(let path): posix_spawn(&number, path, &files, &attributes, words, variables)
        case .search(let name): posix_spawnp(&number, name, &files, &attributes, words, variables)
        }
    }

    private func set(_ files: inout posix_spawn_file_actions_t) throws(SystemFault) {
        var codes: [Int32] = []
        for (number, stream) in [input, output, errors].enumerated() {
            let number = Int32(number)
            switch stream {
            case .inherited: continue
            case .null: codes.append(posix_spawn_file_actions_addopen(&files, number, "/dev/null", O_RDWR, 0))
            case .descriptor(let source): codes.append(posix_spawn_file_actions_adddup2(&files, source, number))
            case .appending(let path):
                let flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW
                codes.append(posix_spawn_file_actions_addopen(&files, number, path, flags, 0o600))
            case .asOutput: codes.append(posix_spawn_file_actions_adddup2(&files, 1, number))
            }
        }
        if let directory { codes.append(posix_spawn_file_actions_addchdir_np(&files, directory)) }
        // glibc 2.34; NIO opens sockets that a child would inherit.
        codes.append(posix_spawn_file_actions_addclosefrom_np(&files, 3))
        if let code = codes.first(where: { $0 != 0 }) { throw SystemFault("prepare to start", name, code: code) }
    }

    private func set(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        switch group {
        case .inherited: break
        case .own:
            posix_spawnattr_setpgroup(&attributes, 0)
            flags |= Int16(POSIX_SPAWN_SETPGROUP)
        case .ownSession: flags |= Self.newSession
        }
        posix_spawnattr_setflags(&attributes, flags)
    }

    /// `POSIX_SPAWN_SETSID` of spawn.h, which Glibc declares for GNU C alone.
    private static let newSession: Int16 = 0x80
}
