internal import Glibc

/// Descriptors that other libraries need as numbers.
package enum FileDescriptors {
    /// Makes it one that is never waited for, and that no child inherits.
    package static func prepare(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// Closes it.
    package static func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

    /// Whether a standard descriptor is a terminal.
    package static func isTerminal(_ standard: Standard) -> Bool { isatty(standard.rawValue) == 1 }

    /// The descriptors that every process begins with.
    package enum Standard: Int32, Sendable, CaseIterable { case input, output, errors }

    /// Opens standard descriptors that are closed on /dev/null, so that no file or socket opened later takes their number.
    package static func openStandard() {
        for descriptor in Standard.allCases where fcntl(descriptor.rawValue, F_GETFD) < 0 {
            // The lowest free number is the one that was found closed.
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Writes all of a text to a standard descriptor.
    /// - Throws: `SystemFault`; it `isPipeClosed` if the reader left.
    package static func write(_ text: String, to standard: Standard) throws(SystemFault) {
        try OpenDirectory.writeAll(Array(text.utf8), to: standard.rawValue, "standard \(standard)")
    }

    /// Closes standard output; a file system may say only now that it has no room. One that is closed already is no fault.
    package static func closeOutput() throws(SystemFault) {
        guard Glibc.close(STDOUT_FILENO) == 0 || errno == EBADF else { throw .last("close", "standard output") }
    }
}

extension SystemFault {
    /// Whether the reader of a pipe left.
    package var isPipeClosed: Bool { code == EPIPE }
}
