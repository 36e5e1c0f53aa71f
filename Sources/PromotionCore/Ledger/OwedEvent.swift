/// What became, after the end of a promotion, of what it left to be done.
package enum OwedEvent: Hashable, Sendable, Codable {
    /// A tag that was owed names what it should.
    case pointerMoved(Tag, Digest)
    /// A tag that was owed cannot be moved, for another reason than the one that is recorded.
    case pointerOwed(OwedPointer)
    /// The idle slot runs the release again that a stopped promotion took out of it.
    case slotReturned(SlotName, Digest)
    /// The release could not be brought back into the idle slot, and is tried again.
    case slotOwed(OwedSlot)

    /// The name of the fact in the ledger.
    package var kind: String {
        switch self {
        case .pointerMoved: "pointer.moved"
        case .pointerOwed: "pointer.owed"
        case .slotReturned: "slot.returned"
        case .slotOwed: "slot.owed"
        }
    }

    /// The event in words.
    package var words: SafeText {
        switch self {
        case .pointerMoved(let tag, let digest): "tag \(tag) names \(digest.short())"
        case .pointerOwed(let owed): owed.words
        case .slotReturned(let slot, let digest): "\(slot) runs \(digest.short()) again"
        case .slotOwed(let owed): "\(owed.release.digest.short()) is not back in \(owed.slot): \(owed.fault ?? "not tried yet")"
        }
    }

    /// Whether something that was owed is done.
    package var isSettled: Bool {
        switch self {
        case .pointerMoved, .slotReturned: true
        case .pointerOwed, .slotOwed: false
        }
    }
}

extension EnvironmentProjection {
    /// Applies what became of something that was owed.
    mutating func apply(_ event: OwedEvent, _ entry: LedgerEntry) {
        switch event {
        case .slotReturned(let slot, _): returnSlot(slot, entry)
        case .slotOwed(let slot): owedSlot = slot
        case .pointerMoved(let tag, let digest):
            owed[tag] = nil
            pointers[tag] = digest
            drifts[tag] = nil
        case .pointerOwed(let pointer): owe(pointer)
        }
    }

    /// Remembers that a tag is owed.
    mutating func owe(_ pointer: OwedPointer) {
        owed[pointer.tag] = pointer.following(owed[pointer.tag])
        guard owed.count > OwedPointer.limit else { return }
        let oldest = owed.values.filter(\.isFinal).min { ($0.since, $0.tag) < ($1.since, $1.tag) }
        if let oldest { owed[oldest.tag] = nil }
    }

    /// Forgets final tags of releases that are vetoed: a newer one has succeeded.
    mutating func letGoOfVetoedFinalTags() {
        owed = owed.filter { !($0.value.isFinal && isVetoed($0.value.digest)) }
    }

    private func isVetoed(_ digest: Digest) -> Bool { vetoes.contains { $0.digest == digest } }

    /// Tags that are owed, oldest first; a final tag of a release that is vetoed by now is not made.
    package var debts: [OwedPointer] {
        owed.values.filter { !$0.isFinal || !isVetoed($0.digest) }.sorted { ($0.since, $0.tag) < ($1.since, $1.tag) }
    }

    /// Tags that are owed and may be moved now, because what they name serves or stands in its slot; final tags once no pointer
    /// tag is owed any more.
    package func duePointers(in environment: Environment) -> [OwedPointer] {
        let pointers = debts.filter { !$0.isFinal }
        return pointers.isEmpty ? debts : pointers.filter { names($0, in: environment) }
    }

    /// Whether the digest of a pointer tag is what the ledger knows behind it.
    private func names(_ pointer: OwedPointer, in environment: Environment) -> Bool {
        if pointer.tag == Tag(pointerOf: environment.name) { return serving?.release.digest == pointer.digest }
        let slot = environment.slots.first { Tag(pointerOf: environment.name, slot: $0) == pointer.tag }
        return slot.flatMap { slots[$0] }?.release.digest == pointer.digest
    }
}

extension OwedPointer {
    /// What the registry's answer to another try means.
    package func after(_ outcome: Result<PointerMove, Fault>) -> OwedEvent {
        switch outcome {
        case .success(.moved): .pointerMoved(tag, digest)
        case .success(.conflict(let observed)), .success(.lost(let observed)):
            .pointerOwed(owed(because: observed == before ? .unmoved : .moved(observed: observed)))
        case .failure(let fault) where fault.kind == .refused: .pointerOwed(owed(because: .refused(fault.reason)))
        case .failure(let fault): .pointerOwed(owed(because: .unanswered(fault.reason)))
        }
    }
}
