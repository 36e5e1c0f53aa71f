internal import Fixtures
internal import PromotionCore

/// Who watches the ledger grow and remembers what promises are held against: from the facts alone, without asking the code
/// that is under test what they mean.
struct Witness: Sendable {
    /// The word of an environment about an image: its newest result, and when it was rolled back there.
    struct Word: Sendable {
        var isWhole = false
        var at = Timestamp(millisecondsSinceEpoch: 0)
        var rejectedAt: Timestamp?
        /// The promotion that was rolled back then.
        var rejectedBy: PromotionNumber?

        /// Whether it is evidence: the newest result is good, and newer than any rollback.
        var holds: Bool { isWhole && (rejectedAt.map { at > $0 } ?? true) }
        /// When it last changed.
        var changedAt: Timestamp { max(at, rejectedAt ?? at) }
    }

    /// Every entry, folded as it comes.
    private(set) var projection = Projection()
    /// What was found running at first.
    private(set) var found: [Place: Set<Digest>] = [:]
    /// Places that an agent has changed.
    var hasChanged: Set<Place> = []
    /// Images that passed everything in a place at least once.
    private(set) var tested: [Place: Set<Digest>] = [:]
    private(set) var words: [Place: [Digest: Word]] = [:]
    /// Effects that some recorded state of the place's promotions asked for.
    private(set) var wanted: [Place: Set<Effect>] = [:]
    /// What was measured since the promotion's state was entered.
    private(set) var measured: [PromotionNumber: [CheckName: [Measurement]]] = [:]
    /// The agent that each fence was given to.
    var holders: [Place: [Fence: Int]] = [:]
    /// What people ordered of what they were offered, in the order they asked.
    var orders: [RollbackOrdered] = []
    /// Rollbacks that a person was told are under way.
    var promisedRollbacks: Set<PromotionNumber> = []
    /// Whether a stranger moved a tag: pointers then need not name what serves.
    var hasStranger = false
    /// Refusals with nothing else between them.
    private(set) var refusalsInARow = 0
    /// Entries that people want to hear of: ends and alarms, oldest first.
    private(set) var occasions: [Int64] = []
    /// What people decided by hand.
    private(set) var rulings = Rulings()
    private(set) var coverage = Coverage()
    /// How long what took, on the boot clock.
    var watch = Watch()

    mutating func found(_ digests: [Digest], at place: Place) { found[place, default: []].formUnion(digests) }

    func word(of place: Place, on digest: Digest) -> Word { words[place]?[digest] ?? Word() }

    /// Folds an entry.
    /// - Returns: the promotion it is about, before and after it.
    mutating func fold(_ entry: LedgerEntry) throws -> (before: Promotion?, after: Promotion?) {
        let number = entry.draft.promotion
        let before = number.flatMap { projection.promotion($0) }
        let waiting = entry.draft.place.flatMap { projection.services[$0.service]?.waiting(in: $0.environment) }
        try projection.apply(entry)
        if let waiting, waiting.number != number, let displaced = projection.promotion(waiting.number) {
            coverage.step(from: waiting, to: displaced)
        }
        return (before, number.flatMap { projection.promotion($0) })
    }

    /// Remembers what an entry says, once promises were held against what was known before it.
    mutating func remember(_ entry: LedgerEntry, _ fact: Fact, _ before: Promotion?, _ after: Promotion?) {
        rulings.hear(fact, entry, at: entry.draft.place)
        if let after, before?.state != after.state, after.isNews { occasions.append(entry.sequence) }
        if case .refused = fact { refusalsInARow += 1 } else { refusalsInARow = 0 }
        guard let place = entry.draft.place else { return }
        switch fact {
        case .evidence(let evidence):
            hear(isWhole: evidence.passed == evidence.total, evidence.digest, at: place, evidence.at)
        case .verified(let verification):
            guard verification.verdict == .pass || verification.verdict == .fail else { return }
            hear(isWhole: verification.verdict == .pass, verification.digest, at: place, entry.draft.at)
        case .vetoLifted(let digest, _): words[place]?[digest]?.rejectedAt = nil
        case .happened(let event): remember(event, before, after, place, entry.draft.at)
        case .adopted(let adoption): found(adoption.slots.values.map(\.digest), at: place)
        default: break
        }
        if let after { wanted[place, default: []].formUnion(after.pending.filter(\.changesWorld)) }
        if let owed = projection.services[place.service]?.environments[place.environment]?.dueSlot,
            let repository = projection.promotion(owed.promotion)?.plan.repository
        {
            let image = PinnedImage(repository: repository, digest: owed.release.digest)
            wanted[place, default: []].insert(.slotRuns(slot: owed.slot, image: image))
        }
        if before == nil, let after { coverage.begin(after) }
    }

