internal import Logging
internal import NIOCore
internal import Platform
internal import PromotionCore

/// One client's connection, from its hello to its end.
struct Session: Sendable {
    /// Why the agent ends a connection, as the client is told.
    struct End: Error {
        let reason: SafeText
    }

    let door: Door
    let channel: any Channel
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    /// By the kernel's word.
    let account: Account
    /// On whose account its connections and questions count.
    let holder: Seats.Holder
    let isOwner: Bool

    /// Serves the client until it goes or breaks the rules.
    func run(_ incoming: ClientLines) async {
        var lines = incoming
        do {
            guard let hello = try await greet(&lines) else { return }
            let person = try await person(hello)
            let configured = door.roles.grant(of: person, isOwner: isOwner && person == account)
            let grant = hello.readOnly ? Grant(.viewer) : configured
            try await write(.welcome(Welcome(account: person, grant: grant, agent: door.agent)))
            door.logger.info("a client came", metadata: ["account": "\(person)", "role": "\(grant.highest.rawValue)"])
            try await Requests(session: self, account: person, grant: grant).serve(&lines)
        } catch let end as End {
            door.logger.info("a client was sent away", metadata: ["account": "\(account)", "reason": "\(end.reason)"])
            await channel.goodbye(end.reason)
        } catch is LineBuffer.LineTooLong {
            await channel.goodbye("a message may be at most \(Wire.requestLimit) bytes")
        } catch {
            door.logger.debug("a client went", metadata: ["account": "\(account)", "reason": "\(SafeText("\(error)"))"])
        }
    }

    /// Who is there: the account itself, or the person that a gateway names.
    /// - Throws: `Session.End` where the account is no gateway, or the name no name.
    private func person(_ hello: Hello) async throws -> Account {
        guard let name = hello.person else { return account }
        let shown = SafeText(name, limit: 64)
        guard door.roles.gateways.contains(account.name.text), case .socket(let userID) = account.proof else {
            let reason: SafeText =
                "\(account.name) is no gateway here: only accounts under gateways may speak as somebody else (--as)"
            await door.engine.noteDenial(of: "speak as \(shown)", to: account, at: nil, because: reason)
            throw End(reason: reason)
        }
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            let reason: SafeText = "\"\(shown)\" is not a name: write 1 to 64 visible ASCII characters"
            await door.engine.noteDenial(of: "speak as \(shown)", to: account, at: nil, because: reason)
            throw End(reason: reason)
        }
        return Account(name: shown, proof: .gateway(account.name, userID: userID), host: account.host)
    }

    /// Sends one line; it waits while the client reads nothing.
    func write(_ line: AgentLine) async throws {
        try await outbound.write(ByteBuffer(bytes: try Wire.line(line)))
    }

    /// Reads the hello.
    /// - Returns: nil where the client went without a word.
    private func greet(_ lines: inout ClientLines) async throws -> Hello? {
        let channel = channel
        let span = door.limits.hello
        let impatience = channel.eventLoop.scheduleTask(in: .milliseconds(span.count)) {
            _ = Task { await channel.goodbye("no hello came within \(span)") }
        }
        defer { impatience.cancel() }
        guard let line = try await lines.next() else { return nil }
        guard let spoken = try? Wire.read(Spoken.self, from: line) else {
            throw End(reason: "the first line must be a hello with a protocolVersion")
        }
        guard spoken.protocolVersion == Wire.version else {
            throw End(
                reason: """
                    this agent (\(door.agent.version)) speaks protocol \(Wire.version), the client speaks \
                    \(spoken.protocolVersion); use the same version of baton on both sides
                    """)
        }
        guard let hello = try? Wire.read(Hello.self, from: line) else {
            throw End(reason: "the hello does not say whether it is readOnly")
        }
        return hello
    }

    /// The part of a hello that every version has.
    private struct Spoken: Decodable {
        let protocolVersion: Int
    }
}
