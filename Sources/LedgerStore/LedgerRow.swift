internal import FoundationEssentials
internal import GRDB
internal import PromotionCore

/// A ledger entry as one row of the table `entry`.
enum LedgerRow {
    /// Most bytes of one fact.
    static let payloadLimit = 262_144

    /// The columns in the order in which `entry` reads them.
    ///
    /// Text is read as its bytes: SQLite's text functions stop at a NUL byte, and what follows it would go unproven.
    static let columns = """
        sequence, at, CAST(service AS BLOB), CAST(environment AS BLOB), promotion, fence, CAST(kind AS BLOB),
        CAST(actor AS BLOB), user_id, CAST(host AS BLOB), CAST(previous AS BLOB), CAST(hash AS BLOB), payload,
        CAST(gateway AS BLOB)
        """

    static let insert = """
        INSERT INTO entry
        (sequence, at, service, environment, promotion, fence, kind, actor, user_id, host, previous, hash, payload, gateway)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    static func arguments(_ entry: LedgerEntry) -> StatementArguments {
        let draft = entry.draft
        let (user, gateway): (Int64?, SafeText?) =
            switch draft.actor.proof {
            case .agent: (nil, nil)
            case .socket(let userID): (Int64(userID), nil)
            case .gateway(let gateway, let userID): (Int64(userID), gateway)
            }
        return [
            entry.sequence, draft.at.millisecondsSinceEpoch, draft.place?.service.text, draft.place?.environment.text,
            draft.promotion?.number, draft.fence?.number, draft.kind, draft.actor.name.text, user, draft.actor.host.text,
            entry.previous.hex, entry.hash.hex, Data(draft.payload), gateway?.text,
        ]
    }

    /// Proves that a fact can be kept and read back as it is.
    /// - Throws: `Fault.refused` with the bound that it breaks.
    static func admit(_ draft: LedgerDraft) throws(Fault) {
        guard (1...100).contains(draft.kind.utf8.count), draft.kind.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Fault(
                .refused, "a fact's kind is 1 to 100 visible ASCII characters, not \"\(SafeText(draft.kind, limit: 100))\"")
        }
        guard draft.payload.count <= payloadLimit else {
            throw Fault(
                .refused,
                "the fact \(draft.kind) holds \(draft.payload.count) bytes: a ledger entry holds at most \(payloadLimit)")
        }
        for text in [draft.actor.name, draft.actor.host, draft.actor.gateway].compactMap(\.self) where safe(text.text) == nil {
            throw Fault(
                .refused, "the actor of \(draft.kind) is longer than the ledger keeps: shorten \(SafeText(text.text, limit: 40))")
        }
    }

    /// The sequence of a row, which is its key.
    static func sequence(_ row: Row) -> Int64? { integer(row[0]) }

    /// The hash that a row carries.
    static func hash(_ row: Row) -> Digest? { digest(row[11]) }

    /// The entry of a row, not yet proven; nil where a column holds what was never written.
    static func entry(_ row: Row) -> LedgerEntry? {
        guard let sequence = sequence(row), let at = integer(row[1]), let kind = text(row[6]), let actor = actor(row),
            let previous = digest(row[10]), let hash = hash(row), case .blob(let payload) = (row[12] as DatabaseValue).storage,
            let place: Place? = optional(row[2], row[3], place), let promotion: Int64? = optional(row[4], integer),
            let fence: Int64? = optional(row[5], integer)
        else { return nil }
        let draft = LedgerDraft(
            at: Timestamp(millisecondsSinceEpoch: at), place: place, promotion: promotion.map(PromotionNumber.init),
            actor: actor, fence: fence.map(Fence.init), kind: kind, payload: Array(payload))
        return LedgerEntry(sequence: sequence, draft: draft, previous: previous, hash: hash)
    }

    /// The entry of this number, not yet proven; nil where there is none, or none that was written.
    static func entry(at sequence: Int64, in db: Database) throws -> LedgerEntry? {
        let statement = try db.cachedStatement(sql: "SELECT \(columns) FROM entry WHERE sequence = ?")
        return try Row.fetchOne(statement, arguments: [sequence]).flatMap(entry)
    }

    private static func actor(_ row: Row) -> Account? {
        guard let name = text(row[7]).flatMap(safe), let host = text(row[9]).flatMap(safe),
            let user: Int64? = optional(row[8], integer), let gateway: SafeText? = optional(row[13], { text($0).flatMap(safe) })
        else { return nil }
        guard let user else { return gateway == nil ? Account(name: name, proof: .agent, host: host) : nil }
        guard let userID = UInt32(exactly: user) else { return nil }
        let proof = gateway.map { Account.Proof.gateway($0, userID: userID) } ?? .socket(userID: userID)
        return Account(name: name, proof: proof, host: host)
    }

    private static func place(_ service: DatabaseValue, _ environment: DatabaseValue) -> Place? {
        guard let service = text(service).flatMap({ try? ServiceName($0) }),
            let environment = text(environment).flatMap({ try? EnvironmentName($0) })
        else { return nil }
        return Place(service, environment)
    }
}

extension LedgerRow {
    static func integer(_ value: DatabaseValue) -> Int64? {
        if case .int64(let number) = value.storage { number } else { nil }
    }

    /// Text that was read as its bytes.
    static func text(_ value: DatabaseValue) -> String? {
        if case .blob(let bytes) = value.storage { String(validating: bytes, as: UTF8.self) } else { nil }
    }

    static func digest(_ value: DatabaseValue) -> Digest? { text(value).flatMap { try? Digest(parsing: "sha256:" + $0) } }

    /// Text that is safe as it stands: what would have to be changed was not written by Baton.
    private static func safe(_ text: String) -> SafeText? {
        let safe = SafeText(text, limit: 4_096)
        return safe.text.utf8.elementsEqual(text.utf8) ? safe : nil
    }

    /// Nil for a value that cannot be read, a nil inside for NULL.
    private static func optional<Value>(_ value: DatabaseValue, _ read: (DatabaseValue) -> Value?) -> Value?? {
        if value.isNull { return .some(nil) }
        return read(value).map { .some($0) }
    }

    private static func optional<Value>(
        _ first: DatabaseValue, _ second: DatabaseValue, _ read: (DatabaseValue, DatabaseValue) -> Value?
    ) -> Value?? {
        if first.isNull && second.isNull { return .some(nil) }
        return read(first, second).map { .some($0) }
    }
}
