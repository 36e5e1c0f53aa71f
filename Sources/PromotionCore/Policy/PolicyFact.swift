/// What people decided by hand about what may be promoted, and who was not let.
package enum PolicyFact: Hashable, Sendable, Codable {
    case vetoed(digest: Digest, reason: SafeText)
    case pinned(digest: Digest, reason: SafeText)
    case unpinned(reason: SafeText)
    case frozen(FreezeScope, until: Timestamp, reason: SafeText)
    case thawed(FreezeScope, reason: SafeText)
    case overridden(OverrideRequest)
    case overrideClosed(number: Int64, reason: SafeText)
    /// Somebody asked for what the account may not do.
    case denied(wanted: SafeText, reason: SafeText)

    /// The name of the fact in the ledger.
    package var kind: String {
        switch self {
        case .vetoed: "veto.set"
        case .pinned: "environment.pinned"
        case .unpinned: "environment.unpinned"
        case .frozen: "freeze.set"
        case .thawed: "freeze.lifted"
        case .overridden: "override.set"
        case .overrideClosed: "override.closed"
        case .denied: "request.denied"
        }
    }

    /// What a history says of it: the noun, what became of it, and how that is meant.
    var words: (what: SafeText, result: SafeText, tone: HistoryLine.Tone) {
        switch self {
        case .vetoed(_, let reason): ("veto", "set: \(reason)", .alarm)
        case .pinned(_, let reason): ("pin", "set: \(reason)", .neutral)
        case .unpinned(let reason): ("pin", "lifted: \(reason)", .neutral)
        case .frozen(let scope, let until, let reason): ("freeze", "\(scope) until \(until): \(reason)", .alarm)
        case .thawed(let scope, let reason): ("freeze", "\(scope) lifted: \(reason)", .neutral)
        case .overridden(let request): ("override", "\(request.gate.rawValue): \(request.reason)", .alarm)
        case .overrideClosed(let number, let reason): ("override \(number)", "closed: \(reason)", .good)
        case .denied(let wanted, let reason): ("\(wanted)", "not permitted: \(reason)", .bad)
        }
    }

    /// The image that it names; nil where it names none.
    package var digest: Digest? {
        switch self {
        case .vetoed(let digest, _), .pinned(let digest, _): digest
        case .overridden(let request): request.digest
        case .unpinned, .frozen, .thawed, .overrideClosed, .denied: nil
        }
    }
}

/// What somebody wants opened, for what, and until when.
package struct OverrideRequest: Hashable, Sendable, Codable {
    package let gate: OverridableGate
    package let digest: Digest
    /// Who answers for it.
    package let owner: SafeText
    package let reason: SafeText
    package let expires: Timestamp

    package init(gate: OverridableGate, digest: Digest, owner: SafeText, reason: SafeText, expires: Timestamp) {
        self.gate = gate
        self.digest = digest
        self.owner = owner
        self.reason = reason
        self.expires = expires
    }
}

extension EnvironmentProjection {
    /// Folds what concerns one environment.
    mutating func apply(_ fact: PolicyFact, _ entry: LedgerEntry) {
        let (now, actor) = (entry.draft.at, entry.draft.actor)
        switch fact {
        case .vetoed(let digest, let reason):
            add(Veto(digest: digest, since: now, promotion: nil, by: actor, reason: reason))
        case .pinned(let digest, let reason): pin = Pin(digest: digest, since: now, by: actor, reason: reason)
        case .unpinned: pin = nil
        case .overridden(let request):
            overrides.append(
                Override(
                    number: entry.sequence, gate: request.gate, digest: request.digest, owner: request.owner, by: actor,
                    reason: request.reason, since: now, expires: request.expires))
        case .overrideClosed(let number, _): overrides.removeAll { $0.number == number }
        case .frozen, .thawed, .denied: return
        }
    }

    /// A veto stands until a person lifts it, however many there are. Of the failures of one image the first and the newest are
    /// kept, so that failing again and again does not make the list longer.
    mutating func add(_ veto: Veto) {
        vetoes.append(veto)
        guard veto.promotion != nil else { return }
        let same = vetoes.indices.filter { vetoes[$0].digest == veto.digest && vetoes[$0].promotion != nil }
        if same.count > 2 { vetoes.remove(at: same[1]) }
    }

    /// Promotions that an override remembers.
    private static let useLimit = 20

    /// Notes on the overrides of these numbers that a promotion went on because of them.
    mutating func spend(_ numbers: [Int64], on promotion: PromotionNumber) {
        for index in overrides.indices where numbers.contains(overrides[index].number) {
            guard !overrides[index].usedBy.contains(promotion) else { continue }
            overrides[index].usedBy.append(promotion, keepingLast: Self.useLimit)
        }
    }

    /// Notes on the overrides that silence what a promotion waited for that it goes on because of them.
    /// - Parameter waitedFor: what stood against it until now.
    mutating func spend(on promotion: Promotion, against waitedFor: [Objection], at now: Timestamp) {
        let needed = Set(waitedFor.compactMap { OverridableGate(silencing: $0.kind) })
        let open = overrides.filter {
            needed.contains($0.gate) && $0.opens($0.gate, for: promotion.plan.release.digests, at: now)
        }
        spend(open.map(\.number), on: promotion.number)
    }
}

extension Projection {
    /// Freezes by hand that may be in force at once.
    package static let freezeLimit = 100

    /// Folds what concerns more than one environment.
    mutating func apply(_ fact: PolicyFact, _ entry: LedgerEntry) {
        let now = entry.draft.at
        switch fact {
        case .frozen(let scope, let until, let reason):
            freezes.removeAll { $0.until <= now || $0.scope == scope }
            freezes.append(Freeze(scope: scope, since: now, until: until, by: entry.draft.actor, reason: reason))
            tell(of: fact, scope, entry)
        case .thawed(let scope, _):
            freezes.removeAll { $0.until <= now || $0.scope == scope }
            tell(of: fact, scope, entry)
        default: return
        }
    }

    /// A freeze of many services stands in the history of each.
    private mutating func tell(of fact: PolicyFact, _ scope: FreezeScope, _ entry: LedgerEntry) {
        for name in services.keys where scope.service == nil || scope.service == name {
            services[name]?.record(.policy(fact, entry, environment: scope.environment))
        }
    }
}
