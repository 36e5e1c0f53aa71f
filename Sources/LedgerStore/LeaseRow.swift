internal import FoundationEssentials
internal import GRDB
internal import PromotionCore

/// The row that a place keeps for ever, so that its fence survives the leases.
struct LeaseRow {
    let fence: Fence
    /// Nil where the place is free.
    let lease: Lease?

    private static let columns = "fence, holder, since, expires, CAST(digest AS BLOB)"

    static func read(_ place: Place, in db: Database, at directory: LedgerDirectory) throws -> LeaseRow? {
        let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM lease WHERE service = ? AND environment = ?")
        let arguments: StatementArguments = [place.service.text, place.environment.text]
        guard let row = try Row.fetchOne(statement, arguments: arguments) else { return nil }
        guard let read = LeaseRow(row, of: place) else {
            throw LedgerHeader.damaged(directory.database, "the lease of \(place) holds what was never written")
        }
        return read
    }

    /// The places whose rows are not what was written.
    static func spoiled(in db: Database) throws -> [SafeText] {
        let sql = "SELECT \(columns), CAST(service AS BLOB), CAST(environment AS BLOB) FROM lease"
        let rows = try Row.fetchCursor(db, sql: sql)
        var spoiled: [SafeText] = []
        while let row = try rows.next() {
            let names = [LedgerRow.text(row[5]), LedgerRow.text(row[6])].map { $0 ?? "?" }
            if let service = try? ServiceName(names[0]), let environment = try? EnvironmentName(names[1]),
                LeaseRow(row, of: Place(service, environment)) != nil
            {
                continue
            }
            spoiled.append(SafeText(names.joined(separator: " "), limit: 130))
        }
        return spoiled
    }

    /// Nil where a column holds what was never written.
    private init?(_ row: Row, of place: Place) {
        guard let number = LedgerRow.integer(row[0]), let since = LedgerRow.integer(row[2]),
            let expires = LedgerRow.integer(row[3]), let digest = LedgerRow.digest(row[4])
        else { return nil }
        let bytes: Data?
        switch (row[1] as DatabaseValue).storage {
        case .null: bytes = nil
        case .blob(let data): bytes = data
        default: return nil
        }
        guard digest == Self.digest(place, Fence(number), bytes, since, expires) else { return nil }
        fence = Fence(number)
        guard let bytes else {
            lease = nil
            return
        }
        guard let held = try? CanonicalJSON.decode(Held.self, from: bytes) else { return nil }
        lease = Lease(
            place: place, holder: held.holder, fence: fence, since: Timestamp(millisecondsSinceEpoch: since),
            expires: Timestamp(millisecondsSinceEpoch: expires), bootExpiry: held.bootExpiry)
    }

    static func write(_ lease: Lease, isHeld: Bool = true, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO lease (service, environment, fence, holder, since, expires, digest) VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (service, environment) DO UPDATE SET fence = excluded.fence, holder = excluded.holder,
                since = excluded.since, expires = excluded.expires, digest = excluded.digest
                """)
        let holder = isHeld ? Data(try CanonicalJSON.encode(Held(holder: lease.holder, bootExpiry: lease.bootExpiry))) : nil
        let (since, expires) = (lease.since.millisecondsSinceEpoch, lease.expires.millisecondsSinceEpoch)
        try statement.execute(arguments: [
            lease.place.service.text, lease.place.environment.text, lease.fence.number, holder, since, expires,
            digest(lease.place, lease.fence, holder, since, expires).hex,
        ])
    }

    /// Who holds a lease, as a row tells it. The expiry on the boot clock stands among the holder's own keys, so that a version
    /// that knows nothing of it reads the holder all the same.
    private struct Held: Codable {
        let holder: LeaseHolder
        let bootExpiry: BootTime?

        private enum Key: String, CodingKey { case bootExpiry }

        init(holder: LeaseHolder, bootExpiry: BootTime?) {
            self.holder = holder
            self.bootExpiry = bootExpiry
        }

        init(from decoder: any Decoder) throws {
            holder = try LeaseHolder(from: decoder)
            bootExpiry = try decoder.container(keyedBy: Key.self).decodeIfPresent(BootTime.self, forKey: .bootExpiry)
        }

        func encode(to encoder: any Encoder) throws {
            try holder.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encodeIfPresent(bootExpiry, forKey: .bootExpiry)
        }
    }

    /// Leases are outside the chain, because they change; so each row names itself.
    private static func digest(_ place: Place, _ fence: Fence, _ holder: Data?, _ since: Int64, _ expires: Int64) -> Digest {
        Digest(
            of: Array("\(place) \(fence.number) \(since) \(expires) \(holder == nil ? "free" : "held") ".utf8)
                + (holder ?? Data()))
    }
}
