package import PromotionCore

extension ConsoleState {
    package mutating func gainedLink(at now: Timestamp) {
        self.now = now
        link = .connected
        welcome = nil
        asked = [:]
        outgoing = []
        faults = 0
        lastFault = nil
        staleness = "waiting for the agent's first picture"
        if let line = try? CanonicalJSON.encode(Hello(readOnly: options.isReadOnly, person: options.person?.text)) {
            outgoing.append(line)
        }
        settle()
    }

    package mutating func lostLink(_ reason: SafeText, at now: Timestamp) {
        self.now = now
        loseLink(reason)
        settle()
    }

    package mutating func receive(_ line: [UInt8], at now: Timestamp) {
        self.now = now
        defer { settle() }
        guard line.count <= Wire.answerLimit else { return fault("a line of the agent is longer than it may be") }
        guard let message = try? Wire.read(AgentLine.self, from: line) else {
            return fault("a line of the agent cannot be read")
        }
        switch message {
        case .welcome(let welcome): meet(welcome)
        case .snapshot(let board): take(board)
        case .change(let change): take(change)
        case .answer(let id, let answer): take(answer, to: id)
        case .goodbye(let reason): loseLink(reason)
        }
    }

    private mutating func meet(_ welcome: Welcome) {
        guard welcome.protocolVersion == Wire.version else {
            return loseLink(
                "the agent speaks version \(welcome.protocolVersion) of the protocol, this console \(Wire.version): use one version"
            )
        }
        self.welcome = welcome
        ask(.subscribe, for: .subscribe)
    }

    /// Whether this connection knows only what changes nothing: as it was asked for, or as the agent sees the account.
    var isViewer: Bool { options.isReadOnly || welcome?.role == .viewer }

    private mutating func loseLink(_ reason: SafeText) {
        if case .lost(_, let since) = link {
            link = .lost(reason, since: since)
        } else {
            link = .lost(reason, since: now)
        }
        let wasChanging = asked.values.contains { $0.changesWorld }
        asked = [:]
        outgoing = []
        if plan?.phase == .asked { leavePlan() }
        chain = nil
        if retention?.phase == .asked { retention?.phase = .failed("the agent went away before it answered; p asks again") }
        if wasChanging {
            if plan?.phase == .sent { leavePlan() }
            if sheet?.phase == .sent { sheet = nil }
            say("the agent went away before it answered: whether it took your request shows when it is back", .alarm)
        }
    }

    mutating func take(_ board: Board) {
        self.board = board
        revision &+= 1
        staleness = nil
        fleet = FleetIndex(of: board, filter: filter)
        for service in board.services { letters.deal(service.name, on: board) }
        let isFirst = views == [.fleet]
        if isFirst, board.services.count == 1, let only = board.services.first { views = [.service(only.name)] }
        views.removeAll { view in view.service.map { fleet.index[$0] == nil } ?? false }
        if views.isEmpty { views = [rootView] }
    }

    private mutating func take(_ change: BoardChange) {
        // Until the next whole picture a change says nothing: it may follow on one that was missed.
        guard staleness == nil, board != nil else { return }
        do { try board?.apply(change) } catch {
            return fault("a change of the agent does not follow on this picture: \(SafeText("\(error)", limit: 200))")
        }
        revision &+= 1
        guard let name = change.service, let board else { return }
        fleet.refresh(name, of: board, filter: filter)
        if change.mayBringImages { letters.deal(name, on: board) }
    }

    /// What the board shows may be wrong: it is asked for anew, a few times at once and then once a minute.
    private mutating func fault(_ reason: SafeText) {
        staleness = reason
        guard link == .connected else { return }
        if let last = lastFault, (now - last).count > 60_000 { faults = 0 }
        faults += 1
        lastFault = now
        if faults <= Self.faultLimit { ask(.subscribe, for: .subscribe) }
    }

    static let faultLimit = 3

    /// When the subscription is tried again after too many faults.
    var resubscribeAt: Timestamp? {
        guard link == .connected, staleness != nil, faults > 0, let lastFault else { return nil }
        return lastFault + .minutes(1)
    }

    mutating func resubscribeIfDue() {
        guard let due = resubscribeAt, now >= due else { return }
        lastFault = now
        ask(.subscribe, for: .subscribe)
    }

    /// Sends what changes nothing.
    mutating func ask(_ request: ViewerRequest, for purpose: Purpose) {
        guard link == .connected else { return say("the agent does not answer", .alarm) }
        let id = nextID
        let line =
            isViewer
            ? try? CanonicalJSON.encode(Asked(id: id, request: request))
            : try? CanonicalJSON.encode(Asked(id: id, request: OperatorRequest.view(request)))
        enqueue(line, id, purpose)
    }

    /// Sends what the agent is to do; a read-only connection has no such message.
    mutating func order(_ request: OperatorRequest, for purpose: Purpose) {
        guard !isViewer, isFresh else { return say("the agent does not answer", .alarm) }
        enqueue(try? CanonicalJSON.encode(Asked(id: nextID, request: request)), nextID, purpose)
    }

    private mutating func enqueue(_ line: [UInt8]?, _ id: Int64, _ purpose: Purpose) {
        guard let line, line.count <= Wire.requestLimit else { return say("that is too long to send", .bad) }
        guard outgoing.count < Self.outgoingLimit, asked.count < Self.askedLimit else {
            return say("the agent has not answered earlier requests yet", .warning)
        }
        nextID &+= 1
        asked[id] = purpose
        outgoing.append(line)
    }
}

extension ConsoleState.Purpose {
    /// Whether an answer that never comes leaves it open what happened.
    var changesWorld: Bool {
        switch self {
        case .subscribe, .plan, .papers, .chain: false
        case .promote, .rollBack, .undoRollback, .abort, .goOn, .approval, .lease: true
        case .retention(_, let purpose): purpose.changesWorld
        }
    }
}

extension BoardChange {
    /// Whether a board may show other images after it.
    var mayBringImages: Bool {
        switch self {
        case .entry, .candidates: true
        case .observed, .absence, .candidatesLooked, .goals, .automation, .copying, .alarm: false
        }
    }

    /// The service that it belongs to.
    var service: ServiceName? {
        switch self {
        case .entry(let entry): entry.draft.place?.service
        case .observed(let place, _): place.service
        case .candidates(let service, _), .absence(let service, _), .candidatesLooked(let service, _): service
        case .goals(let place, _), .automation(let place, _): place.service
        case .copying, .alarm: nil
        }
    }
}

extension View {
    /// The service that it shows; nil for the fleet, help and plans.
    var service: ServiceName? {
        switch self {
        case .service(let name), .candidates(let name), .live(let name, _), .history(let name), .release(let name, _),
            .retention(let name):
            name
        case .why(.row(let place, _)): place.service
        case .why(.service(let name)), .why(.retained(let name, _)): name
        case .fleet, .plan, .why, .help, .approvals: nil
        }
    }
}
