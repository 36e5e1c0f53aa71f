internal import Logging
internal import NIOCore
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
    let account: Account
    let isOwner: Bool

    /// Serves the client until it goes or breaks the rules.
    func run(_ incoming: ClientLines) async {
        var lines = incoming
        do {
            let isReadOnly = try await greet(&lines)
            guard let isReadOnly else { return }
            let configured = door.roles.role(of: account, isOwner: isOwner)
            let role = isReadOnly ? .viewer : configured
            try await write(.welcome(Welcome(account: account, role: role, agent: door.agent)))
            door.logger.info("a client came", metadata: ["account": "\(account)", "role": "\(role.rawValue)"])
            try await Requests(session: self, role: role).serve(&lines)
        } catch let end as End {
            door.logger.info("a client was sent away", metadata: ["account": "\(account)", "reason": "\(end.reason)"])
            await channel.goodbye(end.reason)
        } catch is LineBuffer.LineTooLong {
            await channel.goodbye("a message may be at most \(Wire.requestLimit) bytes")
        } catch {
            door.logger.debug("a client went", metadata: ["account": "\(account)", "reason": "\(SafeText("\(error)"))"])
        }
    }

    /// Sends one line; it waits while the client reads nothing.
    func write(_ line: AgentLine) async throws {
        try await outbound.write(ByteBuffer(bytes: try Wire.line(line)))
    }

    /// Reads the hello.
    /// - Returns: whether the client only wants to look; nil where it went without a word.
    private func greet(_ lines: inout ClientLines) async throws -> Bool? {
        let channel = channel
        let span = door.limits.hello
        let impatience = channel.eventLoop.scheduleTask(in: .milliseconds(span.count)) {
            _ = Task { await channel.goodbye("no hello came within \(span)") }
        }
        defer { impatience.cancel() }
        guard let line = try await lines.next() else { return nil }
        guard let spoken = try? CanonicalJSON.decode(Spoken.self, from: line) else {
            throw End(reason: "the first line must be a hello with a protocolVersion")
        }
        guard spoken.protocolVersion == Wire.version else {
            throw End(
                reason: """
                    this agent (\(door.agent.version)) speaks protocol \(Wire.version), the client speaks \
                    \(spoken.protocolVersion); use the same version of baton on both sides
                    """)
        }
        guard let hello = try? CanonicalJSON.decode(Hello.self, from: line) else {
            throw End(reason: "the hello does not say whether it is readOnly")
        }
        return hello.readOnly
    }

    /// The part of a hello that every version has.
    private struct Spoken: Decodable {
        let protocolVersion: Int
    }
}
