/// An idle slot that a stopped promotion emptied, and the release that stood warm in it before.
package struct OwedSlot: Hashable, Sendable, Codable {
    package let slot: SlotName
    package let release: Release
    package let since: Timestamp
    package let promotion: PromotionNumber
    /// Why the release could not be brought back; `nil` until a try has failed.
    package let fault: SafeText?

    package init(slot: SlotName, release: Release, since: Timestamp, promotion: PromotionNumber, fault: SafeText?) {
        self.slot = slot
        self.release = release
        self.since = since
        self.promotion = promotion
        self.fault = fault
    }

    /// The same slot after a try that failed.
    package func failed(because reason: SafeText) -> OwedSlot {
        OwedSlot(slot: slot, release: release, since: since, promotion: promotion, fault: reason)
    }
}

extension EnvironmentProjection {
    /// The slot that gets its release back by itself: it is empty and idle, and the release may still be gone back to.
    package var dueSlot: OwedSlot? {
        guard let owedSlot, slots[owedSlot.slot] == nil, live != nil, live != owedSlot.slot,
            veto(on: owedSlot.release.digests) == nil, succeeded.contains(where: { $0.digest == owedSlot.release.digest })
        else { return nil }
        return owedSlot
    }

    /// Remembers what a promotion took out of the idle slot that it was stopped in.
    mutating func oweSlot(after promotion: Promotion, _ entry: LedgerEntry) {
        let plan = promotion.plan
        guard plan.kind == .promotion, plan.strategy.hasIdleSlot, !promotion.isCommitted, let replaced = plan.replaced,
            slots[plan.slot] == nil, plan.slot != live
        else { return }
        owedSlot = OwedSlot(
            slot: plan.slot, release: replaced, since: entry.draft.at, promotion: promotion.number, fault: nil)
    }

    /// Puts the release back into its slot, whose own pointer tag then has to follow.
    mutating func returnSlot(_ slot: SlotName, _ entry: LedgerEntry) {
        guard let owed = owedSlot, owed.slot == slot, let environment = entry.draft.place?.environment else { return }
        owedSlot = nil
        slots[slot] = Holding(release: owed.release, since: entry.draft.at, promotion: owed.promotion, by: nil)
        let tag = Tag(pointerOf: environment, slot: slot)
        guard pointers[tag] != owed.release.digest else { return }
        owe(
            OwedPointer(
                tag: tag, digest: owed.release.digest, before: pointers[tag], cause: .waits, since: entry.draft.at,
                promotion: owed.promotion, isFinal: false))
    }
}
