internal import Glibc
internal import Platform
internal import PromotionCore

/// The agent's socket file, claimed and bound.
///
/// A lock beside it is held as long as the agent lives, so that looking for a stale file, removing it and binding a new one
/// is one step for all agents of this path.
struct ListeningSocket: Sendable {
    /// How many connections may wait to be accepted.
    private static let backlog: CInt = 64

    /// Listens; whoever takes it closes it.
    let descriptor: CInt
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
        descriptor = try Self.bind(address, path, groupID)
        self.path = path
        self.lock = lock
        file = try FileStatus(path, links: .itself)
    }

    /// Removes the socket file, unless somebody put another one in its place.
    func remove() {
        guard let now = try? FileStatus(path, links: .itself), now.isSameFile(as: file) else { return }
        unlink(path)
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
        guard status.owner == geteuid() else {
            throw ListenFault.belongsToAnother(SafeText(path), owner: AccountNames.name(ofUser: status.owner))
        }
        guard try !isAnswered(path, address) else { throw ListenFault.alreadyListening(SafeText(path)) }
        guard unlink(path) == 0 else { throw SystemFault("remove the stale socket", path, code: errno) }
    }

    /// Whether somebody listens; a full queue of connections (EAGAIN) has somebody behind it as well.
    private static func isAnswered(_ path: String, _ address: UnixAddress) throws -> Bool {
        let probe = try open(path)
        defer { close(probe) }
        return address.with { connect(probe, $0, $1) } == 0 || errno != ECONNREFUSED
    }

    private static func bind(_ address: UnixAddress, _ path: String, _ groupID: UInt32?) throws -> CInt {
        let descriptor = try open(path)
        do {
            // The file takes the mode of the socket at bind, so that it is never open to more than it should be.
            guard fchmod(descriptor, 0o600) == 0 else { throw SystemFault("set the mode of", path, code: errno) }
            guard address.with({ Glibc.bind(descriptor, $0, $1) }) == 0 else { throw SystemFault("bind", path, code: errno) }
            try admit(groupID, path)
            guard listen(descriptor, backlog) == 0 else { throw SystemFault("listen on", path, code: errno) }
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    private static func open(_ path: String) throws -> CInt {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | closeOnExec | nonBlocking, 0)
        guard descriptor >= 0 else { throw SystemFault("make a socket for", path, code: errno) }
        return descriptor
    }

    private static func admit(_ groupID: UInt32?, _ path: String) throws {
        guard let groupID else { return }
        do throws(SystemFault) { try Permissions.give(path, toGroup: groupID, mode: 0o660) } catch {
            unlink(path)
            throw error
        }
    }
}

/// Flags of socket(2), which Glibc declares as an enumeration of its own.
let closeOnExec = Int32(SOCK_CLOEXEC.rawValue)
let nonBlocking = Int32(SOCK_NONBLOCK.rawValue)
