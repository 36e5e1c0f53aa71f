package import PromotionCore

extension WorldPorts: Ledger {
    package func append(_ draft: LedgerDraft) async throws(Fault) -> LedgerEntry {
        let outcome: Result<LedgerEntry, Fault> = world.with { state in
            guard !state.dead.contains(epoch) else { return .failure(Fault(.refused, "this agent is dead")) }
            guard state.owner == epoch else { return .failure(Fault(.refused, "agent \(state.owner) holds the ledger")) }
            if state.mishaps.strikes(.diskIsFull) { return .failure(Fault(.broke, "the disk is full")) }
            let entry = LedgerEntry(state.isThorough ? draft.asRead : draft, after: state.entries.last?.head ?? .empty)
            state.record(entry, world.now, world.reading)
            if state.mishaps.strikes(.commitIsUncertain) {
                return .failure(Fault(.unknown, "nobody knows whether it was written"))
            }
            return .success(entry)
        }
        return try outcome.get()
    }

    package func entries(after sequence: Int64, limit: Int) async throws(Fault) -> [LedgerEntry] {
        world.with { Array($0.entries.dropFirst(Int(sequence)).prefix(limit)) }
    }

    package func head() async throws(Fault) -> LedgerHead { world.with { $0.entries.last?.head ?? .empty } }

    package func snapshot(format: Int) async throws(Fault) -> LedgerSnapshot? {
        world.with { state in state.snapshot.flatMap { $0.format == format ? $0 : nil } }
    }

    package func save(_ snapshot: LedgerSnapshot) async throws(Fault) {
        let isKept = world.with { state in
            guard state.isThorough, state.owner == epoch, !state.dead.contains(epoch) else { return true }
            guard let whole = snapshot.whole(with: state.snapshot) else { return false }
            state.snapshot = whole
            return true
        }
        if !isKept { throw Fault(.refused, "a part of the snapshot was never saved") }
    }
}

extension WorldPorts: LeaseStore {
    package func take(
        _ place: Place, for holder: LeaseHolder, lasting term: Milliseconds, now: ClockReading, on clock: LeaseClock
    ) async throws(Fault) -> LeaseAnswer {
        try await call(.takeLease) { state throws(Fault) in
            if state.has(.leasesAreSilent, place, world.now) { throw Fault(.broke, "the leases do not answer") }
            if let held = state.leases[place], held.holds(at: world.reading),
                held.holder.promotion == nil || held.holder.promotion != holder.promotion
            {
                return .held(held)
            }
            let fence = (state.fences[place] ?? 0) + 1
            state.fences[place] = fence
            let lease = Lease(
                place: place, holder: holder, fence: Fence(fence), since: now.wall, expires: now.wall + term,
                bootExpiry: clock == .boot ? now.boot + term : nil)
            state.leases[place] = lease
            state.witness.holders[place, default: [:]][lease.fence] = epoch
            return .taken(lease)
        }
    }

    package func renew(_ lease: Lease, lasting term: Milliseconds, now: ClockReading) async throws(Fault) -> Lease {
        try await call(.keepLease) { state throws(Fault) in
            if state.mishaps.strikes(.leaseIsLost) { state.leases[lease.place] = nil }
            guard let current = state.leases[lease.place], current.fence == lease.fence else {
                state.toldLost[lease.place, default: [:]][lease.fence] = world.now
                throw Fault(.refused, "the lease is another's")
            }
            let renewed = current.renewed(for: term, at: now)
            state.leases[lease.place] = renewed
            return renewed
        }
    }

    package func release(_ lease: Lease) async throws(Fault) {
        try await call(.keepLease) { state throws(Fault) in
            if state.leases[lease.place]?.fence == lease.fence { state.leases[lease.place] = nil }
        }
    }

    package func current(_ place: Place) async throws(Fault) -> Lease? {
        try await call(.keepLease) { state throws(Fault) in
            try state.admit(.leases)
            return state.leases[place]
        }
    }
}

extension LedgerSnapshot {
    /// The snapshot with the bytes of every part; nil where some were never saved.
    fileprivate func whole(with saved: LedgerSnapshot?) -> LedgerSnapshot? {
        let parts = parts.compactMap { part in
            part.bytes == nil ? saved?.parts.first { $0.name == part.name && $0.digest == part.digest } : part
        }
        return parts.count == self.parts.count ? LedgerSnapshot(sequence: sequence, format: format, parts: parts) : nil
    }
}

extension LedgerDraft {
    /// The draft as a store would give it back: its fact is only in its bytes.
    fileprivate var asRead: LedgerDraft {
        LedgerDraft(
            at: at, place: place, promotion: promotion, actor: actor, fence: fence, kind: kind, payload: payload)
    }
}