    private mutating func remember(
        _ event: PromotionEvent, _ before: Promotion?, _ after: Promotion?, _ place: Place, _ now: Timestamp
    ) {
        guard let before, let after else { return }
        if after.enteredAt != before.enteredAt || after.state != before.state { measured[after.number] = nil }
        if case .measured(_, let check, let measurement) = event, after.state == before.state {
            measured[after.number, default: [:]][check, default: []].append(measurement)
        }
        coverage.step(from: before, to: after)
        switch after.state.outcome {
        case .succeeded:
            hear(isWhole: true, after.plan.release.digest, at: place, now)
            let word = words[place]?[after.plan.release.digest]
            if let undone = after.plan.undoes, word?.rejectedBy == undone {
                words[place]?[after.plan.release.digest]?.rejectedAt = nil
            }
        case .rolledBack, .rolledBackUnverified:
            let rejected = after.plan.kind == .promotion ? after.plan.release : after.plan.live?.release
            // A person may spare what goes, unless a failed gate had begun to take it back before.
            let isSpared = after.automaticRollbacks == 0 && after.ordered?.vetoes == false
            guard let rejected, !isSpared else { return }
            words[place, default: [:]][rejected.digest, default: Word()].rejectedAt = now
            words[place]?[rejected.digest]?.rejectedBy = after.number
        default: break
        }
    }

    private mutating func hear(isWhole: Bool, _ digest: Digest, at place: Place, _ now: Timestamp) {
        if isWhole { tested[place, default: []].insert(digest) }
        words[place, default: [:]][digest, default: Word()].isWhole = isWhole
        words[place, default: [:]][digest, default: Word()].at = now
    }
}

extension Promotion {
    /// Whether people want to hear of the state that it has come to.
    fileprivate var isNews: Bool {
        switch state {
        case .rollbackFailed, .ended(.succeeded), .ended(.failed), .ended(.expired), .ended(.rolledBack),
            .ended(.rolledBackUnverified):
            true
        default: false
        }
    }
}

extension World.State {
    /// Takes an entry into the ledger and holds every promise against it.
    /// - Parameters:
    ///   - now: the world's own time.
    ///   - reading: the clocks of the agent's host.
    mutating func record(_ entry: LedgerEntry, _ now: Timestamp, _ reading: ClockReading) {
        // Out of the state while moments hold copies of it, so that the list grows in place.
        var book: [LedgerEntry] = []
        swap(&book, &entries)
        book.append(entry)
        hold(entry, now, reading)
        swap(&book, &entries)
    }

    private mutating func hold(_ entry: LedgerEntry, _ now: Timestamp, _ reading: ClockReading) {
        do {
            let fact = try entry.fact()
            let (before, after) = try witness.fold(entry)
            if story != nil { story?.append("\(entry.draft.at.clock)     #\(entry.sequence) \(Self.words(entry, fact, after))") }
            let moment = Recorded(entry, fact, before, after, self, reading)
            for promise in Promises.ofEntries { check(promise.breach(moment)) }
            for promise in Promises.ofRulings { check(promise.breach(moment)) }
            for promise in Promises.ofClocks { check(promise.breach(moment)) }
            for promise in Promises.ofAnswers { check(promise.breach(moment)) }
            witness.remember(entry, fact, before, after)
            witness.watch.hear(fact, before, after, reading.boot.elapsed)
            if before?.state != after?.state, let after { spring(after, now) }
        } catch {
            check("Every entry can be folded: entry \(entry.sequence) \(entry.draft.kind) cannot: \(error)")
        }
    }

    private static func words(_ entry: LedgerEntry, _ fact: Fact, _ after: Promotion?) -> String {
        let detail: String =
            switch fact {
            case .happened(let event): event.detail.text
            case .started(let start): "\(start.plan.release.digest.short()) into \(start.plan.slot)"
            case .refused(let refusal): refusal.objections.first.map { "\($0)" } ?? ""
            default: ""
            }
        let place = entry.draft.place.map { "\($0)" } ?? ""
        let state = after.map { "[\($0.number) \($0.state.words)]" } ?? ""
        return "\(place) \(entry.draft.kind) \(detail) \(state)"
    }
}
