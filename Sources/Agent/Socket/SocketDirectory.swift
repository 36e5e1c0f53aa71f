internal import Platform
package import PromotionCore

/// The directory that a socket lies in: nobody but its owner, or one private group, may put files there.
struct SocketDirectory {
    let path: String

    /// Creates the directory if it is missing, and checks it otherwise.
    /// - Parameter groupID: the group whose members may connect; nil for the owner alone.
    /// - Throws: `SocketDirectoryFault` or `SystemFault`.
    func prepare(groupID: UInt32?) throws {
        guard try Directories.makeNew(path, mode: 0o700) else { return try check(FileStatus(path), groupID: groupID) }
        if let groupID { try Permissions.give(path, toGroup: groupID, mode: 0o750) }
    }

    private func check(_ status: FileStatus, groupID: UInt32?) throws(SocketDirectoryFault) {
        guard status.kind == .directory else { throw .notADirectory(SafeText(path)) }
        guard status.owner == AccountDatabase.current || status.owner == 0 else {
            throw .belongsToAnother(SafeText(path), owner: AccountNames.name(ofUser: status.owner))
        }
        guard !status.isWritableByOthers else { throw .writableByOthers(SafeText(path)) }
        guard !status.isWritableByGroup || status.group == groupID else {
            throw .writableByGroup(SafeText(path), group: AccountNames.name(ofGroup: status.group))
        }
        guard let groupID, status.mode & 0o001 == 0 else { return }
        guard status.group == groupID, status.mode & 0o010 != 0 else {
            throw .closedToGroup(SafeText(path), group: AccountNames.name(ofGroup: groupID))
        }
    }
}

/// Why a directory cannot hold the agent's socket.
package enum SocketDirectoryFault: Error, Hashable, Sendable, CustomStringConvertible {
    case notADirectory(SafeText)
    case belongsToAnother(SafeText, owner: SafeText)
    case writableByOthers(SafeText)
    case writableByGroup(SafeText, group: SafeText)
    case closedToGroup(SafeText, group: SafeText)

    package var description: String {
        switch self {
        case .notADirectory(let path): "\(path) is not a directory; the agent's socket needs one of its own, with mode 0700"
        case .belongsToAnother(let path, let owner):
            "\(path) belongs to \(owner); the directory of the agent's socket must belong to the agent's account or to root"
        case .writableByOthers(let path):
            "\(path) is writable by everybody; the directory of the agent's socket must be private: chmod 0700 \(path)"
        case .writableByGroup(let path, let group):
            "\(path) is writable by group \(group); make it private (chmod 0700 \(path)) or configure that group for the socket"
        case .closedToGroup(let path, let group):
            "\(path) is closed to group \(group), which may connect: chgrp \(group) \(path) && chmod 0750 \(path)"
        }
    }
}
