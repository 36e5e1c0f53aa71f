import Console
import PromotionCore
import Testing

/// A console in a test: an agent's lines and keys go in, pictures and requests come out.
struct Screen {
    var state: ConsoleState
    var now: Timestamp
    /// Requests that went out, oldest first.
    var requests: [OperatorRequest] = []
    var lastID: Int64 = 0

    init(_ world: World, role: Role = .operator, options: ConsoleOptions = ConsoleOptions()) throws {
        now = world.now
        state = ConsoleState(options: options, at: now)
        state.gainedLink(at: now)
        try receive(.welcome(Welcome(account: World.alice, role: role, agent: world.board.agent)))
        try receive(.snapshot(world.board))
        try collect()
        requests = []
    }

    mutating func receive(_ line: AgentLine) throws {
        state.receive(Array(try Wire.line(line).dropLast()), at: now)
    }

    /// What happened in the world since it was last told.
    mutating func follow(_ world: inout World) throws {
        now = max(now, world.now)
        for change in world.take() { try receive(.change(change)) }
    }

    mutating func wait(_ milliseconds: Int64) {
        now = now + Milliseconds(milliseconds)
        state.tick(at: now)
    }

    mutating func press(_ keys: Key...) throws {
        for key in keys { state.handle(.key(key), at: now) }
        try collect()
    }

    mutating func type(_ text: String) throws {
        for character in text { state.handle(.key(.character(character)), at: now) }
        try collect()
    }

    mutating func collect() throws {
        for line in state.takeOutgoing() {
            if let asked = try? CanonicalJSON.decode(Asked<OperatorRequest>.self, from: line) {
                requests.append(asked.request)
                lastID = asked.id
            } else if let asked = try? CanonicalJSON.decode(Asked<ViewerRequest>.self, from: line) {
                requests.append(.view(asked.request))
                lastID = asked.id
            }
        }
    }

    /// Requests that were no question which opening a view asks by itself.
    var orders: [OperatorRequest] {
        requests.filter {
            switch $0 {
            case .view(.papers), .view(.retention): false
            default: true
            }
        }
    }

    /// What the open rollback sheet offers.
    var offer: RollbackOffer? {
        guard case .rollback(let shown)? = state.sheet?.kind else { return nil }
        return shown.offer
    }

    mutating func answer(_ answer: Answer) throws { try receive(.answer(id: lastID, answer)) }

    func text(_ columns: Int = 80, _ rows: Int = 24) -> String {
        state.frame(for: Size(columns: columns, rows: rows)).text
    }

    var status: String { state.status?.text.text ?? "" }
}
