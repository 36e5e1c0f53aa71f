internal import Glibc

/// The mark of an agent that was ended in order: whoever watched it does not start another one.
///
/// A file next to the socket, made before the agent says goodbye and removed by the next agent that listens.
package struct OrderedEnd: Sendable {
    private let path: String

    package init(socketPath: String) { path = socketPath + ".ended" }

    /// Whether the last agent was ended in order, and none has listened since.
    package var isMarked: Bool { access(path, F_OK) == 0 }

    /// Marks that the agent ends in order.
    package func mark() {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Removes the mark: an agent listens.
    package func remove() { unlink(path) }
}
