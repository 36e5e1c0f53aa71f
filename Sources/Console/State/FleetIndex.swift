internal import PromotionCore

/// The services of a board in the order of their names, and how each of them does: kept, so that a screen of a thousand
/// services costs no more than the rows it shows.
struct FleetIndex: Sendable {
    /// How one service does.
    struct Standing: Hashable, Sendable {
        let mark: Mark
        let words: String
        let needsSomeone: Bool
        let isRunning: Bool
    }

    private(set) var index: [ServiceName: Int] = [:]
    private(set) var names: [ServiceName] = []
    /// Those that the filter lets through.
    private(set) var matching: [ServiceName] = []
    private(set) var standings: [ServiceName: Standing] = [:]
    private(set) var running = 0
    private(set) var waiting = 0
    private(set) var alarms = 0
    private(set) var onlyNeedy = false

    init() {}

    init(of board: Board, filter: String) {
        names = board.services.map(\.name).sorted()
        for (position, service) in board.services.enumerated() {
            index[service.name] = position
            standings[service.name] = Standing(of: service, in: board)
        }
        count()
        select(filter, onlyNeedy: false)
    }

    mutating func refresh(_ name: ServiceName, of board: Board, filter: String) {
        guard let position = index[name], position < board.services.count else { return }
        let standing = Standing(of: board.services[position], in: board)
        guard standings[name] != standing else { return }
        standings[name] = standing
        count()
        if onlyNeedy || !filter.isEmpty { select(filter, onlyNeedy: onlyNeedy) }
    }

    /// Keeps the services whose name or standing holds the text.
    mutating func select(_ filter: String, onlyNeedy: Bool) {
        self.onlyNeedy = onlyNeedy
        let wanted = filter.lowercased()
        guard onlyNeedy || !wanted.isEmpty else {
            matching = names
            return
        }
        matching = names.filter { name in
            guard let standing = standings[name], !onlyNeedy || standing.needsSomeone else { return false }
            return wanted.isEmpty || name.text.contains(wanted) || standing.words.lowercased().contains(wanted)
        }
    }

    private mutating func count() {
        (running, waiting, alarms) = (0, 0, 0)
        for standing in standings.values {
            if standing.isRunning { running += 1 }
            if standing.needsSomeone { waiting += 1 }
            if standing.mark == .alarm { alarms += 1 }
        }
    }
}

extension FleetIndex.Standing {
    init(of service: Service, in board: Board) {
        let ledger = board.projection.services[service.name]
        let unfinished = (ledger?.promotions ?? []).filter { !$0.hasEnded }.map(Self.init(of:))
        // One that waits for people is never hidden by a newer one that goes on by itself.
        if let standing = unfinished.last(where: \.needsSomeone) ?? unfinished.last {
            self = standing
            return
        }
        if let called = service.path.first(where: { ledger?.environments[$0.name]?.automation.calls.isEmpty == false }) {
            self.init(mark: .alarm, words: "calls in \(called.name)", needsSomeone: true, isRunning: false)
            return
        }
        let rows = board.shownRows(of: service)
        let (mark, words): (Mark, String) =
            if let row = rows.first(where: { !$0.drift.isEmpty }) {
                (.alarm, "drift in \(row.place.environment)")
            } else if let row = rows.first(where: { $0.health.isUnhealthy }) {
                (.fail, "unhealthy in \(row.place.environment)")
            } else if let row = rows.first(where: { $0.health.isUnknown }) {
                (.inconclusive, "unknown: \(row.place.environment)")
            } else if let gap = board.unreadables(of: service).first {
                (.inconclusive, "unread: \(gap.place.map { "\($0.environment)" } ?? gap.source.rawValue)")
            } else if let last = service.path.last,
                ledger?.environments[last.name]?.serving == nil
            {
                (.notYet, "nothing in \(last.name)")
            } else {
                (.pass, "healthy")
            }
        self.init(mark: mark, words: words, needsSomeone: mark == .alarm || mark == .fail, isRunning: false)
    }

    private init(of promotion: Promotion) {
        let (mark, words): (Mark, String) =
            switch promotion.state {
            case .rollbackFailed: (.alarm, "rollback failed")
            case .inconclusive:
                (.inconclusive, "inconclusive" + (promotion.deadline.map { " \($0.hourAndMinute)" } ?? ""))
            case .readyToSwitch: (.idle, "ready to switch")
            case .awaitingApproval: (.notYet, "awaiting approval")
            case .blocked:
                (
                    .active,
                    "blocked" + (promotion.objections.compactMap(\.earliest).max().map { " till \($0.hourAndMinute)" } ?? "")
                )
            case .baking: (.active, "baking" + (promotion.deadline.map { " until \($0.hourAndMinute)" } ?? ""))
            default: (.active, promotion.state.words)
            }
        self.init(mark: mark, words: words, needsSomeone: mark != .active, isRunning: promotion.isActive)
    }
}

extension SlotObservation.Health {
    var isUnhealthy: Bool { if case .unhealthy = self { true } else { false } }
    var isUnknown: Bool { if case .unknown = self { true } else { false } }
}
