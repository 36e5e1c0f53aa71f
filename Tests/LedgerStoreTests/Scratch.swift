internal import Foundation
internal import GRDB
internal import Glibc
internal import LedgerStore
internal import PromotionCore

/// A directory of one test, removed with it.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("baton-ledger-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        chmod(path, 0o700)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var directory: LedgerDirectory { LedgerDirectory(path) }
    var database: String { directory.database }

    func own() throws -> LedgerOwnership { try LedgerOwnership.take(directory, as: .test) }

    func open() throws -> SQLiteLedger { try SQLiteLedger.open(own()) }

    /// Makes a ledger of some entries and closes it.
    @discardableResult
    func fill(_ count: Int) async throws -> [LedgerEntry] {
        let ledger = try open()
        var entries: [LedgerEntry] = []
        for number in 0..<count { entries.append(try await ledger.append(.test(number))) }
        try ledger.close()
        return entries
    }

    /// Changes the database behind Baton's back, as someone with a SQLite shell would.
    func tamper(_ sql: String..., arguments: StatementArguments = []) throws {
        let queue = try DatabaseQueue(path: database)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF")
            for trigger in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
                try db.execute(sql: "DROP TRIGGER \(trigger)")
            }
            for statement in sql { try db.execute(sql: statement, arguments: arguments) }
        }
        try queue.close()
    }

    /// The number of the format in the file's header.
    func format() throws -> Int64? {
        let queue = try DatabaseQueue(path: database)
        defer { try? queue.close() }
        return try queue.read { try Int64.fetchOne($0, sql: "PRAGMA user_version") }
    }

    func proof() async throws -> LedgerProof { try await LedgerReader.open(directory).verify() }

    /// The bytes of the database, changed in place.
    func rewrite(_ change: (inout Data) -> Void) throws {
        let url = URL(fileURLWithPath: database)
        var bytes = try Data(contentsOf: url)
        change(&bytes)
        try bytes.write(to: url)
    }
}

/// The reason a deed is refused with; nil where it is not.
func reason(_ deed: () async throws -> Void) async -> String? {
    do { try await deed() } catch { return String(describing: error) }
    return nil
}

extension LedgerOwner {
    static let test = LedgerOwner(
        account: "alice", process: 1_234, host: "bastion-1", session: "s1",
        since: Timestamp(millisecondsSinceEpoch: 1_787_580_131_000))
}

extension Account {
    static let alice = Account(name: "alice", proof: .socket(userID: 1_000), host: "bastion-1")
    static let agent = Account(name: "baton", proof: .agent, host: "bastion-1")
}

extension Place {
    static let prod = Place(.literal("payments"), .literal("prod"))
    static let testing = Place(.literal("payments"), .literal("testing"))
}

extension LedgerDraft {
    /// Facts that differ in every field, some with fields that are absent.
    static func test(_ number: Int) -> LedgerDraft {
        let sparse = number % 5 == 4
        return LedgerDraft(
            at: Timestamp(millisecondsSinceEpoch: 1_787_580_131_000 + Int64(number)),
            place: sparse ? nil : Place(number % 2 == 0 ? .literal("payments") : .literal("search"), .literal("prod")),
            promotion: sparse ? nil : PromotionNumber(Int64(1 + number / 3)), actor: sparse ? .agent : .alice,
            fence: sparse ? nil : Fence(Int64(number + 1)), kind: number % 3 == 0 ? "promotion.started" : "check.measured",
            payload: Array("{\"number\":\(number),\"text\":\"grüße 🚚\"}".utf8))
    }
}

extension LedgerSnapshot {
    /// A snapshot of two parts, the first of which is always the same.
    static func test(_ sequence: Int64) -> LedgerSnapshot {
        LedgerSnapshot(
            sequence: sequence, format: 1,
            parts: [Part(name: "", bytes: [1]), Part(name: "payments", bytes: [UInt8(sequence), 9])])
    }
}
