internal import PromotionCore

/// How long promotions take over what they do, on the clock that nobody sets.
struct Watch: Sendable {
    /// A state, and when it was entered.
    struct Stay: Sendable {
        let words: String
        let since: Milliseconds
    }

    private(set) var stays: [PromotionNumber: Stay] = [:]
    /// When each check of the state that a promotion is in was last measured.
    private(set) var measured: [PromotionNumber: [CheckName: Milliseconds]] = [:]
    /// Since when an answer of each check of a promotion is wanted.
    private var wanted: [PromotionNumber: [CheckName: Milliseconds]] = [:]
    /// When the last agent said that it has started.
    private(set) var agentSince = Milliseconds.zero
    /// When an agent that had started last went on with a promotion.
    private(set) var resumed: [PromotionNumber: Milliseconds] = [:]
    /// When a promotion first baked.
    private var baking: [PromotionNumber: Milliseconds] = [:]
    /// What a clock that was set forward while no agent ran took off the waits: of two readings the smaller counts.
    private var takenOff: [(at: Milliseconds, by: Milliseconds)] = []

    /// How long a promotion has baked, or its wait was taken for.
    func baked(_ number: PromotionNumber, at reading: ClockReading) -> Milliseconds {
        guard let since = baking[number] else { return .zero }
        let off = takenOff.filter { $0.at >= since }.reduce(Milliseconds.zero) { $0 + $1.by }
        return Milliseconds(reading.boot.elapsed.count - since.count) + off
    }

    /// How long a promotion has been in its state; nil where it is in none that is known.
    func stay(_ promotion: Promotion, at reading: ClockReading) -> Milliseconds? {
        stays[promotion.number].flatMap { stay in
            stay.words == promotion.state.words ? Milliseconds(reading.boot.elapsed.count - stay.since.count) : nil
        }
    }

    /// Since when the next answer of a check has been due: the last one, or the moment from which it is wanted, or the start of
    /// the agent; `nil` if none is wanted.
    func due(_ check: CheckName, of number: PromotionNumber) -> Milliseconds? {
        guard let asked = wanted[number]?[check], let since = stays[number].map({ max(asked, $0.since) }) else { return nil }
        return max(since, agentSince, measured[number]?[check] ?? since)
    }

    mutating func hear(_ fact: Fact, _ before: Promotion?, _ after: Promotion?, _ now: Milliseconds) {
        if case .clockStepped(let step) = fact, step.wasAway, step.by > .zero { takenOff.append((now, step.by)) }
        if case .agentStarted = fact { agentSince = now }
        guard let after else { return }
        if case .happened(.resumed) = fact { resumed[after.number] = now }
        if before?.state != after.state {
            stays[after.number] = Stay(words: after.state.words, since: now)
            measured[after.number] = nil
            if after.state == .baking || after.state == .inconclusive(.closing) {
                baking[after.number] = baking[after.number] ?? now
            }
        }
        if case .happened(.measured(_, let check, _)) = fact { measured[after.number, default: [:]][check] = now }
        want(after.hasEnded ? [] : after.pending, of: after.number, now)
    }

    private mutating func want(_ effects: [Effect], of number: PromotionNumber, _ now: Milliseconds) {
        var next: [CheckName: Milliseconds] = [:]
        for case .checkAnswered(_, let check, _) in effects { next[check] = wanted[number]?[check] ?? now }
        wanted[number] = next.isEmpty ? nil : next
    }
}
