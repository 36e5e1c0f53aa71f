internal import Platform
internal import PromotionCore

/// Connects to the agent's socket and makes sure who is behind it.
package enum AgentSocket {
    /// How long a full queue of connections is waited for.
    private static let patienceSeconds = 2

    /// A connected socket: non-blocking, closed on exec; the caller closes it.
    /// - Throws: `AgentSocketError` that says what to do.
    package static func connect(path: String) throws(AgentSocketError) -> Int32 {
        guard let address = UnixAddress(path) else {
            throw .path(SafeText(path), bytes: path.utf8.count)
        }
        let file = try status(path)
        guard file.kind == .socket else { throw .notASocket(SafeText(path)) }
        try checkPlace(path, file)
        let socket: UnixSocket
        do throws(SystemFault) {
            socket = try UnixSocket.connected(to: address, path, patienceSeconds: patienceSeconds)
        } catch { throw refusal(path, file, error) }
        try checkPeer(socket, path, file)
        return socket.release()
    }

    private static func status(_ path: String) throws(AgentSocketError) -> FileStatus {
        do throws(SystemFault) {
            return try FileStatus(path)
        } catch {
            if error.isMissing { throw .noSuchFile(SafeText(path)) }
            throw error.isDenied ? denial(path, PathText.directory(of: path)) : .system(error)
        }
    }

    private static func refusal(
        _ path: String, _ file: FileStatus, _ fault: SystemFault
    ) -> AgentSocketError {
        if fault.isRefused { return .nobodyListens(SafeText(path)) }
        if fault.isMissing { return .noSuchFile(SafeText(path)) }
        if fault.isDenied { return denial(path, path) }
        return fault.isBusy ? .busy(SafeText(path)) : .system(fault)
    }

    /// - Parameter obstacle: what may be looked at and says whose it is.
    private static func denial(_ path: String, _ obstacle: String) -> AgentSocketError {
        guard let status = try? FileStatus(obstacle), status.owner != AccountDatabase.current else {
            return .permissionDenied(SafeText(path))
        }
        return .belongsToAnother(
            SafeText(obstacle), owner: AccountNames.name(ofUser: status.owner), group: AccountNames.name(ofGroup: status.group))
    }

    private static func checkPlace(_ path: String, _ file: FileStatus) throws(AgentSocketError) {
        let directory = PathText.directory(of: path)
        do throws(SystemFault) {
            guard try !isTrusted(directory, file) else { return }
        } catch {
            throw .system(error)
        }
        throw .unprotected(SafeText(path), directory: SafeText(directory))
    }

    /// A directory of another account is good only where nobody but root could have given it its name.
    private static func isTrusted(_ directory: String, _ file: FileStatus) throws(SystemFault) -> Bool {
        let place = try FileStatus(directory)
        guard !place.isWritableByOthers else { return false }
        if [0, AccountDatabase.current].contains(place.owner) { return true }
        let above = try FileStatus(PathText.directory(of: directory))
        let isAboveRoots = above.owner == 0 && !above.isWritableByOthers && !above.isWritableByGroup
        return isAboveRoots && [place.owner, 0, AccountDatabase.current].contains(file.owner)
    }

    private static func checkPeer(
        _ socket: borrowing UnixSocket, _ path: String, _ file: FileStatus
    ) throws(AgentSocketError) {
        let peer: PeerCredentials
        do throws(SystemFault) {
            peer = try socket.peer(path)
        } catch {
            throw .system(error)
        }
        guard [file.owner, 0, AccountDatabase.current].contains(peer.userID) else {
            throw .notOurs(
                SafeText(path), peer: AccountNames.name(ofUser: peer.userID), owner: AccountNames.name(ofUser: file.owner))
        }
    }
}
