internal import Logging
internal import PromotionCore

/// When a notice that could not be delivered is tried again, on the boot clock.
struct NoticeRetry: Sendable {
    private var wait = Milliseconds.minutes(1)
    private(set) var due: Milliseconds

    /// The longest wait between two tries.
    private static let longest = Milliseconds.minutes(30)

    /// One that is due at once: an agent that starts tries what an earlier one could not deliver.
    init(at now: Milliseconds) { due = now }

    /// Waits twice as long as before.
    mutating func grow(at now: Milliseconds) {
        due = now + wait
        wait = min(wait + wait, Self.longest)
    }
}

extension Runner {
    /// Tries in a row, when an occasion is first told of.
    private static let noticeTries = 5
    /// How often it is looked whether a notice that was kept is due.
    private static let noticeRound = Milliseconds.seconds(15)

    /// Tells people what the ledger says they are still to be told, one notice after another.
    func keepTelling() async {
        observers.append(
            Task(executorPreference: time.executor) { [bell, time] in
                while !Task.isCancelled {
                    await time.wait(Self.noticeRound)
                    bell.ring()
                }
            })
        for await _ in bell.rings(for: .notices) {
            while let notice = nextNotice {
                if Task.isCancelled { return }
                await tell(notice, receivers(of: notice), tries: Self.noticeTries)
            }
            for kept in dueNotices {
                if Task.isCancelled { return }
                await retry(kept)
            }
        }
    }

    /// The oldest notice that a receiver wants, that was not tried yet, and that is still news.
    private var nextNotice: Notice? {
        let wanted = aftermath.receivers.reduce(into: Set<Occasion>()) { $0.formUnion($1.occasions) }
        let oldest = time.now() + Milliseconds(-KeptNotice.life.count)
        return board.projection.services.values.lazy.flatMap(\.notices)
            .filter { wanted.contains($0.occasion) && $0.at >= oldest }.min { $0.sequence < $1.sequence }
    }

    private func receivers(of notice: Notice) -> [any Receiver] {
        aftermath.receivers.filter { $0.occasions.contains(notice.occasion) }
    }

    /// The notices that were kept and whose next try is due.
    private var dueNotices: [KeptNotice] {
        let kept = board.projection.services.values.flatMap(\.undelivered).sorted { $0.notice.sequence < $1.notice.sequence }
        let now = time.elapsed
        for one in kept where noticeRetries[one.notice.sequence] == nil {
            noticeRetries[one.notice.sequence] = NoticeRetry(at: now)
        }
        return kept.filter { noticeRetries[$0.notice.sequence].map { $0.due <= now } ?? false }
    }

    /// Tries once more for the receivers that were not reached; what is a day old is given up.
    private func retry(_ kept: KeptNotice) async {
        let notice = kept.notice
        noticeRetries[notice.sequence]?.grow(at: time.elapsed)
        guard time.now() - notice.at < KeptNotice.life else { return await giveUp(kept, "it is older than \(KeptNotice.life)") }
        let receivers = receivers(of: notice).filter { kept.receivers.contains($0.name) }
        guard !receivers.isEmpty else { return await giveUp(kept, "the configuration no longer names the receiver") }
        await tell(notice, receivers, tries: 1, kept)
    }

    private func giveUp(_ kept: KeptNotice, _ reason: SafeText) async {
        let deliveries = kept.receivers.map { Told.Delivery(receiver: $0, tries: 0, fault: reason) }
        await keep(Told(occasion: kept.notice.occasion, sequence: kept.notice.sequence, deliveries: deliveries), of: kept.notice)
    }

    /// - Parameter kept: what is known of earlier tries; a try that changes nothing of it is no fact.
    private func tell(_ notice: Notice, _ receivers: [any Receiver], tries: Int, _ kept: KeptNotice? = nil) async {
        let delay = board.projection.services[notice.place.service]?.delay(of: notice, at: time.now())
        // Concurrently: one that does not answer keeps no other waiting.
        let calls = receivers.map { receiver in time.begin { await self.deliver(notice, delay, to: receiver, tries) } }
        var deliveries: [Told.Delivery] = []
        for call in calls { deliveries.append(await call.value) }
        if let kept, deliveries.filter({ $0.isKept == true }).map(\.receiver) == kept.receivers { return }
        await keep(Told(occasion: notice.occasion, sequence: notice.sequence, deliveries: deliveries), of: notice)
    }

    /// Records what became of a notice, as soon as the ledger can be written.
    private func keep(_ told: Told, of notice: Notice) async {
        if told.deliveries.allSatisfy({ $0.isKept != true }) { noticeRetries[notice.sequence] = nil }
        var patience = Patience()
        while !Task.isCancelled {
            do {
                try await record(.told(told), by: identity, place: notice.place, promotion: notice.promotion)
                return
            } catch {
                await time.wait(patience.grow())
            }
        }
    }

    private func deliver(
        _ notice: Notice, _ delay: NoticeDelay?, to receiver: any Receiver, _ limit: Int
    ) async -> Told.Delivery {
        var patience = Patience()
        var tries = 0
        while true {
            tries += 1
            do throws(Fault) {
                try await receiver.tell(notice, delay)
                return Told.Delivery(receiver: receiver.name, tries: tries, fault: nil)
            } catch {
                guard error.kind != .refused, tries < limit, !Task.isCancelled else {
                    logger.warning(
                        "a notice was not delivered", metadata: ["receiver": "\(receiver.name)", "reason": "\(error.reason)"])
                    return Told.Delivery(receiver: receiver.name, tries: tries, fault: error.reason, isKept: true)
                }
            }
            await time.wait(patience.grow())
        }
    }
}
