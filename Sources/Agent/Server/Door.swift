internal import Logging
internal import NIOCore
internal import NIOPosix
internal import Platform
internal import PromotionCore

/// Lets clients in, and knows who they are by the kernel's word.
struct Door: Sendable {
    let engine: any Engine
    let roles: Roles
    let agent: AgentDescription
    let limits: AgentServer.Limits
    let questions: QuestionQueue
    let logger: Logger

    /// Serves one connection, from its beginning to its end.
    func serve(_ connection: Connection, _ present: Present) async {
        let channel = connection.channel
        let refusal = present.add(channel)
        defer { present.remove(channel) }
        do {
            try await connection.executeThenClose { inbound, outbound in
                if let refusal {
                    logger.warning("a client was turned away", metadata: ["reason": "\(refusal)"])
                    return await channel.goodbye(refusal)
                }
                let peer = try await credentials(of: channel)
                let account = try await account(of: peer)
                let holder = Seats.Holder(userID: peer.userID, name: account.name, isReserved: isReserved(account, peer))
                if let refusal = present.seat(channel, for: holder) {
                    logger.warning("a client was turned away", metadata: ["reason": "\(refusal)"])
                    return await channel.goodbye(refusal)
                }
                let session = Session(
                    door: self, channel: channel, outbound: outbound, account: account, holder: holder,
                    isOwner: peer.userID == AccountDatabase.current)
                await session.run(ClientLines(inbound))
            }
        } catch {
            logger.debug("a connection ended", metadata: ["reason": "\(SafeText("\(error)"))"])
        }
    }

    /// Whether an account acts, or lets others act: who may only look never keeps these out.
    private func isReserved(_ account: Account, _ peer: PeerCredentials) -> Bool {
        let isOwner = peer.userID == AccountDatabase.current
        return isOwner || peer.userID == 0 || roles.gateways.contains(account.name.text)
            || roles.grant(of: account, isOwner: isOwner).highest >= .operator
    }

    private func credentials(of channel: any Channel) async throws -> PeerCredentials {
        guard let options = channel as? any SocketOptionProvider else { return PeerCredentials() }
        return try await options.unsafeGetSocketOption(
            level: .socket, name: .init(rawValue: PeerCredentials.option)
        ).get()
    }

    /// Looking up a name may take as long as the host's directory service does, so it happens on a thread for that.
    private func account(of peer: PeerCredentials) async throws -> Account {
        let (name, host) = try await NIOThreadPool.singleton.runIfActive {
            (AccountNames.name(ofUser: peer.userID), AccountNames.host)
        }
        return Account(name: name, proof: .socket(userID: peer.userID), host: host)
    }
}

extension Channel {
    /// How long a last line may take on its way, in seconds.
    private static var lastWordSeconds: Int64 { 1 }

    /// Says why the connection ends, and ends it; a client that does not read is not waited for.
    func goodbye(_ reason: SafeText) async {
        let line = (try? Wire.line(AgentLine.goodbye(reason))) ?? []
        let impatience = eventLoop.scheduleTask(in: .seconds(Self.lastWordSeconds)) { self.close(promise: nil) }
        try? await writeAndFlush(ByteBuffer(bytes: line))
        impatience.cancel()
        try? await close()
    }
}
