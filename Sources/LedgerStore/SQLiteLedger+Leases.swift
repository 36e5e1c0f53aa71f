internal import FoundationEssentials
internal import GRDB
package import PromotionCore

extension SQLiteLedger: LeaseStore {
    package func take(
        _ place: Place, for holder: LeaseHolder, lasting term: Milliseconds, now: ClockReading, on clock: LeaseClock
    ) async throws(Fault) -> LeaseAnswer {
        guard term > .zero else { throw Fault(.refused, "a lease of \(place) for \(term) is over already") }
        return try await record("the lease of \(place)") { [directory] db in
            let row = try LeaseRow.read(place, in: db, at: directory)
            if let lease = row?.lease, !lease.yields(to: holder, now: now) { return .held(lease) }
            let fence = Fence((row?.fence.number ?? 0) + 1)
            let lease = Lease(
                place: place, holder: holder, fence: fence, since: now.wall, expires: now.wall + term,
                bootExpiry: clock == .boot ? now.boot + term : nil)
            try LeaseRow.write(lease, in: db)
            return .taken(lease)
        }
    }

    package func renew(_ lease: Lease, lasting term: Milliseconds, now: ClockReading) async throws(Fault) -> Lease {
        try await record("the lease of \(lease.place)") { [directory] db in
            let row = try LeaseRow.read(lease.place, in: db, at: directory)
            guard let row, row.fence == lease.fence, let current = row.lease else { throw Self.lost(lease, to: row) }
            let renewed = current.renewed(for: term, at: now)
            try LeaseRow.write(renewed, in: db)
            return renewed
        }
    }

    package func release(_ lease: Lease) async throws(Fault) {
        try await record("giving back the lease of \(lease.place)") { [directory] db in
            guard let row = try LeaseRow.read(lease.place, in: db, at: directory), row.fence == lease.fence,
                let current = row.lease
            else { return }
            try LeaseRow.write(current, isHeld: false, in: db)
        }
    }

    package func current(_ place: Place) async throws(Fault) -> Lease? {
        let directory = directory
        return try await reader.read { db in try LeaseRow.read(place, in: db, at: directory)?.lease }
    }

    private static func lost(_ lease: Lease, to row: LeaseRow?) -> Fault {
        guard let row else { return Fault(.refused, "nobody ever held the lease of \(lease.place): take it first") }
        guard let other = row.lease else {
            return Fault(.refused, "the lease of \(lease.place) with fence \(lease.fence) was given back: take it again")
        }
        return Fault(
            .refused,
            """
            the lease of \(lease.place) moved from fence \(lease.fence) to \(other.fence), held by \(other.holder.owner.name) \
            for \(other.holder.reason): stop changing this environment
            """)
    }
}

extension Lease {
    /// Whether another holder may take the place: it is over, or both mean the same promotion.
    fileprivate func yields(to next: LeaseHolder, now: ClockReading) -> Bool {
        if !holds(at: now) { return true }
        return holder.promotion != nil && holder.promotion == next.promotion
    }
}
