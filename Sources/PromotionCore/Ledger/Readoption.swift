extension Fact {
    /// What a later look puts in the place of a part of an adoption.
    package struct Readoption: Hashable, Sendable, Codable {
        /// Why the adoption does not stand as it was.
        package enum Cause: String, Hashable, Sendable, Codable {
            /// Slots that were adopted as empty, or as serving nothing, were seen to run an image.
            case contradicted
            /// Slots were adopted by their digest alone, and the registry can say by now which image it is.
            case identified
        }

        package let cause: Cause
        package let slots: [SlotName: Release]
        /// The slot that takes the traffic; `nil` if the ledger knows it already, or if the switch does not name one.
        package let live: SlotName?

        package init(_ cause: Cause, slots: [SlotName: Release], live: SlotName?) {
            self.cause = cause
            self.slots = slots
            self.live = live
        }

        /// What was found, in words: "blue runs 3f9c1d07, which serves".
        package var words: SafeText {
            let found = slots.sorted { $0.key < $1.key }.map { slot, release in
                "\(slot) runs \(release.tag?.text ?? release.digest.short())\(slot == live ? ", which serves" : "")"
            }
            let traffic = live.flatMap { slots[$0] == nil ? ["\($0) serves"] : nil } ?? []
            return SafeText((found + traffic).joined(separator: "; "), limit: 300)
        }
    }
}

extension Release {
    /// A release of which no more is known than the digest that a target names.
    package init(knownBy digest: Digest) {
        self.init(digests: DigestSet(top: digest, members: []), tag: nil, revision: nil)
    }

    /// Whether no registry has said yet what the image is made of.
    package var isKnownByDigestAlone: Bool { digests.members.isEmpty }
}

extension EnvironmentProjection {
    /// An adoption that a later look contradicted, and since when it is put right.
    package struct Correction: Hashable, Sendable, Codable {
        package let at: Timestamp
        package let words: SafeText
    }

    /// What a look shows that the adoption did not know: images in slots that it called empty and that no promotion has touched
    /// since, and the slot that serves.
    /// - Returns: `nil` if the look contradicts nothing. What could not be read contradicts nothing.
    package func contradiction(
        of environment: Environment, by seen: EnvironmentObservation
    ) -> (slots: [SlotName: Digest], live: SlotName?)? {
        guard generation > 0 else { return nil }
        var found: [SlotName: Digest] = [:]
        for slot in environment.slots where slots[slot] == nil && !changedSlots.contains(slot) {
            guard case .known(let look, _) = seen.slot(slot), case .image(let digest) = look.content else { continue }
            found[slot] = digest
        }
        var serving: SlotName?
        if live == nil, case .known(let routing, _) = seen.routing, let slot = routing.live,
            slots[slot] != nil || found[slot] != nil
        {
            serving = slot
        }
        return found.isEmpty && serving == nil ? nil : (found, serving)
    }

    mutating func readopt(_ found: Fact.Readoption, _ entry: LedgerEntry) {
        for (slot, release) in found.slots.sorted(by: { $0.key < $1.key }) {
            if let held = slots[slot], held.release.digests.isSameImage(as: release.digests) {
                slots[slot] = Holding(release: release, since: held.since, promotion: held.promotion, by: held.by)
                succeeded = succeeded.map { $0.digests.isSameImage(as: release.digests) ? release : $0 }
            } else {
                slots[slot] = Holding(release: release, since: entry.draft.at, promotion: nil, by: nil)
                // It ran before everything that succeeded here since.
                if !succeeded.contains(where: { $0.digest == release.digest }) { succeeded.insert(release, at: 0) }
            }
        }
        if live == nil, let slot = found.live, let release = slots[slot]?.release {
            live = slot
            liveSince = entry.draft.at
            succeed(release)
        }
        if found.cause == .contradicted { correction = Correction(at: entry.draft.at, words: found.words) }
        generation = entry.sequence
    }

    /// Notes that a promotion has got so far that its slot may have been changed by it, whatever came of that.
    mutating func noteChange(by promotion: Promotion) {
        guard !promotion.state.isBeforeLease, promotion.state != .preparing, !promotion.hasEnded else { return }
        changedSlots.insert(promotion.plan.slot)
    }
}

extension HistoryLine {
    static func readopted(_ found: Fact.Readoption, _ entry: LedgerEntry) -> HistoryLine {
        let words: SafeText =
            switch found.cause {
            case .contradicted: "was adopted as empty by mistake: \(found.words)"
            case .identified: "identified: \(found.words)"
            }
        return HistoryLine(
            sequence: entry.sequence, at: entry.draft.at, who: entry.draft.actor.name, what: "adoption",
            environment: entry.draft.place?.environment, digest: found.slots.values.first?.digest, tag: nil, promotion: nil,
            tone: found.cause == .contradicted ? .alarm : .neutral, result: words)
    }
}
