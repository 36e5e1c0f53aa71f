internal import PromotionCore

/// What people have decided by hand so far: remembered from the facts alone.
struct Rulings: Sendable {
    /// A gate that was opened for an image.
    struct Opening: Sendable {
        let number: Int64
        let place: Place
        let gate: OverridableGate
        let digest: Digest
        let expires: Timestamp
        var closedAt: Timestamp?

        /// Whether it was open at some moment from one on.
        func wasOpen(from moment: Timestamp) -> Bool { expires > moment && (closedAt.map { $0 >= moment } ?? true) }
    }

    private var vetoes: [Place: [Digest: Timestamp]] = [:]
    private var pins: [Place: (digest: Digest, at: Timestamp)] = [:]
    private var freezes: [FreezeScope: (at: Timestamp, until: Timestamp)] = [:]
    private var openings: [Opening] = []
    private var holds: [Place: (lease: Lease, at: Timestamp)] = [:]
    private var approvals: [PromotionNumber: [Approval]] = [:]
    private var rests: Set<Place> = []

    /// Remembers what a fact says of a place.
    mutating func hear(_ fact: Fact, _ entry: LedgerEntry, at place: Place?) {
        let now = entry.draft.at
        switch (fact, place) {
        case (.policy(.frozen(let scope, let until, _)), _): freezes[scope] = (now, until)
        case (.policy(.thawed(let scope, _)), _): freezes[scope] = nil
        case (.policy(.vetoed(let digest, _)), let place?): vetoes[place, default: [:]][digest] = now
        case (.vetoLifted(let digest, _), let place?): vetoes[place]?[digest] = nil
        case (.policy(.pinned(let digest, _)), let place?): pins[place] = (digest, now)
        case (.policy(.unpinned), let place?): pins[place] = nil
        case (.policy(.overridden(let request)), let place?):
            openings.append(
                Opening(
                    number: entry.sequence, place: place, gate: request.gate, digest: request.digest, expires: request.expires))
        case (.policy(.overrideClosed(let number, _)), _):
            for index in openings.indices where openings[index].number == number { openings[index].closedAt = now }
        case (.lease(.held(let lease, _)), let place?): holds[place] = (lease, now)
        case (.lease(.returned), let place?): holds[place] = nil
        case (.automation(.stopped), let place?): rests.insert(place)
        case (.automation(.letGo), let place?): rests.remove(place)
        case (.happened(.approved(let approval)), _):
            if let number = entry.draft.promotion { approvals[number, default: []].append(approval) }
        default: return
        }
    }

    /// Images that somebody vetoed in a place by hand.
    func vetoed(at place: Place) -> Set<Digest> { Set((vetoes[place] ?? [:]).keys) }

    /// Whether somebody vetoed an image in a place before a moment, and nobody has lifted that.
    func isVetoed(_ digest: Digest, at place: Place, before moment: Timestamp) -> Bool {
        vetoes[place]?[digest].map { $0 < moment } ?? false
    }

    /// The image that a place was pinned to before a moment, and is.
    func pin(of place: Place, before moment: Timestamp) -> Digest? {
        pins[place].flatMap { $0.at < moment ? $0.digest : nil }
    }

    /// Whether a place has been frozen from before a moment until now.
    func isFrozen(_ place: Place, since moment: Timestamp, now: Timestamp) -> Bool {
        freezes.contains { scope, freeze in scope.covers(place) && freeze.at < moment && freeze.until > now }
    }

    /// Whether a gate was open for an image at some moment from one on; ever, where none is named.
    func wasOpened(_ gate: OverridableGate, for digest: Digest, at place: Place, from moment: Timestamp? = nil) -> Bool {
        openings.contains { opening in
            opening.gate == gate && opening.digest == digest && opening.place == place
                && (moment.map(opening.wasOpen) ?? true)
        }
    }

    /// Who has held a place by hand from before a moment until now.
    func holder(of place: Place, since moment: Timestamp, now: Timestamp) -> SafeText? {
        holds[place].flatMap { $0.at < moment && $0.lease.expires > now ? $0.lease.holder.owner.name : nil }
    }

    /// Different people, other than the starter, whose yes to the plan of a promotion counted at a moment.
    func agreed(to promotion: Promotion, under rule: ApprovalRule, at moment: Timestamp) -> Int {
        let counted = (approvals[promotion.number] ?? []).filter { approval in
            approval.plan == promotion.plan.hash && approval.role >= rule.leastRole
                && approval.at + rule.expires > moment && approval.by.name != promotion.startedBy.name
        }
        return Set(counted.map(\.by.name)).count
    }

    /// Whether somebody, or a failure, has stopped the automation of a place.
    func rests(_ place: Place) -> Bool { rests.contains(place) }
}
