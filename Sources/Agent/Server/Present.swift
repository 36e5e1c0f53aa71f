internal import NIOCore
internal import Synchronization

/// The connections that are open now.
final class Present: Sendable {
    private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

    var channels: [any Channel] { open.withLock { Array($0.values) } }

    /// - Returns: false where there are as many as there may be.
    func add(_ channel: any Channel, limit: Int) -> Bool {
        open.withLock { open in
            guard open.count < limit else { return false }
            open[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    func remove(_ channel: any Channel) {
        _ = open.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }
    }
}
