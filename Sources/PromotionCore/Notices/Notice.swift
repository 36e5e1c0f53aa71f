/// Something that people want to hear of, whole: whoever sends it needs nothing else.
package struct Notice: Hashable, Sendable, Codable {
    package let occasion: Occasion
    /// Number of the ledger entry that gave the occasion.
    package let sequence: Int64
    package private(set) var at: Timestamp
    /// Nil where it is about an environment and not about a promotion; so are its kind and its repository.
    package let promotion: PromotionNumber?
    package let kind: PromotionPlan.Kind?
    package let place: Place
    package let repository: RepositoryName?
    /// What served before; nil where nothing did.
    package let from: ReleaseName?
    /// What was to serve; nil where it is about no release.
    package let to: ReleaseName?
    package let by: SafeText
    /// The state that it stands in: "rolled back".
    package let state: String
    /// What a person is called for; nil for every other occasion.
    package let call: Call?
    package let reason: SafeText?
    package let nextStep: SafeText?

    /// The notice that an event gives; nil where it gives none.
    init?(_ promotion: Promotion, from before: PromotionState, sequence: Int64, at now: Timestamp) {
        guard let occasion = Occasion(promotion, from: before) else { return nil }
        let plan = promotion.plan
        self.occasion = occasion
        self.sequence = sequence
        at = now
        self.promotion = promotion.number
        kind = plan.kind
        place = plan.place
        repository = plan.repository
        from = plan.live.map { ReleaseName($0.release) }
        to = ReleaseName(plan.release)
        by = promotion.startedBy.name
        state = promotion.endWords?.text ?? promotion.state.words
        call = nil
        reason = promotion.pause?.reason ?? promotion.failure?.reason ?? (occasion == .succeeded ? nil : promotion.reason)
        nextStep = Self.nextStep(promotion, occasion, now)
    }

    /// The notice that a person is called.
    init(_ call: Call, serving: Release?, at place: Place, _ entry: LedgerEntry) {
        occasion = .called
        sequence = entry.sequence
        at = entry.draft.at
        promotion = entry.draft.promotion
        kind = nil
        self.place = place
        repository = nil
        from = serving.map(ReleaseName.init)
        to = call.digest.map { ReleaseName(digest: $0, tag: nil) }
        by = entry.draft.actor.name
        state = "calls for a person: \(call.kind.rawValue)"
        reason = call.reason
        nextStep = "\(call.remedy) (\(call.role.rawValue) or more)"
        self.call = call
    }

    /// The notice that an environment was adopted as empty by mistake.
    init(_ found: Fact.Readoption, serving: Release?, at place: Place, _ entry: LedgerEntry) {
        occasion = .called
        sequence = entry.sequence
        at = entry.draft.at
        promotion = nil
        kind = nil
        self.place = place
        repository = nil
        from = serving.map(ReleaseName.init)
        to = nil
        by = entry.draft.actor.name
        state = "was adopted as empty by mistake, and is adopted again"
        call = nil
        reason = found.words
        nextStep = "look at baton status: what runs can be rolled back to from now on"
    }

    /// The same notice where the wall clock was set since: as old as before.
    func shifted(by step: Milliseconds) -> Notice {
        var copy = self
        copy.at = at + step
        return copy
    }

    private static func nextStep(_ promotion: Promotion, _ occasion: Occasion, _ now: Timestamp) -> SafeText? {
        switch occasion {
        case .succeeded:
            return promotion.owed.isEmpty ? nil : "it serves; a tag could not be moved and is tried again: baton status"
        case .called: return nil
        case .waiting:
            let until = promotion.deadline.map { " before \($0)" } ?? ""
            return "\(word(for: promotion)); somebody has to decide\(until)"
        case .failed, .rolledBack, .rollbackFailed:
            return FailureNote(promotion, at: now)?.nextStep ?? "nobody decided in time: plan it again"
        }
    }

    /// What somebody can say to a promotion that waits.
    private static func word(for promotion: Promotion) -> String {
        let number = promotion.number
        return switch promotion.state {
        case .awaitingApproval:
            "baton approve \(number) agrees (it needs \(promotion.plan.approval?.words.text ?? "nobody")), baton reject \(number) says no"
        case .stalled: "baton retry \(number) tries the step again, baton abort \(number) stops it"
        case .paused: "baton resume \(number) lets it go on, baton abort \(number) stops it"
        default: "baton continue \(number) lets it go on, baton abort \(number) stops it"
        }
    }
}

/// What became of telling people: a fact of the ledger.
package struct Told: Hashable, Sendable, Codable {
    package let occasion: Occasion
    /// The entry that gave the occasion.
    package let sequence: Int64
    package let deliveries: [Delivery]

    /// One receiver, and what became of it.
    package struct Delivery: Hashable, Sendable, Codable {
        package let receiver: SafeText
        package let tries: Int
        /// Why it was given up; nil where it was taken.
        package let fault: SafeText?
        /// Whether the notice is kept for this receiver and tried again; `nil` if it was taken or given up.
        package let isKept: Bool?

        package init(receiver: SafeText, tries: Int, fault: SafeText?, isKept: Bool? = nil) {
            self.receiver = receiver
            self.tries = tries
            self.fault = fault
            self.isKept = isKept
        }
    }

    package init(occasion: Occasion, sequence: Int64, deliveries: [Delivery]) {
        self.occasion = occasion
        self.sequence = sequence
        self.deliveries = deliveries
    }

    /// The first receiver that was not reached.
    package var failure: Delivery? { deliveries.first { $0.fault != nil } }
}

/// Sends one notice to one receiver, once.
package protocol Receiver: Sendable {
    /// What the configuration calls it.
    var name: SafeText { get }
    /// What it wants to hear of.
    var occasions: Set<Occasion> { get }
    /// Sends a notice and waits until it was taken.
    /// - Parameter delay: what has become of it since; `nil` if it is told at once.
    /// - Throws: `Fault.refused` where the receiver said no for good, `Fault.broke` where trying again may help.
    func tell(_ notice: Notice, _ delay: NoticeDelay?) async throws(Fault)
}
