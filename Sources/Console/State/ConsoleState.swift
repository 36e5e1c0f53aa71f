package import PromotionCore

/// What the console is started as.
package struct ConsoleOptions: Hashable, Sendable {
    package let isReadOnly: Bool
    /// A screen on a wall: every key but `q` and `?` is dead.
    package let isWall: Bool
    package let glyphs: Glyphs
    /// Who is behind a gateway's account.
    package let person: SafeText?
    /// Where files are written to that the operator asks for; `nil` if there is no such directory.
    package let directory: String?

    package init(
        isReadOnly: Bool = false, isWall: Bool = false, glyphs: Glyphs = .ascii, person: SafeText? = nil,
        directory: String? = nil
    ) {
        self.directory = directory
        self.person = person
        self.isReadOnly = isReadOnly || isWall
        self.isWall = isWall
        self.glyphs = glyphs
    }
}

/// Everything that a screen shows, and what keys, lines of the agent and time make of it.
///
/// It is a value: it reads no clock, sends nothing and draws nothing; its owner carries out what it leaves behind.
package struct ConsoleState: Interactive, Sendable {
    /// Whether the agent answers.
    package enum Link: Hashable, Sendable {
        case connecting
        case connected
        case lost(SafeText, since: Timestamp)
    }

    /// A short answer to a key, shown until the next one.
    package struct Status: Hashable, Sendable {
        package let text: SafeText
        package let style: Style
    }

    /// A line of text that is being typed.
    package enum Field: Hashable, Sendable {
        case filter(String)
        case command(String)

        static let limit = 120
    }

    /// What a request was for, so that its answer finds its place.
    enum Purpose: Hashable, Sendable {
        case subscribe
        case plan(PromotionRequest)
        case papers(ServiceName, Digest)
        case promote(PromotionRequest)
        case rollBack(Place)
        case undoRollback(Place)
        case abort(PromotionNumber)
        case goOn(PromotionNumber)
        /// An approval or a rejection.
        case approval(PromotionNumber)
        case lease(Place)
        case retention(ServiceName, RetentionPurpose)
        /// A page of the ledger, to be proved.
        case chain
    }

    /// The part of the stream on screen.
    struct StreamWindow: Hashable, Sendable {
        var isFollowing = true
        /// Number of the last entry on screen where it does not follow.
        var anchor: Int64 = 0
        var onlyFailures = false
        var marks: [Int64] = []

        static let markLimit = 20
    }

    /// The world as it was when the screen was frozen.
    struct Frozen: Sendable {
        let board: Board
        let at: Timestamp
    }

    struct ShownPlan: Sendable {
        let number: PromotionNumber
        let hash: Digest
    }

    package let options: ConsoleOptions
    package internal(set) var link = Link.connecting
    package internal(set) var welcome: Welcome?
    package internal(set) var board: Board?
    /// Why the board no longer follows the agent; nil while it does.
    package internal(set) var staleness: SafeText?
    package internal(set) var now: Timestamp
    package internal(set) var size = Size(columns: 80, rows: 24)
    /// Never empty; the last one is on screen.
    package internal(set) var views: [View] = [.fleet]
    package internal(set) var sheet: Sheet?
    package internal(set) var plan: PlanScreen?
    package internal(set) var field: Field?
    package internal(set) var status: Status?
    package internal(set) var filter = ""
    package internal(set) var timeStyle = TimeStyle.absolute
    package internal(set) var isFinished = false
    /// Every reason that the agent gave against the last request.
    package internal(set) var refusal: [Objection] = []
    /// The environment of that request; nil if it was about none.
    var refusedAt: Place?

    var cursors: [View: Cursor] = [:]
    var stream = StreamWindow()
    var frozen: Frozen?
    var fleet = FleetIndex()
    /// The letters that images were dealt in this session.
    package internal(set) var letters = Letters()
    var outlook: Outlook?
    /// What speaks for the release on screen, once its view was opened.
    var papers: ShownPapers?
    /// What retention would do, once its view was opened.
    package internal(set) var retention: RetentionScreen?
    /// The ledger, while it is being read from its beginning.
    var chain: ChainReading?
    /// The hash of the plan that the live view shows; kept, because hashing is too dear for every picture.
    var shownPlan: ShownPlan?
    /// Grows with every change of the board.
    var revision = 0
    var outgoing: [[UInt8]] = []
    var asked: [Int64: Purpose] = [:]
    var nextID: Int64 = 1
    /// What the terminal shall do, at most as many as one input can lead to.
    var effects: [TerminalEffect] = []
    /// Faults of the subscription in a row, and when it may be tried again.
    var faults = 0
    var lastFault: Timestamp?

    static let viewLimit = 16
    static let outgoingLimit = 64
    static let askedLimit = 32

    package init(options: ConsoleOptions = ConsoleOptions(), at now: Timestamp) {
        self.options = options
        self.now = now
    }

    /// The view on screen.
    package var view: View { views.last ?? .fleet }
    /// The board on screen: the frozen one, if any.
    var shown: Board? { frozen?.board ?? board }
    /// The moment that the screen shows.
    var shownNow: Timestamp { frozen?.at ?? now }
    /// Whether the agent answers and the board follows it.
    package var isFresh: Bool { link == .connected && staleness == nil && board != nil }

    package mutating func handle(_ input: TerminalInput, at now: Timestamp) {
        self.now = now
        switch input {
        case .resized(let size): self.size = Size(columns: max(0, size.columns), rows: max(0, size.rows))
        case .paste(let text): paste(text)
        case .key(let key): press(key)
        case .early(let key): press(key, isEarly: true)
        }
        settle()
    }

    package mutating func tick(at now: Timestamp) {
        self.now = now
        resubscribeIfDue()
        askForRunIfDue()
        settle()
    }

    package mutating func takeOutgoing() -> [[UInt8]] {
        defer { outgoing.removeAll(keepingCapacity: true) }
        return outgoing
    }

    package mutating func takeEffects() -> [TerminalEffect] {
        defer { effects.removeAll(keepingCapacity: true) }
        return effects
    }

    package func nextWake(after now: Timestamp) -> Timestamp? {
        let minute = now.millisecondsSinceEpoch >= 0 ? now.millisecondsSinceEpoch / 60_000 : 0
        let nextMinute = Timestamp(millisecondsSinceEpoch: (minute &+ 1) &* 60_000)
        let moments = [sheet?.deafUntil, plan?.deafUntil, resubscribeAt, outlook?.earliest, retentionDue]
            .compactMap(\.self).filter { $0 > now }
        return moments.reduce(nextMinute, min)
    }

    mutating func say(_ text: SafeText, _ style: Style = .plain) { status = Status(text: text, style: style) }

    /// Brings what follows from the board up to date, and looks whether what a sheet was opened on still holds.
    mutating func settle() {
        guard let board else { return }
        placeCursor()
        if let kind = sheet?.kind, case .rollback(let shown) = kind, sheet?.phase == .open, sheet?.changed == nil,
            let change = change(of: shown)
        {
            sheet?.changed = change
        }
        if let target = sheet?.approvalTarget, sheet?.phase == .open, sheet?.changed == nil, let change = change(of: target) {
            sheet?.changed = change
        }
        if let kind = sheet?.kind, sheet?.phase == .open, sheet?.changed == nil, let change = changeOfHands(kind) {
            sheet?.changed = change
        }
        if plan?.changed == nil, let change = plan?.change(in: board) { plan?.changed = change }
        if case .service(let name) = view { refreshOutlook(of: name) }
        if let promotion = livePromotion, shownPlan?.number != promotion.number {
            shownPlan = ShownPlan(number: promotion.number, hash: promotion.plan.hash)
        }
    }
}
