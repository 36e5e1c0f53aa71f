internal import NIOCore
internal import PromotionCore

/// The requests of one connection: a bounded number at a time, each answered with its number.
struct Requests: Sendable {
    let session: Session
    let account: Account
    let grant: Grant

    private enum Finished {
        case request, subscription
    }

    /// Serves requests until the client goes.
    func serve(_ lines: inout ClientLines) async throws {
        try await withThrowingTaskGroup(of: Finished.self) { group in
            try await read(&lines, &group)
            group.cancelAll()
        }
    }

    /// Reads line after line. While too many requests wait for their answers, nothing more is read.
    private func read(_ lines: inout ClientLines, _ group: inout ThrowingTaskGroup<Finished, any Error>) async throws {
        let relay = Relay(session: session)
        var inFlight = 0
        while let line = try await lines.next() {
            switch try await understand(line) {
            case .subscribe:
                if relay.begin() { group.addTask { await follow(relay) } }
            case .ask(let id, let request):
                inFlight += 1
                group.addTask { try await answer(id, request) }
            case .refuse(let id, let answer): try await session.write(.answer(id: id, answer))
            }
            while inFlight >= session.door.limits.requestsInFlight, let finished = try await group.next() {
                if finished == .request { inFlight -= 1 }
            }
        }
    }

    private func follow(_ relay: Relay) async -> Finished {
        await relay.run()
        return .subscription
    }

    private enum Understood {
        case subscribe
        case ask(id: Int64, OperatorRequest)
        case refuse(id: Int64, Answer)
    }

    /// What a line asks. A viewer's connection reads viewers' messages and no others.
    /// - Throws: `Session.End` for a line that has not even a number to answer to.
    private func understand(_ line: [UInt8]) async throws -> Understood {
        if grant.highest == .viewer {
            if let asked = try? Wire.read(Asked<ViewerRequest>.self, from: line) {
                return look(asked.id, asked.request)
            }
            let reason: SafeText =
                "this is a viewer's connection of \(account): it knows no such message, it may only look"
            let id = try number(of: line)
            // Read for the record alone: what it wanted, and where.
            let wanted = (try? Wire.read(Asked<OperatorRequest>.self, from: line))?.request
            await note(wanted?.name ?? "a message that nobody knows", at: wanted?.place, reason)
            return .refuse(id: id, .notPermitted(reason))
        }
        guard let asked = try? Wire.read(Asked<OperatorRequest>.self, from: line) else {
            let reason: SafeText = "this agent (\(session.door.agent.version)) does not understand the message"
            return .refuse(id: try number(of: line), .broken(reason))
        }
        if case .view(let request) = asked.request { return look(asked.id, request) }
        if let denial = grant.denial(of: asked.request, to: account) {
            await note(asked.request.name, at: asked.request.place, denial)
            return .refuse(id: asked.id, .notPermitted(denial))
        }
        return .ask(id: asked.id, asked.request)
    }

    /// Who asked for what may not be done is kept in the ledger, whether or not anybody looks.
    private func note(_ wanted: SafeText, at place: Place?, _ reason: SafeText) async {
        await session.door.engine.noteDenial(of: wanted, to: account, at: place, because: reason)
    }

    private func look(_ id: Int64, _ request: ViewerRequest) -> Understood {
        request == .subscribe ? .subscribe : .ask(id: id, .view(request))
    }

    private func number(of line: [UInt8]) throws -> Int64 {
        guard let asked = try? Wire.read(Numbered.self, from: line) else {
            throw Session.End(reason: "a line is not a message: it must be a JSON object with an id and a request")
        }
        return asked.id
    }

    private struct Numbered: Decodable {
        let id: Int64
    }

    private func answer(_ id: Int64, _ request: OperatorRequest) async throws -> Finished {
        guard case .view = request else {
            try await send(try await line(id, request), as: id)
            return .request
        }
        let (questions, holder) = (session.door.questions, session.holder)
        try await questions.enter(holder)
        defer { questions.read(holder) }
        let made: [UInt8]
        do {
            defer { questions.worked(holder) }
            made = try await line(id, request)
        }
        try await send(made, as: id)
        return .request
    }

    private func line(_ id: Int64, _ request: OperatorRequest) async throws -> [UInt8] {
        try Wire.line(AgentLine.answer(id: id, await ask(request)))
    }

    /// Sends an answer; a client that does not read it in time is sent away, since it holds the agent's memory.
    private func send(_ line: [UInt8], as id: Int64) async throws {
        let (channel, span) = (session.channel, session.door.limits.unread)
        let impatience = channel.eventLoop.scheduleTask(in: .milliseconds(span.count)) { channel.close(promise: nil) }
        defer { impatience.cancel() }
        if line.count <= Wire.answerLimit {
            try await session.outbound.write(ByteBuffer(bytes: line))
        } else {
            let reason: SafeText = "the answer has \(line.count) bytes, a client reads \(Wire.answerLimit); ask for less"
            try await session.write(.answer(id: id, .broken(reason)))
        }
    }

    /// A client that goes ends its own waiting and nothing else: what changes something is carried through.
    private func ask(_ request: OperatorRequest) async -> Answer {
        let (engine, account, grant) = (session.door.engine, account, grant)
        if case .view = request { return await engine.answer(request, by: account, with: grant) }
        return await Task { await engine.answer(request, by: account, with: grant) }.value
    }
}
