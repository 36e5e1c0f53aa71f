internal import Glibc
internal import SystemPackage

/// A request to the operating system that failed: what was attempted, on which path, and why.
///
/// Its texts hold the path as it came; a caller that shows them makes them safe first.
package struct SystemFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Why a request failed.
    package enum Cause: Hashable, Sendable {
        /// An error number of the system (errno(3)).
        case number(Int32)
        /// A symbolic link where none is followed.
        case link
        /// A directory, a pipe or a device where a regular file is wanted.
        case notRegular
        /// More bytes than are read.
        case tooLarge(limit: Int)
    }

    /// Whether the request may have had its effect all the same.
    package enum Effect: Hashable, Sendable {
        case none
        /// The change was made, and the disk did not confirm it.
        case unconfirmed
    }

    /// What was attempted, as it stands after "cannot": "open the lock".
    package let operation: String
    package let path: String
    package let cause: Cause
    package let effect: Effect

    /// Creates a fault.
    package init(_ operation: String, _ path: String, _ cause: Cause, effect: Effect = .none) {
        self.operation = operation
        self.path = path
        self.cause = cause
        self.effect = effect
    }

    /// Creates a fault from an error number.
    package init(_ operation: String, _ path: String, code: Int32) { self.init(operation, path, .number(code)) }

    /// The fault of the call that failed last on this thread.
    static func last(_ operation: String, _ path: String, effect: Effect = .none) -> SystemFault {
        SystemFault(operation, path, .number(errno), effect: effect)
    }

    /// The error number; 0 if the system gave none.
    package var code: Int32 {
        if case .number(let code) = cause { code } else { 0 }
    }

    /// Why it failed, in the system's words where it has some.
    package var reason: String {
        switch cause {
        case .number(let code): Self.words(code)
        case .link: "it is a link, which is not followed"
        case .notRegular: "it is not a regular file"
        case .tooLarge(let limit): "it has more than the \(limit) bytes that are read"
        }
    }

    package var description: String { "cannot \(operation) \(path): \(reason)" }

    /// The system's sentence for an error number (strerror(3)).
    package static func words(_ code: Int32) -> String { Errno(rawValue: code).description }
}

extension SystemFault {
    /// Whether nothing is at the path.
    package var isMissing: Bool { [ENOENT, ENOTDIR].contains(code) }

    /// The system's words for a path at which nothing is.
    package static var noSuchFile: String { words(ENOENT) }

    /// Whether something other than a directory, a symbolic link for one, stands where a directory is wanted.
    package var isNoDirectory: Bool { [ENOTDIR, ELOOP].contains(code) || cause == .link }

    /// Whether something is at the path already.
    package var isPresent: Bool { code == EEXIST }

    /// Whether this account may not.
    package var isDenied: Bool { [EACCES, EPERM].contains(code) }

    /// Whether the disk, or this account's share of it, is full.
    package var isFull: Bool { [ENOSPC, EDQUOT].contains(code) }

    /// Whether a person has to change something (a path, a right) before the same request can succeed.
    package var needsPerson: Bool {
        guard case .number(let code) = cause else { return true }
        return [ENOENT, ENOTDIR, ELOOP, EACCES, EPERM, EROFS, EISDIR, ENAMETOOLONG, ENXIO].contains(code)
    }
}

extension SystemFault {
    /// Works, and throws what the caller makes of a fault.
    package static func mapped<Value: ~Copyable, Failure: Error>(
        _ failure: (SystemFault) -> Failure, _ work: () throws(SystemFault) -> Value
    ) throws(Failure) -> Value {
        do throws(SystemFault) { return try work() } catch { throw failure(error) }
    }
}
