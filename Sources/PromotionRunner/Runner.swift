internal import Logging
package import PromotionCore

/// Runs promotions: records every fact first, derives what must be made true from the ledger's state, and performs it.
///
/// It is the only writer of its ledger. It decides nothing: plans, transitions and verdicts come from the core.
package actor Runner: Engine {
    let wirings: [ServiceName: ServiceWiring]
    let ledger: any Ledger
    let leases: any LeaseStore
    nonisolated let time: TimeSource
    let identity: Account
    /// This run of the agent; leases name it.
    let session: String
    let trust: Trust
    let aftermath: Aftermath
    /// Rings where something may be owed after an end.
    let bell = Bell()
    let logger: Logger

    private(set) var board: Board
    var mailboxes: [PromotionNumber: Mailbox] = [:]
    /// Changes of the world under way, by the promotion that began them; one may outlast its promotion, and its lease.
    var changes: [PromotionNumber: (place: Place, effects: [Effect])] = [:]
    let jointNews = JointNews()
    /// When an environment that is promoted automatically is planned again.
    var automationLooks: [Place: Timestamp] = [:]
    /// What is known of the candidates of services.
    var candidateWatches: [ServiceName: CandidateWatch] = [:]
    /// What was last seen of the pointer tags of environments.
    var pointerLooks: [Place: PointerLook] = [:]
    /// When the images that environments could go back to were last looked for, on the boot clock.
    var goalLooks: [Place: Milliseconds] = [:]
    var observers: [Task<Void, Never>] = []
    /// Looks at environments, numbered as they begin.
    var lastLook = 0
    /// Until when a first answer waits for the first look at everything, on the boot clock.
    var firstLookEnd = Milliseconds.zero
    /// What of each service could not be read at the last look.
    var gaps: [ServiceName: [Unreadable]] = [:]
    /// The look whose result is shown.
    var looks: [Place: Int] = [:]
    /// Pointer tags that the last look saw to name something else than the ledger says.
    var strayed: [Place: [Tag: PointerDrift]] = [:]
    private var subscribers: [Int: AsyncStream<BoardChange>.Continuation] = [:]
    private var lastSubscriber = 0
    private var isWriting = false
    private var writers: [CheckedContinuation<Void, Never>] = []
    private var savedAt: Int64 = 0
    /// The projection that the ledger holds; nil where it holds none.
    private var saved: SavedProjection?
    /// Whether the ledger may hold an entry that it could not say was written.
    private var isInDoubt = false
    /// Places whose debts are being settled.
    var settling: [Place: Task<Void, Never>] = [:]
    /// Counts what ends the wait of such a task.
    var nudges: [Place: Int] = [:]
    /// Denials that were kept lately, and when on the boot clock.
    var denials: [Denial: Milliseconds] = [:]
    /// Denials beyond an account's budget, by whose account they count on.
    var unkeptDenials: [SafeText: UnkeptDenials] = [:]
    /// When notices that could not be delivered are tried again.
    var noticeRetries: [Int64: NoticeRetry] = [:]
    /// Number of the last work that was begun on an effect.
    var lastWork = 0
    /// What retention remembers between two requests.
    var retention = RetentionDesk()
    /// What images are made of, as far as somebody asked.
    var shelf = ImageShelf()

    /// Changes that a subscriber may lag behind before it has to begin again.
    private static let backlogLimit = 2_000
    /// Entries between two saved projections.
    private static let snapshotEvery: Int64 = 1_000

    init(
        wirings: [ServiceWiring], ledger: any Ledger, leases: any LeaseStore, time: TimeSource, identity: Account,
        session: String, trust: Trust, aftermath: Aftermath,
        logger: Logger, board: Board, saved: SavedProjection?
    ) {
        self.wirings = Dictionary(wirings.map { ($0.service.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.ledger = ledger
        self.leases = leases
        self.time = time
        self.identity = identity
        self.session = session
        self.trust = trust
        self.aftermath = aftermath
        self.logger = logger
        self.board = board
        savedAt = board.projection.head.sequence
        self.saved = saved
    }

    nonisolated package var unownedExecutor: UnownedSerialExecutor { time.executor.asUnownedSerialExecutor() }

    package func subscribe() -> Subscription {
        lastSubscriber += 1
        let number = lastSubscriber
        let (stream, continuation) = AsyncStream.makeStream(
            of: BoardChange.self, bufferingPolicy: .bufferingOldest(Self.backlogLimit))
        continuation.onTermination = { [weak self, time] _ in
            Task(executorPreference: time.executor) { await self?.unsubscribe(number) }
        }
        subscribers[number] = continuation
        return Subscription(board: board, changes: stream)
    }

    /// Whether somebody follows the board.
    var isWatched: Bool { !subscribers.isEmpty }

    private func unsubscribe(_ number: Int) { subscribers[number] = nil }

    /// Records one fact, then keeps what it changes, then tells the viewers: in this order, one at a time.
    /// - Parameter objection: asked once nothing else is being written; a reason cancels the fact.
    /// - Throws: `Fault` of the ledger, `PromotionFault` where the fact cannot happen, `Refused` with the objection.
    @discardableResult
    func record(
        _ fact: Fact, by actor: Account, place: Place? = nil, promotion: PromotionNumber? = nil, fence: Fence? = nil,
        unless objection: (Projection) -> Objection? = { _ in nil }
    ) async throws -> LedgerEntry {
        await beginWriting()
        defer { endWriting() }
        if isInDoubt { try await catchUp() }
        try await recordStep()
        if let objection = objection(board.projection) { throw Refused(objection: objection) }
        let now = max(time.now(), Timestamp(millisecondsSinceEpoch: 0))
        if case .happened(let event) = fact, let promotion, var copy = board.projection.promotion(promotion) {
            try copy.apply(event, at: now)
        }
        if case .joint(let number, let event) = fact, var copy = board.projection.joint(number) { try copy.apply(event, at: now) }
        let entry = try await append(
            LedgerDraft(fact, at: now, by: actor, place: place, promotion: promotion, fence: fence))
        raise(nil)
        await saveSnapshotIfDue()
        return entry
    }

    /// Records a step of the wall clock before anything else is: what is recorded after it goes by the clock as it is now.
    private func recordStep() async throws {
        guard let step = time.step else { return }
        let now = max(step.reading.wall, Timestamp(millisecondsSinceEpoch: 0))
        try await append(LedgerDraft(.clockStepped(step), at: now, by: identity))
        time.agree(on: step)
        doubtClock(after: step)
        logger.warning("the wall clock was set", metadata: ["by": "\(step.by)"])
        recountWaits()
    }

    /// Records a step of the wall clock that was seen while nothing else was to be recorded.
    func noteClock() async {
        await beginWriting()
        defer { endWriting() }
        do {
            if isInDoubt { try await catchUp() }
            try await recordStep()
        } catch {
            logger.warning("a step of the wall clock was not recorded", metadata: ["error": "\(error)"])
        }
    }

    /// Appends and keeps one entry. Where the ledger cannot say whether it was written, the ledger itself is read: an entry
    /// that is there has happened, and is not written a second time.
    @discardableResult
    private func append(_ draft: LedgerDraft) async throws -> LedgerEntry {
        let entry: LedgerEntry
        do throws(Fault) {
            entry = try await ledger.append(draft)
        } catch {
            raise(error.reason)
            guard error.kind == .unknown else { throw error }
            isInDoubt = true
            guard let written = try await catchUp().first(where: { $0.draft == draft }) else { throw error }
            return written
        }
        return try keep(entry)
    }

    /// Takes what the ledger holds beyond what is known here.
    @discardableResult
    private func catchUp() async throws -> [LedgerEntry] {
        let entries = try await ledger.entries(after: board.projection.head.sequence, limit: 1_000)
        for entry in entries { try keep(entry) }
        isInDoubt = false
        return entries
    }

    @discardableResult
    private func keep(_ entry: LedgerEntry) throws -> LedgerEntry {
        try board.apply(.entry(entry))
        publish(.entry(entry))
        issuePassport(after: entry)
        bell.ring()
        // A refusal changes nothing that a joint release could wait for: it would only be asked, and refused, once more.
        if case .refused = try entry.fact() { return entry }
        nudgeJoints()
        forgetLooks(after: entry)
        return entry
    }

    /// A reason that came up between the request and its record.
    struct Refused: Error {
        let objection: Objection
    }

    /// Takes an observation or an alarm: nothing that the ledger keeps.
    func show(_ change: BoardChange) {
        do {
            try board.apply(change)
            publish(change)
        } catch {
            logger.error("a change could not be shown", metadata: ["error": "\(error)"])
        }
    }

    /// Shows what keeps the agent from working, or that nothing does any more.
    private func raise(_ alarm: SafeText?) {
        guard board.alarm != alarm else { return }
        if let alarm { logger.error("the ledger cannot be written", metadata: ["reason": "\(alarm)"]) }
        show(.alarm(alarm))
    }

    private func publish(_ change: BoardChange) {
        for (number, subscriber) in subscribers {
            if case .dropped = subscriber.yield(change) {
                subscriber.finish()
                subscribers[number] = nil
            }
        }
    }

    private func beginWriting() async {
        guard isWriting else {
            isWriting = true
            return
        }
        await withCheckedContinuation { writers.append($0) }
    }

    private func endWriting() {
        if writers.isEmpty { isWriting = false } else { writers.removeFirst().resume() }
    }

    private func saveSnapshotIfDue() async {
        guard board.projection.head.sequence - savedAt >= Self.snapshotEvery else { return }
        await saveSnapshot()
    }

    /// Keeps the projection, so that the next start need not fold the whole ledger.
    func saveSnapshot() async {
        savedAt = board.projection.head.sequence
        let projection = board.projection
        guard let snapshot = try? SavedProjection.snapshot(of: projection, after: saved) else { return }
        do throws(Fault) {
            try await ledger.save(snapshot)
            saved = SavedProjection(projection, as: snapshot)
        } catch {
            // What the store still has of it is not known; the next one is saved whole.
            saved = nil
            logger.warning("the projection was not saved", metadata: ["reason": "\(error.reason)"])
        }
    }

    /// Ends observing and running at once and keeps nothing: what is left to do where the ledger is another agent's by now.
    package func abandon() {
        for observer in observers { observer.cancel() }
        for task in settling.values { task.cancel() }
        for mailbox in mailboxes.values { mailbox.close() }
        mailboxes.removeAll()
        for subscriber in subscribers.values { subscriber.finish() }
    }

    /// Ends observing and running; promotions go on when an agent starts again.
    package func stop() async {
        abandon()
        await beginWriting()
        await saveSnapshot()
        endWriting()
    }
}
