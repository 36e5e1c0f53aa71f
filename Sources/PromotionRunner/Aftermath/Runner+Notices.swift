internal import Logging
internal import PromotionCore

extension Runner {
    /// Tells of an occasion at most so often.
    private static let noticeTries = 5
    /// What happened longer ago than this is no news: an agent that was away does not send it.
    private static let noticeAge = Milliseconds.minutes(60)

    /// Tells people what the ledger says they are still to be told, one notice after another.
    func keepTelling() async {
        for await _ in bell.rings(for: .notices) {
            while let notice = nextNotice {
                if Task.isCancelled { return }
                await tell(notice)
            }
        }
    }

    /// The oldest notice that somebody wants and that is still news.
    private var nextNotice: Notice? {
        let wanted = aftermath.receivers.reduce(into: Set<Occasion>()) { $0.formUnion($1.occasions) }
        let oldest = time.now() + Milliseconds(-Self.noticeAge.count)
        return board.projection.services.values.lazy.flatMap(\.notices)
            .filter { wanted.contains($0.occasion) && $0.at >= oldest }.min { $0.sequence < $1.sequence }
    }

    private func tell(_ notice: Notice) async {
        let receivers = aftermath.receivers.filter { $0.occasions.contains(notice.occasion) }
        // Beside each other: one that does not answer keeps nobody else waiting.
        let calls = receivers.map { receiver in time.begin { await self.deliver(notice, to: receiver) } }
        var deliveries: [Told.Delivery] = []
        for call in calls { deliveries.append(await call.value) }
        let told = Told(occasion: notice.occasion, sequence: notice.sequence, deliveries: deliveries)
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

    private func deliver(_ notice: Notice, to receiver: any Receiver) async -> Told.Delivery {
        var patience = Patience()
        var tries = 0
        while true {
            tries += 1
            do throws(Fault) {
                try await receiver.tell(notice)
                return Told.Delivery(receiver: receiver.name, tries: tries, fault: nil)
            } catch {
                guard error.kind != .refused, tries < Self.noticeTries, !Task.isCancelled else {
                    logger.warning(
                        "a notice was not delivered", metadata: ["receiver": "\(receiver.name)", "reason": "\(error.reason)"])
                    return Told.Delivery(receiver: receiver.name, tries: tries, fault: error.reason)
                }
            }
            await time.wait(patience.grow())
        }
    }
}
