internal import Glibc

/// What this process knows of itself.
package enum ThisProcess {
    /// Its number.
    package static var number: Int32 { getpid() }

    /// Ends it.
    package static func exit(_ status: Int32) -> Never { Glibc.exit(status) }

    /// Blocks this thread for a while.
    package static func pause(milliseconds: Int32) { poll(nil, 0, milliseconds) }

    /// Signals that may be of no concern to it.
    package enum IgnoredSignal: Sendable { case hangUp, brokenPipe }

    /// Lets a signal pass without an effect. Children start with none that is ignored.
    package static func ignore(_ ignored: IgnoredSignal) { signal(ignored == .hangUp ? SIGHUP : SIGPIPE, SIG_IGN) }

    /// The absolute path of its program; `nil` if the system does not say.
    package static var executable: String? { SymbolicLink.target(of: "/proc/self/exe") }

    /// A variable of its environment; `nil` if it is not set or empty.
    package static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// Variables of its environment that are set, as `NAME=value`.
    package static func variables(_ names: [String]) -> [String] {
        names.compactMap { name in variable(name).map { "\(name)=\($0)" } }
    }
}

/// Symbolic links.
package enum SymbolicLink {
    /// Where a link leads, as it says; `nil` if it is none or cannot be read.
    package static func target(of path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        // One that fills the buffer may have been cut.
        guard count > 0, count < buffer.count else { return nil }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
