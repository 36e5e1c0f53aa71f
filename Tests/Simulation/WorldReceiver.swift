internal import Fixtures
internal import PromotionCore

/// The receiver of notices: it takes some, and is away now and then.
struct WorldReceiver: Receiver {
    let ports: WorldPorts

    var name: SafeText { "team" }
    var occasions: Set<Occasion> { Set(Occasion.allCases) }

    func tell(_ notice: Notice, _ delay: NoticeDelay?) async throws(Fault) {
        try await ports.call(.look) { state throws(Fault) in
            if state.mishaps.strikes(.receiverIsAway) {
                let isRefused = state.mishaps.amount(of: .receiverIsAway, upTo: 3) == 1
                throw Fault(isRefused ? .refused : .broke, isRefused ? "status 403" : "connection refused")
            }
            state.check(Promises.lateNoticesSaySo(notice, delay, state, ports.world.reading))
            state.told.insert(notice.sequence)
        }
    }
}

extension World.State {
    /// Whether people are still to be told of something.
    var owesNotices: Bool {
        hasReceiver && witness.projection.services.values.contains { !$0.notices.isEmpty || !$0.undelivered.isEmpty }
    }
}

extension Promises {
    /// The newest ends and alarms of a world that are looked for: what waits to be told has a bound.
    private static let newest = 5

    static let peopleAreTold = Promise<AtRest>("People hear of every end and alarm, however long the receiver was away") {
        moment in
        guard moment.world.hasReceiver else { return nil }
        let missing = moment.world.witness.occasions.suffix(newest).first { !moment.world.told.contains($0) }
        return missing.map { "nobody was told of entry \($0)" }
    }

    /// A notice that comes late says so, and whether what it tells of is over.
    static func lateNoticesSaySo(
        _ notice: Notice, _ delay: NoticeDelay?, _ world: World.State, _ reading: ClockReading
    ) -> String? {
        let sentence = "A notice that comes late says so, and whether it is over"
        guard world.clockSetAt == nil, reading.wall - notice.at > .seconds(80) else { return nil }
        guard let delay else { return "\(sentence): entry \(notice.sequence) is told as if it had just happened" }
        guard let number = notice.promotion, notice.call == nil, let now = world.witness.projection.promotion(number),
            now.state.words != notice.state, now.endWords?.text != notice.state
        else { return nil }
        return delay.isOver ? nil : "\(sentence): \(number) is \(now.state.words), told is that it is \(notice.state) still"
    }
}
