internal import NIOCore
internal import Synchronization

/// The open connections of a server: their number has a bound, and they can be drained together.
final class Connections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    /// Adds a connection until it closes.
    /// - Returns: false where there are too many already.
    func add(_ channel: any Channel) -> Bool {
        let isTaken = channels.withLock { channels in
            guard channels.count < HTTPBounds.connections else { return false }
            channels[ObjectIdentifier(channel)] = channel
            return true
        }
        if isTaken { channel.closeFuture.whenComplete { _ in self.remove(channel) } }
        return isTaken
    }

    var count: Int { channels.withLock { $0.count } }

    /// Asks every connection to close after the answer under way.
    func drain() { for channel in all { channel.pipeline.fireUserInboundEventTriggered(DrainEvent()) } }

    /// Closes every connection now.
    func close() { for channel in all { channel.close(promise: nil) } }

    private var all: [any Channel] { channels.withLock { Array($0.values) } }

    private func remove(_ channel: any Channel) { channels.withLock { $0[ObjectIdentifier(channel)] = nil } }
}
