internal import FoundationEssentials
internal import GRDB
package import PromotionCore

extension SQLiteLedger: LeaseStore {
    package func take(
        _ place: Place, for holder: LeaseHolder, until expires: Timestamp, now: Timestamp
    ) async throws(Fault) -> LeaseAnswer {
        guard expires > now else {
            throw Fault(.refused, "a lease of \(place) that ends \(expires.description) is over at \(now.description) already")
        }
        return try await record("the lease of \(place)") { [directory] db in
            let row = try LeaseRow.read(place, in: db, at: directory)
            if let lease = row?.lease, !lease.yields(to: holder, now: now) { return .held(lease) }
            let fence = Fence((row?.fence.number ?? 0) + 1)
            let lease = Lease(place: place, holder: holder, fence: fence, since: now, expires: expires)
            try LeaseRow.write(lease, in: db)
            return .taken(lease)
        }
    }

    package func renew(_ lease: Lease, until expires: Timestamp) async throws(Fault) -> Lease {
        try await record("the lease of \(lease.place)") { [directory] db in
            let row = try LeaseRow.read(lease.place, in: db, at: directory)
            guard let row, row.fence == lease.fence, let current = row.lease else { throw Self.lost(lease, to: row) }
            let renewed = Lease(
                place: lease.place, holder: current.holder, fence: lease.fence, since: current.since, expires: expires)
            try LeaseRow.write(renewed, in: db)
            return renewed
        }
    }

    package func release(_ lease: Lease) async throws(Fault) {
        try await record("giving back the lease of \(lease.place)") { db in
            try db.cachedStatement(
                sql: "UPDATE lease SET holder = NULL WHERE service = ? AND environment = ? AND fence = ?"
            ).execute(arguments: [lease.place.service.text, lease.place.environment.text, lease.fence.number])
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
    fileprivate func yields(to next: LeaseHolder, now: Timestamp) -> Bool {
        if now >= expires { return true }
        return holder.promotion != nil && holder.promotion == next.promotion
    }
}

/// The row that a place keeps for ever, so that its fence survives the leases.
private struct LeaseRow {
    let fence: Fence
    /// Nil where the place is free.
    let lease: Lease?

    static func read(_ place: Place, in db: Database, at directory: LedgerDirectory) throws -> LeaseRow? {
        let statement = try db.cachedStatement(
            sql: "SELECT fence, holder, since, expires FROM lease WHERE service = ? AND environment = ?")
        let arguments: StatementArguments = [place.service.text, place.environment.text]
        guard let row = try Row.fetchOne(statement, arguments: arguments) else { return nil }
        guard let number = LedgerRow.integer(row[0]), let since = LedgerRow.integer(row[2]),
            let expires = LedgerRow.integer(row[3])
        else { throw unreadable(place, at: directory) }
        switch (row[1] as DatabaseValue).storage {
        case .null: return LeaseRow(fence: Fence(number), lease: nil)
        case .blob(let bytes):
            guard let holder = try? CanonicalJSON.decode(LeaseHolder.self, from: bytes) else {
                throw unreadable(place, at: directory)
            }
            let lease = Lease(
                place: place, holder: holder, fence: Fence(number), since: Timestamp(millisecondsSinceEpoch: since),
                expires: Timestamp(millisecondsSinceEpoch: expires))
            return LeaseRow(fence: lease.fence, lease: lease)
        default: throw unreadable(place, at: directory)
        }
    }

    static func write(_ lease: Lease, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO lease (service, environment, fence, holder, since, expires) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (service, environment) DO UPDATE SET fence = excluded.fence, holder = excluded.holder,
                since = excluded.since, expires = excluded.expires
                """)
        try statement.execute(arguments: [
            lease.place.service.text, lease.place.environment.text, lease.fence.number,
            Data(try CanonicalJSON.encode(lease.holder)), lease.since.millisecondsSinceEpoch,
            lease.expires.millisecondsSinceEpoch,
        ])
    }

    private static func unreadable(_ place: Place, at directory: LedgerDirectory) -> Fault {
        LedgerHeader.damaged(directory.database, "the lease of \(place) holds what was never written")
    }
}
