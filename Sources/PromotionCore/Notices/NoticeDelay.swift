/// A notice that could not be delivered to a receiver, and is kept for it.
package struct KeptNotice: Hashable, Sendable, Codable {
    package let notice: Notice
    /// The receivers that are still to be told.
    package internal(set) var receivers: [SafeText]
    /// When it could not be delivered first.
    package let since: Timestamp
    /// Why the first of them could not be reached.
    package internal(set) var fault: SafeText

    /// How long a notice is kept.
    package static let life = Milliseconds.minutes(24 * 60)
    /// Notices that are kept for one service at most; the oldest beyond it are given up.
    static let limit = 20

    /// The notice in words: `payments prod: promotion 12 rolled back is not delivered to team: connection refused`.
    package var words: SafeText {
        let names = receivers.map(\.text).joined(separator: ", ")
        return SafeText("\(notice.sentence): not delivered to \(names) since \(since.clock): \(fault)", limit: 400)
    }
}

/// What has become of the occasion of a notice that is delivered late.
package struct NoticeDelay: Hashable, Sendable {
    /// How much later than the occasion it is told.
    package let age: Milliseconds
    /// Whether what it tells of is over.
    package let isOver: Bool
    /// How things stand now: `promotion 12 succeeded`.
    package let now: SafeText

    package init(age: Milliseconds, isOver: Bool, now: SafeText) {
        self.age = age
        self.isOver = isOver
        self.now = now
    }

    /// What is told less than this after its occasion is not late.
    static let tolerance = Milliseconds.minutes(1)

    /// The delay in one sentence.
    package func words(of notice: Notice) -> SafeText {
        SafeText("Late: it happened at \(notice.at), \(age) ago, and \(isOver ? "is over" : "is so still"): \(now)", limit: 300)
    }
}

extension ServiceProjection {
    /// What has become of a notice's occasion; `nil` if the notice is told at once.
    package func delay(of notice: Notice, at now: Timestamp) -> NoticeDelay? {
        let age = now - notice.at
        guard age > NoticeDelay.tolerance else { return nil }
        if let call = notice.call {
            let isOpen = environments[notice.place.environment]?.automation.call(call.subject) != nil
            return NoticeDelay(age: age, isOver: !isOpen, now: isOpen ? "a person is still called" : "nobody is called any more")
        }
        guard let number = notice.promotion, let promotion = promotion(number) else {
            return NoticeDelay(age: age, isOver: true, now: "the promotion ended long ago")
        }
        let words: SafeText = "\(promotion.plan.kind.rawValue) \(number) is \(promotion.state.words)"
        let later = promotions.last { $0.number > number && $0.plan.place == notice.place && $0.state.outcome == .succeeded }
        if let later {
            return NoticeDelay(
                age: age, isOver: true, now: "\(words); \(later.plan.kind.rawValue) \(later.number) succeeded since")
        }
        return NoticeDelay(age: age, isOver: promotion.state.words != notice.state, now: words)
    }

    /// Moves notices along with a wall clock that was set: their age is a length of time, and no step makes one too old to tell.
    mutating func shiftNotices(by step: Milliseconds) {
        notices = notices.map { $0.shifted(by: step) }
        undelivered = undelivered.map { kept in
            KeptNotice(
                notice: kept.notice.shifted(by: step), receivers: kept.receivers, since: kept.since + step, fault: kept.fault)
        }
    }

    /// Takes what became of telling: what could not be delivered is kept for the receivers that were not reached.
    mutating func settle(_ told: Told, at now: Timestamp) {
        let missing = told.deliveries.filter { $0.isKept == true }
        let earlier = undelivered.first { $0.notice.sequence == told.sequence }
        let notice = notices.first { $0.sequence == told.sequence } ?? earlier?.notice
        notices.removeAll { $0.sequence == told.sequence }
        undelivered.removeAll { $0.notice.sequence == told.sequence }
        guard let notice, let first = missing.first else { return }
        undelivered.append(
            KeptNotice(
                notice: notice, receivers: missing.map(\.receiver), since: earlier?.since ?? now, fault: first.fault ?? ""),
            keepingLast: KeptNotice.limit)
    }
}
