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

    mutating func hear(_ fact: Fact, _ before: Promotion?, _ after: Promotion?, _ now: Milliseconds) {
        if case .clockStepped(let step) = fact, step.wasAway, step.by > .zero { takenOff.append((now, step.by)) }
        guard let after else { return }
        if before?.state != after.state {
            stays[after.number] = Stay(words: after.state.words, since: now)
            measured[after.number] = nil
            if after.state == .baking || after.state == .inconclusive(.closing) {
                baking[after.number] = baking[after.number] ?? now
            }
        }
        if case .happened(.measured(_, let check, _)) = fact { measured[after.number, default: [:]][check] = now }
    }
}
