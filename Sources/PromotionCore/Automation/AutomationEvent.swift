/// What happened to the automation of an environment.
package enum AutomationEvent: Hashable, Sendable, Codable {
    /// It rests from now on, until a person lets it go on.
    case stopped(AutomationHalt.Cause, reason: SafeText)
    /// A person lets it go on: what was tried may be tried again, and what was called for is answered.
    case letGo(reason: SafeText)
    /// A person is called.
    case called(Call)
    /// What was called for is so no longer.
    case callClosed(Call.Subject, reason: SafeText)

    /// The name of the fact in the ledger.
    package var kind: String {
        switch self {
        case .stopped: "automation.stopped"
        case .letGo: "automation.letGo"
        case .called: "person.called"
        case .callClosed: "call.closed"
        }
    }
}

/// Why the automation of an environment rests.
package struct AutomationHalt: Hashable, Sendable, Codable {
    /// What stopped it.
    package enum Cause: Hashable, Sendable, Codable {
        case byHand
        /// A promotion failed, was cancelled, or its release was rolled back.
        case ended(PromotionNumber, Outcome)
        /// A promotion could be neither finished nor undone.
        case alarm(PromotionNumber)
        /// Something is not as Baton left it, and Baton fights nobody for it.
        case drift
    }

    package let cause: Cause
    package let since: Timestamp
    package let by: SafeText
    package let reason: SafeText
    /// Whether the ledger holds a fact of its own that says so; until then the agent owes one.
    package let isTold: Bool

    /// In words: `promotion 12 was rolled back: status 503`.
    package var words: SafeText {
        switch cause {
        case .byHand: "stopped by \(by): \(reason)"
        case .ended(let number, let outcome): "promotion \(number) \(outcome.words): \(reason)"
        case .alarm(let number): "promotion \(number) needs a person: \(reason)"
        case .drift: "drift: \(reason)"
        }
    }
}

/// What the ledger knows of the automation of one environment.
package struct AutomationState: Hashable, Sendable, Codable {
    /// Starts of one release by the agent itself.
    package struct Attempt: Hashable, Sendable, Codable {
        package let digest: Digest
        package let promotion: PromotionNumber
        package var count: Int
    }

    /// Nil while it may act.
    package internal(set) var halt: AutomationHalt?
    /// Newest last, within a bound.
    package internal(set) var attempts: [Attempt] = []
    /// In the order they were made.
    package internal(set) var calls: [OpenCall] = []
    /// The release that a person let go on in spite of its risk.
    package internal(set) var permitted: Digest?
    /// The promotion that was cut off by an end of the agent, which is no word against its release.
    package internal(set) var interrupted: PromotionNumber?

    package init() {}

    static let attemptLimit = 20

    /// The agent's tries of an image, and the last of them.
    package func attempt(of image: DigestSet) -> Attempt? { attempts.last { image.contains($0.digest) } }

    /// The open call about a subject; nil where nobody is called for it.
    package func call(_ subject: Call.Subject) -> OpenCall? { calls.first { $0.call.subject == subject } }
}

extension AutomationState {
    mutating func take(_ event: AutomationEvent, _ entry: LedgerEntry) {
        let now = entry.draft.at
        switch event {
        case .stopped(let cause, let reason):
            // Who ended the promotion is of more interest than that the agent wrote it down.
            let known = halt.flatMap { $0.cause == cause ? $0 : nil }
            halt = AutomationHalt(
                cause: cause, since: known?.since ?? now, by: known?.by ?? entry.draft.actor.name, reason: reason, isTold: true)
        case .letGo:
            halt = nil
            attempts = []
            permitted = call(.firstRelease)?.call.digest
            calls.removeAll { $0.call.subject != .wayBack && $0.call.subject != .pointer }
        case .called(let call):
            calls.removeAll { $0.call.subject == call.subject }
            calls.append(OpenCall(call: call, since: now))
        case .callClosed(let subject, _): calls.removeAll { $0.call.subject == subject }
        }
    }

    /// A promotion that the agent began by itself.
    mutating func began(_ release: Release, as number: PromotionNumber) {
        let earlier = attempt(of: release.digests)?.count ?? 0
        attempts.removeAll { release.digests.contains($0.digest) }
        attempts.append(Attempt(digest: release.digest, promotion: number, count: earlier + 1), keepingLast: Self.attemptLimit)
    }

    /// The end of a promotion, whoever began it: what did not succeed stops the automation, except for what nobody's word
    /// and no check was against.
    mutating func ended(_ promotion: Promotion, _ outcome: Outcome, at now: Timestamp) {
        let wasCutOff = interrupted == promotion.number && outcome == .cancelled
        interrupted = nil
        switch outcome {
        case .succeeded, .expired, .superseded: return
        case .cancelled where wasCutOff: return
        case .failed, .cancelled, .rejected, .rolledBack, .rolledBackUnverified:
            guard halt == nil else { return }
            halt = AutomationHalt(
                cause: .ended(promotion.number, outcome), since: now, by: promotion.startedBy.name,
                reason: promotion.failure?.reason ?? promotion.reason ?? "no reason was given", isTold: false)
        }
    }

    /// Nobody knows how to go on with a promotion.
    mutating func alarmed(by promotion: Promotion, at now: Timestamp) {
        halt = AutomationHalt(
            cause: .alarm(promotion.number), since: now, by: promotion.startedBy.name,
            reason: promotion.failure?.reason ?? "its rollback failed", isTold: false)
    }
}
