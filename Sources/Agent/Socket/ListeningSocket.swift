internal import Platform
internal import PromotionCore

/// The agent's socket file, claimed and bound.
///
/// A lock beside it is held as long as the agent lives, so that looking for a stale file, removing it and binding a new one
/// is one step for all agents of this path.
struct ListeningSocket: Sendable {
    /// How many connections may wait to be accepted.
    private static let backlog: Int32 = 64

    /// Listens; whoever takes it closes it.
    let descriptor: Int32
    private let path: String
    private let lock: FileLock
    private let file: FileStatus

    /// Binds the path.
    /// - Parameter group: name of the group whose members may connect; nil for the owner alone.
    /// - Throws: `ListenFault`, `SocketDirectoryFault` or `SystemFault`.
    init(_ path: String, group: String?) throws {
        guard let address = UnixAddress(path) else { throw ListenFault.path(SafeText(path), bytes: path.utf8.count) }
        let groupID = try group.map { name in
            guard let number = AccountNames.number(ofGroup: name) else { throw ListenFault.unknownGroup(SafeText(name)) }
            return number
        }
        try SocketDirectory(path: PathText.directory(of: path)).prepare(groupID: groupID)
        guard let lock = try FileLock.acquire(path + ".lock", until: nil) else {
            throw ListenFault.alreadyListening(SafeText(path))
        }
        try Self.removeStale(path, address)
        descriptor = try UnixSocket.listening(at: address, path, group: groupID, backlog: Self.backlog)
            .release()
        self.path = path
        self.lock = lock
        file = try FileStatus(path, links: .itself)
    }

    /// Removes the socket file, unless somebody put another one in its place.
    func remove() {
        guard let now = try? FileStatus(path, links: .itself), now.isSameFile(as: file) else { return }
        try? DurableFile.remove(path)
    }

    /// Removes a socket file of ours that nobody listens on, and nothing else.
    private static func removeStale(_ path: String, _ address: UnixAddress) throws {
        let status: FileStatus
        do {
            status = try FileStatus(path, links: .itself)
        } catch  where error.isMissing {
            return
        }
        guard status.kind == .socket else { throw ListenFault.notASocket(SafeText(path)) }
        guard status.owner == AccountDatabase.current else {
            throw ListenFault.belongsToAnother(
                SafeText(path), owner: AccountNames.name(ofUser: status.owner))
        }
        guard try !UnixSocket.isAnswered(address, path) else {
            throw ListenFault.alreadyListening(SafeText(path))
        }
        try DurableFile.remove(path)
    }
}
