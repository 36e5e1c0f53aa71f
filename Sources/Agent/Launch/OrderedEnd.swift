internal import Platform

/// The mark of an agent that was ended in order: whoever watched it does not start another one.
///
/// A file next to the socket, made before the agent says goodbye and removed by the next agent that listens.
package struct OrderedEnd: Sendable {
    private let path: String

    package init(socketPath: String) { path = socketPath + ".ended" }

    /// Whether the last agent was ended in order, and none has listened since.
    package var isMarked: Bool { FileStatus.exists(path) }

    /// Marks that the agent ends in order. Without the mark the agent is started again, which harms nothing.
    package func mark() { try? DurableFile.write([], to: path) }

    /// Removes the mark: an agent listens.
    package func remove() { try? DurableFile.remove(path) }
}
