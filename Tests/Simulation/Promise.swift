internal import PromotionCore

/// Something that must hold, as a sentence; and how to see at a moment that it does not.
struct Promise<Moment>: Sendable {
    let sentence: String
    private let exception: @Sendable (Moment) -> String?

    init(_ sentence: String, unless exception: @escaping @Sendable (Moment) -> String?) {
        self.sentence = sentence
        self.exception = exception
    }

    /// How it is broken now; nil where it holds.
    func breach(_ moment: Moment) -> String? { exception(moment).map { "\(sentence): \($0)" } }
}

/// A fact has just been written.
struct Recorded {
    let entry: LedgerEntry
    let fact: Fact
    let before: Promotion?
    let after: Promotion?
    let world: World.State
    /// The clocks of the agent's host.
    let reading: ClockReading
    var now: Timestamp { reading.wall }

    init(
        _ entry: LedgerEntry, _ fact: Fact, _ before: Promotion?, _ after: Promotion?, _ world: World.State,
        _ reading: ClockReading
    ) {
        self.entry = entry
        self.fact = fact
        self.before = before
        self.after = after
        self.world = world
        self.reading = reading
    }

    /// The event, the promotion before it and after it.
    var step: (event: PromotionEvent, before: Promotion, after: Promotion)? {
        guard case .happened(let event) = fact, let before, let after else { return nil }
        return (event, before, after)
    }

    /// The plan of a promotion that is about to change something for the first time, and since when it prepared that; nil where
    /// the clock was set meanwhile, so that no one can say what came first.
    var firstChange: (plan: PromotionPlan, since: Timestamp)? {
        guard !world.mishaps.hasStruck(.clockIsSet), let (_, before, after) = step, before.state == .preparing, !after.hasEnded,
            !after.state.isBeforeLease,
            after.state != .preparing
        else { return nil }
        return (after.plan, before.enteredAt)
    }
}

/// The world has just been changed by an agent.
struct Changed {
    let effect: Effect
    let place: Place
    /// What the slot held before.
    let before: Release?
    let world: World.State
    let now: Timestamp
}

/// Nothing is under way any more, and nothing goes wrong.
struct AtRest {
    let projection: Projection
    /// What people are shown; nil where no agent could be started.
    let board: Board?
    let world: World.State
    /// The clocks of the agent's host.
    let reading: ClockReading
    var now: Timestamp { reading.wall }

    var promotions: [Promotion] { projection.services.values.flatMap(\.promotions) }

    /// Whether every promotion of a place has ended well: nothing under way, no alarm, no deploy that broke half-way.
    func isSettled(_ place: Place) -> Bool {
        promotions.filter { $0.plan.place == place }.allSatisfy { promotion in
            promotion.hasEnded && !promotion.passage.contains { $0.state == .rollbackFailed }
                && promotion.state != .ended(.rolledBackUnverified)
                && !(promotion.state == .ended(.failed) && promotion.isCommitted)
        }
    }
}
