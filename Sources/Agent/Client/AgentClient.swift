internal import Platform
package import PromotionCore

/// A small blocking client for commands: one line out, lines in, each with a deadline.
package final class AgentClient {
    /// Lines of a subscription that are kept while an answer is awaited.
    static let keptLimit = 4_096

    let descriptor: Int32
    var incoming = LineBuffer(limit: Wire.answerLimit)
    private var kept: [AgentLine] = []
    private var lastID: Int64 = 0
    private var isViewer = true

    /// Takes over a socket of `AgentSocket.connect` and closes it in the end.
    package init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { FileDescriptors.close(descriptor) }

    /// Says hello.
    /// - Parameter readOnly: asks for a viewer's connection, whatever the account may do.
    /// - Parameter person: who is behind a gateway's account.
    /// - Returns: who the agent takes this account for; its role is that of this connection.
    package func hello(
        readOnly: Bool, person: SafeText? = nil, within span: Milliseconds
    ) throws(AgentClientError) -> Welcome {
        let deadline = Deadline(in: span)
        try send(Hello(readOnly: readOnly, person: person?.text), until: deadline, span)
        guard case .welcome(let welcome) = try receive(until: deadline, span) else {
            throw .unreadable("no welcome came first")
        }
        isViewer = welcome.role == .viewer
        return welcome
    }

    /// Asks, and waits for the answer.
    /// - Parameter span: how long it may take.
    package func ask(_ request: OperatorRequest, within span: Milliseconds) throws(AgentClientError) -> Answer {
        if case .view(let request) = request { return try ask(request, within: span) }
        let deadline = Deadline(in: span)
        lastID += 1
        try send(Asked(id: lastID, request: request), until: deadline, span)
        return try answer(until: deadline, span)
    }

    /// Asks what changes nothing, and waits for the answer.
    /// - Parameter span: how long it may take.
    package func ask(_ request: ViewerRequest, within span: Milliseconds) throws(AgentClientError) -> Answer {
        let deadline = Deadline(in: span)
        try post(request, until: deadline, span)
        return try answer(until: deadline, span)
    }

    /// Asks for the board and every change from then on; they come as `nextLine`.
    package func subscribe(within span: Milliseconds) throws(AgentClientError) {
        try post(.subscribe, until: Deadline(in: span), span)
    }

    /// The next line of a subscription.
    /// - Returns: nil where nothing came in time.
    /// - Throws: `AgentClientError.goodbye` when the agent ends the connection.
    package func nextLine(within span: Milliseconds) throws(AgentClientError) -> AgentLine? {
        if !kept.isEmpty { return kept.removeFirst() }
        do throws(AgentClientError) {
            return try receive(until: Deadline(in: span), span)
        } catch .noAnswer {
            return nil
        }
    }

    /// The lines of a subscription until a moment.
    /// - Parameter span: how long to follow.
    package func lines(for span: Milliseconds) -> Lines { Lines(client: self, deadline: Deadline(in: span)) }

    /// Follows a subscription.
    package struct Lines {
        fileprivate let client: AgentClient
        fileprivate let deadline: Deadline

        /// The next line; nil when the time is over.
        package mutating func next() throws(AgentClientError) -> AgentLine? {
            while !deadline.hasPassed {
                if let line = try client.nextLine(within: Milliseconds(Int64(deadline.pollMilliseconds))) { return line }
            }
            return nil
        }
    }

    /// A viewer's connection knows no operator's messages, so what only looks is sent the way the connection reads it.
    private func post(
        _ request: ViewerRequest, until deadline: Deadline, _ span: Milliseconds
    ) throws(AgentClientError) {
        lastID += 1
        if isViewer {
            try send(Asked(id: lastID, request: request), until: deadline, span)
        } else {
            try send(Asked(id: lastID, request: OperatorRequest.view(request)), until: deadline, span)
        }
    }

    private func answer(until deadline: Deadline, _ span: Milliseconds) throws(AgentClientError) -> Answer {
        while true {
            guard !deadline.hasPassed else { throw .noAnswer(after: span) }
            let line = try receive(until: deadline, span)
            switch line {
            case .answer(lastID, let answer): return answer
            case .answer, .welcome: continue
            case .snapshot:
                kept = [line]
            case .change, .goodbye:
                guard kept.count < Self.keptLimit else { throw .tooMuch }
                kept.append(line)
            }
        }
    }
}
