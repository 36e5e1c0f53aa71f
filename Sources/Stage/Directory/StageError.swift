internal import Platform
package import PromotionCore

/// Why the embedded stage could not do something on this machine.
package enum StageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A system call on a file said no.
    case file(path: SafeText, doing: SafeText, reason: SafeText)
    /// A file of the stage does not hold what the stage writes there.
    case unreadable(path: SafeText, reason: SafeText)
    case tooLarge(path: SafeText, limitInBytes: Int)
    case notStarted(program: SafeText, reason: SafeText)
    case alreadyServed(path: SafeText)
    case removed(path: SafeText)
    case socketPathTooLong(path: SafeText, limitInBytes: Int)

    package var description: String {
        switch self {
        case .file(let path, let doing, let reason): "cannot \(doing) \(path): \(reason)"
        case .unreadable(let path, let reason): "\(path) does not hold what the stage writes there: \(reason)"
        case .tooLarge(let path, let limit): "\(path) is larger than \(limit) bytes, which the stage never writes"
        case .notStarted(let program, let reason): "cannot start \(program): \(reason)"
        case .removed(let path): "the stage directory \(path) is gone"
        case .alreadyServed(let path): "another router already serves \(path)"
        case .socketPathTooLong(let path, let limit):
            "\(path) is too long for a Unix socket: choose a stage directory so that it has at most \(limit) bytes"
        }
    }

    /// Creates the error for a request that the system refused.
    init(_ fault: SystemFault) {
        let path = SafeText(fault.path)
        self =
            if case .tooLarge(let limit) = fault.cause {
                .tooLarge(path: path, limitInBytes: limit)
            } else {
                .file(path: path, doing: SafeText(fault.operation), reason: SafeText(fault.reason, limit: 120))
            }
    }

    /// As a port says it: nothing was changed.
    var fault: Fault { Fault(.broke, SafeText(description)) }
}
